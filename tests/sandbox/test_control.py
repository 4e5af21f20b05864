import pytest

from tests.sandbox.support import TAIWANESE, Probe


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("clock", {"advance_seconds": -1}),
        ("clock", {}),
        ("clock", {"advance_seconds": 1, "speed": 2}),
        ("faults", {"fault": "sneeze"}),
        ("faults", {"fault": "hang", "times": 0}),
        ("callbacks", {"url": "http://127.0.0.1/", "encoding": "latin-1"}),
        ("callbacks", {"url": "http://127.0.0.1/", "uid": "nobody"}),
        ("credit", {"login": "nobody", "points": 1}),
        ("omis", {"root": "<a>"}),
    ],
)
async def test_a_control_request_that_makes_no_sense_is_refused(
    probe: Probe, name: str, values: dict[str, object]
) -> None:
    response = await probe.http.post(f"/_sandbox/{name}", json=values)
    assert response.status_code == 400
    assert response.json()["error"]


async def test_a_reset_forgets_everything(probe: Probe) -> None:
    fresh = await probe.state()
    await probe.send()
    await probe.control("clock", advance_seconds=1000)
    await probe.control("faults", fault="http_500")
    await probe.control("omis", root="X", encoding="utf-16")
    await probe.control("callbacks", url="http://127.0.0.1:9/")
    await probe.control("credit", uid="empty", points=5)
    await probe.tasks(LaunchID="1180", LaunchAction="1")
    await probe.control("reset")
    state = await probe.state()
    for each in (fresh, state):
        each.pop("clock")
        for items in ("launches", "reports"):
            each[items] = [item["name"] for item in each[items]]
    assert state == fresh
    assert await probe.log() == []
    assert (await probe.tasks(LaunchID="1180")).startswith('<?xml version="1.0" encoding="utf-8"?><RESPONSE>')


async def test_points_are_added(probe: Probe) -> None:
    assert (await probe.control("credit", uid="empty", points=3.5))["points"] == 5.5
    assert await probe.credit({"UID": "empty", "PWD": "empty"}) == "5.50"
    assert (await probe.control("credit", login="sandbox", points=-1))["points"] == 9999


async def test_a_locked_account_can_be_unlocked(probe: Probe) -> None:
    for _ in range(11):
        await probe.send(PWD="wrong")
    await probe.control("account", uid="sandbox", locked=False)
    assert (await probe.send())[1] == "1"


async def test_the_state_counts_what_went_to_whom(probe: Probe) -> None:
    await probe.send(f"{TAIWANESE},0212345678", "甲", SB="ref-1")
    await probe.send(TAIWANESE, "甲", SB="ref-2")
    assert await probe.sent_texts() == [("+886912345678", "甲", "ref-1"), ("+886912345678", "甲", "ref-2")]


async def test_the_clock_moves_for_everyone(probe: Probe) -> None:
    await probe.advance(86_400)
    assert (await probe.state())["clock"]["offset_seconds"] == 86_400


async def test_an_unknown_page_is_404(probe: Probe) -> None:
    for path in (
        "/",
        "/API21/HTTP/none.ashx",
        "/WebAPI/none.aspx",
        "/_sandbox/none",
        "/API21/HTTP/MMS/sendSMS.ashx",
    ):
        assert (await probe.http.get(path)).status_code == 404


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "multipart/form-data"])
@pytest.mark.parametrize(
    "body", [b"--x\r\nbroken", b"--x\r\n: \r\n\r\n", b"y", b"--x\r\nA: b\r\n\r\nc\r\n--x--"]
)
async def test_a_broken_multipart_body_is_answered(probe: Probe, kind: str, body: bytes) -> None:
    headers = {"Content-Type": kind}
    response = await probe.http.post("/API21/HTTP/getCredit.ashx", content=body, headers=headers)
    assert response.text == "-300,帳號密碼不得為空"
