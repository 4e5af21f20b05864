"""EVERY8D 2.1 as the sandbox calls it, over HTTP: every report once, in each encoding and method."""

from typing import Any

import pytest

from server.store.errors import StoreUnavailableError
from tests.delivery.receivers import TOKEN, WITHIN, events, receiving, vendor_of
from tests.e2e.house import Facts, House
from tests.gate.servers import FREE, FREE_SEND, started, until

REPORT = {
    "BatchID": "b1",
    "RM": "+886912345678",
    "RT": "20260301120000",
    "STATUS": "100",
    "SM": "您好",
    "MR": "1",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("encoding", ["utf-8", "big5"])
async def test_the_sandboxs_reports_arrive_whole(house: House, method: str, encoding: str) -> None:
    async with receiving(house, privacy={"show_numbers": True}) as (session, url):
        await house.vendor.control(
            "callbacks", url=url, encoding=encoding, method=method, repeat=3, plus_as_space=True
        )
        batch_id = await house.vendor.batch("0912345100,0912345103,0912345999", "中文簡訊")
        await house.vendor.advance(61)
        found = await events(session, batch_id)
    reached = sorted((event["mobile"], event["status_code"], event["reply"]) for event in found)
    assert reached == [
        ("0912***100", 100, ""),
        ("0912***103", 103, ""),
        ("0912***999", 100, ""),
        ("0912***999", 999, "收到，謝謝"),
    ]


async def test_a_report_that_was_lost_comes_with_the_next_try(house: House) -> None:
    """The receiver was not there; the vendor tries again a minute later."""
    async with receiving(house) as (session, url):
        await house.vendor.control("callbacks", url=url.replace(TOKEN, "wrong"))
        batch_id = await house.vendor.batch("0912345100")
        await house.vendor.advance(31)
        assert await events(session, batch_id) == []
        await house.vendor.control("callbacks", url=url)
        second = await house.vendor.batch("0912345101")
        await house.vendor.advance(31)
        assert len(await events(session, second)) == 1


@pytest.mark.parametrize("wrong", ["", "x", TOKEN[:-1], TOKEN + "x", TOKEN.upper(), "%00", "é", TOKEN + "/x"])
async def test_a_forged_report_changes_nothing(house: House, wrong: str) -> None:
    async with receiving(house) as (session, url), vendor_of() as http:
        base = url.removesuffix(TOKEN)
        for method in ("GET", "POST", "PUT"):
            answer = await http.request(method, base + wrong, params=REPORT)
            assert answer.status_code in (404, 405)
            assert "not found" in answer.text.lower() or answer.status_code == 405
        assert await events(session) == []
        assert (await http.get(url, params=REPORT)).status_code == 200
        assert len(await events(session)) == 1


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"STATUS": "100"},
        {"BatchID": "b"},
        {"BatchID": "", "STATUS": ""},
        {f"f{i}": "x" for i in range(60)},
    ],
    ids=["nothing", "no batch", "no status", "empty", "too many"],
)
async def test_what_is_no_report_is_refused(house: House, fields: Facts) -> None:
    async with receiving(house) as (session, url), vendor_of() as http:
        assert (await http.get(url, params=fields)).status_code == 400
        assert await events(session) == []


async def test_a_body_without_end_is_refused(house: House) -> None:
    async with receiving(house) as (session, url), vendor_of() as http:
        answer = await http.post(url, content=b"SM=" + b"x" * 100_000)
        assert answer.status_code == 413
        assert await events(session) == []


async def test_no_200_before_the_commit(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store fails at the commit twice: the vendor is told to come again, and then it is kept once."""
    async with receiving(house) as (session, url), vendor_of() as http:
        parts = session.parts
        assert parts is not None
        real, tries = parts.store.write, 0

        async def failing(work: Any) -> Any:
            nonlocal tries
            tries += 1
            if tries <= 2:
                raise StoreUnavailableError("the store could not be written (planted).")
            return await real(work)

        monkeypatch.setattr(parts.store, "write", failing)
        statuses = [(await http.get(url, params=REPORT)).status_code for _ in range(4)]
        assert statuses == [503, 503, 200, 200]
        assert len(await events(session)) == 1


async def test_a_report_of_an_unknown_send_settles_it(house: House) -> None:
    """Its SUBJECT is our reference: the send did arrive."""
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
    async with receiving(house, policy=FREE) as (session, url):
        await house.vendor.control("callbacks", url=url)
        unknown = await session.facts("send_sms", FREE_SEND)
        assert unknown["outcome"] == "unknown"
        await house.vendor.advance(31)

        async def settled() -> bool:
            action = await session.facts("get_action", {"action_id": unknown["action_id"]})
            return action["state"] == "succeeded"

        await until(settled, 5)
        again = await session.facts("send_sms", FREE_SEND)
    assert (again["outcome"], again["replayed"]) == ("done", True)
    assert await house.changes() == ["sendsms.ashx"]


async def test_without_a_token_nothing_is_received(house: House) -> None:
    async with started(house) as parts, vendor_of(parts) as http:
        for url in (WITHIN, WITHIN.removesuffix(TOKEN)):
            assert (await http.get(url, params=REPORT)).status_code == 404
