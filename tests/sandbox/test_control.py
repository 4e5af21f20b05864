import pytest

from tests.sandbox.probe import TAIWANESE, Probe


@pytest.mark.parametrize(
    ("name", "values", "said"),
    [
        ("clock", {"advance_seconds": -1}, "advance_seconds: must be at least 0"),
        ("clock", {"advance_seconds": "soon"}, "advance_seconds: is not a number"),
        ("clock", {}, "give advance_seconds or date_offset_seconds"),
        ("clock", [], "the body is no JSON object"),
        (
            "clock",
            {"advance_seconds": 1, "speed": 2},
            "speed: no such field; there are advance_seconds, date_offset_seconds",
        ),
        ("faults", {}, "fault: is needed"),
        ("faults", {"fault": "sneeze"}, "fault: unknown fault; there are refuse, "),
        ("faults", {"fault": "hang", "times": 0}, "times: must be at least 1"),
        ("faults", {"fault": "hang", "times": 1.5}, "times: is not a whole number"),
        (
            "faults",
            {"fault": "hang", "seconds": 601, "processed": "maybe"},
            "seconds: must be at most 600; processed: write true or false",
        ),
        ("callbacks", {"url": "http://127.0.0.1/", "encoding": "latin-1"}, "encoding: write utf-8 or big5"),
        ("callbacks", {"url": "http://vendor.example/"}, "url: callbacks go to loopback hosts only"),
        ("callbacks", {"url": "http://127.0.0.1/", "uid": "nobody"}, "uid: "),
        ("credit", {"login": "nobody", "points": 1}, "login: "),
        ("reply", {"mobile": 912, "text": "?"}, "mobile: is not a text"),
        ("omis", {"root": "<a>"}, "root: must match ^[A-Za-z_]"),
    ],
)
async def test_a_control_request_that_makes_no_sense_is_refused_in_our_words(
    probe: Probe, name: str, values: object, said: str
) -> None:
    response = await probe.http.post(f"/_sandbox/{name}", json=values)
    assert response.status_code == 400
    error = response.json()["error"]
    assert error.startswith(said)
    assert not any(word in error for word in ("Value error", "should", "nput"))


async def test_a_control_request_that_is_no_json_is_refused_in_our_words(probe: Probe) -> None:
    response = await probe.http.post("/_sandbox/clock", content=b'{"advance_seconds": ')
    assert (response.status_code, response.json()) == (400, {"error": "the body is no JSON object"})


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
