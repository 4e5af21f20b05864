"""Every page in a real browser, as a small phone, a wide screen, the dark and both languages have it."""

from typing import Any

import pytest

from server.console.site import PLACES
from tests.batches.inbox import answered
from tests.campaigns.playing import carried_out, people, write_list
from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.at_page import FREE, MIXED, PLAN, approved, id_of, pressed, signed_in
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.gate.servers import LAUNCH, SEND

pytestmark = [IN_A_BROWSER, pytest.mark.usefixtures("quick_start")]
LARGEST = 60_000
"""Bytes of a page with all that it needs."""
HIGHEST = 240
"""Pixels above a page's heading; a small screen has 640."""
LONG = "【測試】" + "https://example.test/" + "a" * 200
REACHED_AND_NOT = ["0912345100", "0912345101", "0912345103", "0912345000"]
"""Numbers by which the sandbox knows: delivered, switched off, out of service, nothing heard."""
ERRORS = ["forged", "signed out", "too many"]
"""What no address shows; the last one ends the browser's visit."""
PRESSED = [["Rehearsal", "The plan"], ["預演", "計畫"]]
"""The titles of what a button shows, and no address."""
STATUS = {"/nowhere": 404, **dict(zip(ERRORS, (403, 401, 429), strict=True))}
SMALL, WIDE = {"width": 360, "height": 640}, {"width": 1280, "height": 800}
READERS: dict[str, dict[str, Any]] = {
    "small, light, Chinese": {"viewport": SMALL, "colorScheme": "light", "locale": "zh-TW"},
    "small, dark, English": {"viewport": SMALL, "colorScheme": "dark", "locale": "en"},
    "wide, dark, Chinese": {"viewport": WIDE, "colorScheme": "dark", "locale": "zh-TW"},
}


async def _lived_in(house: House, session: Session, browser: Browser) -> list[str]:
    """Something on every page; the paths of those that show one thing."""
    batch = (await session.facts("send_sms", {"recipients": MIXED, "text": LONG}))["batch_id"]
    await house.vendor.advance(31)
    await answered(house, MIXED[0], "退訂")
    await answered(house, MIXED[1], LONG)
    await session.facts("summarize_delivery", {"refresh": True})
    await pressed(browser, "/replies", "Ask the vendor anew")
    write_list(house, people(40))
    plan = await pressed(browser, "/campaigns/new", "Plan it", PLAN)
    campaign = id_of(plan)
    starting = await browser.send(plan.form("Start it"), "Start it")
    paused = await _paused(browser)
    asked = [
        (await session.facts("send_sms", {**SEND, "text": LONG}))["action_id"],
        (await session.facts("terminate_launch", LAUNCH))["action_id"],
    ]
    refused = (await session.facts("send_sms", {**SEND, "text": "不要"}))["action_id"]
    await pressed(browser, f"/approvals/{refused}", "Refuse")
    return [
        *(place.path for place in PLACES),
        "/decisions",
        *(f"/approvals/{action}" for action in (*asked, refused, starting.path.rsplit("/", 1)[1])),
        f"/campaigns/{campaign}",
        f"/campaigns/{paused}",
        f"/campaigns/{await _to_rehearse(browser)} rehearse",
        f"/campaigns/{await _ended(house, browser)} retry",
        "/campaigns/new",
        f"/batches/{batch}",
        "/lists/due.csv",
        "/nowhere",
        *ERRORS,
    ]


async def _paused(browser: Browser) -> str:
    """A campaign that waits for a person, who can do the most with such a one."""
    plan = await pressed(browser, "/campaigns/new", "Plan it", {**PLAN, "name": "暫停的活動"})
    await approved(browser, await browser.send(plan.form("Start it"), "Start it"), "40")
    await pressed(browser, f"/campaigns/{id_of(plan)}", "Pause it now")
    return id_of(plan)


async def _to_rehearse(browser: Browser) -> str:
    return id_of(
        await pressed(browser, "/campaigns/new", "Plan it", {**PLAN, "name": "先演練", "trial": "10"})
    )


async def _ended(house: House, browser: Browser) -> str:
    """A campaign that failed to reach somebody who can be reached later."""
    write_list(house, [{"手機": each, "姓名": f"客戶{each[-3:]}"} for each in REACHED_AND_NOT], "small.csv")
    changed = {**PLAN, "name": "已結束", "list": "small.csv", "text": "【測試】{姓名}您好，{姓名}再見"}
    plan = await pressed(browser, "/campaigns/new", "Plan it", changed)
    await approved(browser, await browser.send(plan.form("Start it"), "Start it"), str(len(REACHED_AND_NOT)))
    await carried_out(browser.parts, id_of(plan))
    await house.vendor.advance(3600)
    return id_of(plan)


@pytest.mark.parametrize("reader", READERS)
async def test_every_page_can_be_read_by_everybody(house: House, reader: str) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        paths = await _lived_in(house, session, browser)
        # Two visits: each of them ends in time on a busy machine.
        half = len(paths) // 2
        found = [
            page
            for those in (paths[:half], paths[half:])
            for page in await _looked(browser, those, READERS[reader])
        ]
    assert len(found) == len(paths) + 2
    titles = [page["title"] for page in found if page["path"].endswith((" rehearse", " retry"))]
    assert [title.split(" · ")[0] for title in titles] in PRESSED
    wrong = [
        (page["path"], what)
        for page in found
        for what in (
            *page["found"],
            *page["said"],
            *(["scrolls sideways"] if page["wide"] > 0 else []),
            *([f"begins at {page['below']}"] if page["below"] > HIGHEST else []),
            *([f"{page['bytes']} bytes"] if page["bytes"] > LARGEST else []),
            *([f"status {page['status']}"] if page["status"] != STATUS.get(page["path"], 200) else []),
        )
    ]
    assert wrong == []


async def _looked(browser: Browser, paths: list[str], reader: dict[str, Any]) -> list[dict[str, Any]]:
    """What was found on these pages, and on that of signing in."""
    return await in_chromium(
        "look.mjs", origin=browser.address.origin, link=await browser.link(), paths=paths, reader=reader
    )
