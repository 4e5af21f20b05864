"""What a page of another origin can do in the browser of somebody who is signed in: nothing."""

import json
import shutil
from pathlib import Path

import pytest

from tests.clients.node import run_node
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.gate.servers import SEND, posts

FOLDER = Path(__file__).resolve().parents[2] / "scripts" / "browser"
CHROMIUM = shutil.which("chromium")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None or not (FOLDER / "node_modules" / ".ready").exists(), reason="`make views` installs it"
)
OTHERS = ["http://evil.example", "http://localhost:1234", "http://127.0.0.1:1234"]
"""For a browser, another port of this machine is the same site: it sends a strict cookie along."""


async def test_no_other_origin_frames_reads_or_posts(house: House, at_page: tuple[Session, Browser]) -> None:
    session, browser = at_page
    asked = (await session.facts("send_sms", SEND))["action_id"]
    code, out = await run_node(
        FOLDER / "frame.mjs",
        given={
            "browser": CHROMIUM,
            "origin": browser.address.origin,
            "link": await browser.link(),
            "others": OTHERS,
            "path": f"/approvals/{asked}",
        },
    )
    assert code == 0
    seen = json.loads(out)
    assert [*seen] == OTHERS
    for other, found in seen.items():
        assert found == {"framed": False, "read": "", "status": 403}, other
    assert (await session.facts("get_action", {"action_id": asked}))["state"] == "proposed"
    assert await posts(house) == 0
