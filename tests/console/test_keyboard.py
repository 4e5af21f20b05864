"""A person decides in a real browser: by few keys, and by none that was not meant."""

from typing import Any

from tests.campaigns.playing import people, write_list
from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.at_page import planned
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.gate.servers import LAUNCH, SEND, posts

pytestmark = IN_A_BROWSER
MOST_KEYS = 6
HARMLESS = ["Escape", "Enter", "Space", "Enter", "Escape"]
"""Keys that a person presses without having looked."""
MARKUP = (
    '<img src=x onerror=alert(1)><b>Free</b> <script>alert(2)</script> <a href="http://evil.example">OK</a>'
)


async def visited(browser: Browser, *visits: dict[str, Any]) -> list[dict[str, Any]]:
    """What a browser of its own saw that signed in and pressed these keys; nothing was wrong on any page."""
    found = await in_chromium(
        "decide.mjs",
        origin=browser.address.origin,
        link=await browser.link(),
        locale="zh-TW",
        visits=visits,
    )
    assert found["said"] == []
    return found["seen"]


def visit(action_id: str, *keys: str) -> dict[str, Any]:
    assert len(keys) <= MOST_KEYS
    return {"path": f"/approvals/{action_id}", "harmless": HARMLESS, "keys": [*keys]}


async def _campaign_of_ten_thousand(house: House, browser: Browser) -> str:
    write_list(house, people(10_000))
    plan = await planned(browser)
    asked = await browser.send(plan.form("Start it"), "Start it")
    return asked.path.rsplit("/", 1)[1]


async def test_six_keys_decide_and_no_key_that_was_not_meant(
    house: House, at_page: tuple[Session, Browser]
) -> None:
    session, browser = at_page
    yes = (await session.facts("send_sms", {**SEND, "text": MARKUP}))["action_id"]
    no = (await session.facts("send_sms", {**SEND, "text": "不要"}))["action_id"]
    change = (await session.facts("send_sms", {**SEND, "text": "改一下"}))["action_id"]
    typed = (await session.facts("terminate_launch", LAUNCH))["action_id"]
    many = await _campaign_of_ten_thousand(house, browser)
    seen = await visited(
        browser,
        visit(yes, "Tab", "Enter"),
        visit(no, "Tab", "Tab", "Enter"),
        visit(change, "Tab", "Tab", "Tab", "5", "Tab", "Enter"),
        visit(typed, "1", "1", "8", "2", "Enter"),
        visit(many, "1", "0", "0", "0", "0", "Enter"),
    )
    assert [each["focus"] for each in seen] == ["h1", "h1", "h1", "input", "input"]
    for each in seen:
        assert (each["top"], each["early"], each["posts"]) == (0, 0, 1)
        assert (each["wide"], each["markup"], each["same"]) == (False, 0, True)
    assert ["已核准" in each["text"] for each in seen] == [True, False, False, True, False]
    assert ["已拒絕" in each["text"] for each in seen] == [False, True, True, False, False]
    assert "已完成" in seen[4]["text"]
    assert MARKUP in seen[0]["text"]
    assert (await session.facts("send_sms", {**SEND, "text": MARKUP}))["outcome"] == "done"
    assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "done"
    wanted = await session.problem("send_sms", {**SEND, "text": "改一下"})
    assert wanted["note_untrusted"] == "5"
    assert await posts(house) == 2
