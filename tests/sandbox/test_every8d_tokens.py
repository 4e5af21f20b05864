"""ConnectionHandler: tokens in place of UID and PWD."""

from typing import Any

import pytest

from tests.sandbox.probe import LOGIN, TAIWANESE, Probe

GET: dict[str, Any] = {"HandlerType": 3, "VerifyType": 1, **LOGIN}


async def connect(probe: Probe, token: str = "", **body: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    response = await probe.http.post("/api21/http/connectionhandler.ashx", json=body, headers=headers)
    assert response.status_code == 200
    return response.json()


async def credit(probe: Probe, token: str) -> str:
    headers = {"Authorization": f"bearer {token}"}
    return (await probe.http.post("/API21/HTTP/getCredit.ashx", headers=headers)).text


async def test_a_token_takes_the_place_of_the_login_in_form_and_json(probe: Probe) -> None:
    given = await connect(probe, **GET)
    headers = {"Authorization": f"Bearer {given['Msg']}"}
    form = {"MSG": "您好", "DEST": TAIWANESE}
    sent = await probe.http.post("/API21/HTTP/sendSMS.ashx", data=form, headers=headers)
    assert sent.text.startswith("9999.00,1,1,0,")
    body = {"MSG": "", "RecipientDataList": [{"Mobile": TAIWANESE, "Param": "您好"}]}
    personal = await probe.http.post("/API21/HTTP/SendParamSMS.ashx", json=body, headers=headers)
    assert personal.json()["Msg"].startswith("9998.00,1,1,0,")


async def test_a_token_can_be_checked_and_closed(probe: Probe) -> None:
    token = (await connect(probe, **GET))["Msg"]
    assert await connect(probe, token, HandlerType=3, VerifyType=2) == {"Result": True}
    assert await connect(probe, token, HandlerType=3, VerifyType=3) == {"Result": True}
    assert (await connect(probe, token, HandlerType=3, VerifyType=2))["Status"] == "-101"
    assert (await credit(probe, token)).startswith("-101,")


async def test_a_token_is_good_for_eight_hours_and_until_the_account_is_locked(probe: Probe) -> None:
    token = (await connect(probe, **GET))["Msg"]
    await probe.advance(8 * 3600 - 60)
    assert await credit(probe, token) == "10000.00"
    await probe.control("account", locked=True)
    assert (await credit(probe, token)).startswith("-999,")
    await probe.control("account", locked=False)
    await probe.advance(61)
    assert (await credit(probe, token)).startswith("-101,")


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"PWD": "x"}, "-101"),
        ({"UID": "x"}, "-100"),
        ({"UID": ""}, "-300"),
        ({"HandlerType": 1}, "-99"),
        ({"VerifyType": 4}, "-99"),
        ({"VerifyType": 2}, "-101"),
    ],
)
async def test_what_is_wrong_is_refused_in_json(probe: Probe, wrong: dict[str, Any], status: str) -> None:
    refused = await connect(probe, **(GET | wrong))
    assert (refused["Result"], refused["Status"]) == (False, status)


async def test_json_without_end_and_a_page_of_thousands_of_digits_are_answered(probe: Probe) -> None:
    for name in ("SendParamSMS", "ConnectionHandler"):
        deep = await probe.http.post(f"/API21/HTTP/{name}.ashx", content=b"[" * 100_000)
        assert deep.json()["Status"] == "-99"
    assert await probe.every8d("getDeliveryStatus", BID=await probe.batch(), PNO="9" * 5000) == "1\r\n"
