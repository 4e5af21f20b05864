"""What a page of another origin can do in the browser of somebody who is signed in: nothing."""

from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.gate.servers import SEND, posts

pytestmark = IN_A_BROWSER
OTHERS = ["http://evil.example", "http://localhost:1234", "http://127.0.0.1:1234"]
"""For a browser, another port of this machine is the same site: it sends a strict cookie along."""


async def test_no_other_origin_frames_reads_or_posts(house: House, at_page: tuple[Session, Browser]) -> None:
    session, browser = at_page
    asked = (await session.facts("send_sms", SEND))["action_id"]
    seen = await in_chromium(
        "frame.mjs",
        origin=browser.address.origin,
        link=await browser.link(),
        others=OTHERS,
        path=f"/approvals/{asked}",
    )
    assert [*seen] == OTHERS
    for other, found in seen.items():
        assert found == {"framed": False, "read": "", "status": 403}, other
    assert (await session.facts("get_action", {"action_id": asked}))["state"] == "proposed"
    assert await posts(house) == 0
