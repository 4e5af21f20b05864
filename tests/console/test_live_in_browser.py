"""What the page's own scripts do for a person, in a real browser."""

from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.browser import Browser
from tests.e2e.house import Session
from tests.gate.servers import SEND

pytestmark = IN_A_BROWSER
DROPPED = ["客戶.csv", "手機,姓名\n0912345678,王\n02-23456789,李\n,林\n"]


async def test_an_open_page_shows_what_was_decided_elsewhere_and_sends_once_what_is_pressed_twice(
    at_page: tuple[Session, Browser],
) -> None:
    session, browser = at_page
    refused = (await session.facts("send_sms", SEND))["action_id"]
    approved = (await session.facts("send_sms", {**SEND, "text": "另一則"}))["action_id"]
    seen = await in_chromium(
        "live.mjs",
        origin=browser.address.origin,
        link=await browser.link(),
        refused=refused,
        approved=approved,
        dropped=DROPPED,
    )
    assert seen["said"] == []
    assert (seen["before"], seen["after"], seen["loadedOnce"]) == (2, 1, True)
    posts, decided = seen["decided"]
    assert (posts, "Approved" in decided) == (1, True)
    assert "Sign in first" in seen["over"]
    for words in ("1 of 3 rows can be texted", "a landline", "no number", "0912***678"):
        assert words in seen["list"]
