"""The first page names what is under way: whoever must stop it finds the button there."""

import re

from tests.campaigns.playing import carried_out, people, write_list
from tests.campaigns.test_bookings import standing
from tests.campaigns.test_trial import NOON, TERMS, failing, watched
from tests.console.at_page import FREE, MARKUP, PLAN, SMALL, approved, id_of, lines, planned, signed_in
from tests.console.browser import Browser, Page
from tests.console.test_chinese_pages import reads
from tests.e2e.house import House
from tests.gate.servers import Clock, posts

FIRST = "The trial goes first; the others wait for what becomes of it."
_CARD = re.compile(r'<section class="card" data-campaign="([0-9A-Z-]+)".*?</section>', re.DOTALL)


async def begun(browser: Browser, count: int, **plan: str) -> str:
    """A campaign that a person started."""
    page = await planned(browser, **plan)
    starting = next(form for form in page.forms if form.fields.get("step") == "start")
    asked = await browser.send(starting, starting.buttons[0][2])
    await approved(browser, asked, str(count))
    return id_of(page)


def named(page: Page) -> list[str]:
    """The campaigns that the page names, in their order; each leads to its own page."""
    found = _CARD.findall(page.html)
    assert all(f'href="/campaigns/{each}"' in page.html for each in found)
    return found


async def test_what_is_being_sent_is_named_and_paused_by_one_press(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(1_000))
        assert named(await browser.get("/")) == []
        plan = await planned(browser)
        assert named(await browser.get("/")) == []
        await approved(browser, await browser.send(plan.form("Start it"), "Start it"), "1000")
        await carried_out(browser.parts, id_of(plan), waves=1)
        page = await browser.get("/")
        assert named(page) == [id_of(plan)]
        said = lines(page)
        assert said["state"] == ["being sent"]
        assert {"with the vendor 500", "waiting 500"} <= {*said["part"]}
        assert said["next"] == ["500 wait, and go out one part after the other."]
        paused = await browser.send(page.form("Pause it now"), "Pause it now")
        assert (paused.path, lines(paused)["state"]) == (f"/campaigns/{id_of(plan)}", ["paused"])
        page = await browser.get("/")
        assert named(page) == [id_of(plan)]
        assert lines(page)["reason"] == ["paused by hand"]
        assert lines(page)["next"] == ["Nothing more of it is sent until a person resumes it."]
        assert not [form for form in page.forms if form.fields.get("step")]
        assert await posts(house) == 50


async def test_what_is_over_is_not_named_and_what_is_booked_still_is(house: House) -> None:
    async with signed_in(house, clock=Clock(NOON), **SMALL) as (_, browser):
        write_list(house, people(20))
        at_once = await begun(browser, 20)
        await carried_out(browser.parts, at_once)
        assert named(await browser.get("/")) == []
        booked = await begun(browser, 20, text="【測試】{姓名}再見", send_at="2030-01-10T10:00")
        await carried_out(browser.parts, booked)
        page = await browser.get("/")
        assert named(page) == [booked]
        assert lines(page)["next"] == ["20 are booked at the vendor, the last one for 2030-01-10 10:00."]
        own = await browser.get(f"/campaigns/{booked}")
        await approved(browser, await browser.send(own.form("Cancel it"), "Cancel it"), "20")
        assert not await standing(house)
        assert named(await browser.get("/")) == []


async def test_a_trial_that_waits_is_named_with_its_reason_in_either_language(house: House) -> None:
    clock = Clock(NOON)
    async with signed_in(house, clock=clock, **SMALL) as (session, browser):
        write_list(house, [*failing(5), *people(55)])
        plan = await session.facts("plan_campaign", {**PLAN, "trial": "20", "release": TERMS})
        campaign = plan["campaign_id"]
        own = await browser.get(f"/campaigns/{campaign}")
        await approved(browser, await browser.send(own.form("Start it"), "Start it"), "60")
        await carried_out(browser.parts, campaign, waves=2)
        assert lines(await browser.get("/"))["next"] == [FIRST]
        await watched(house, session, clock, campaign, minutes=61)
        said = lines(await browser.get("/"))
        assert "25 % failed for good (5 of 20)" in said["reason"][0]
        assert said["next"] == ["40 wait until a person lets them follow, or cancels it."]
        browser.client.headers["Accept-Language"] = "zh-TW"
        reads(await browser.get("/"))


async def test_what_waits_for_a_cancellation_and_what_can_be_taken_back_says_so(house: House) -> None:
    policy = {**FREE, "undo_minutes": 3, "undo_above_recipients": 2}
    async with signed_in(house, clock=Clock(NOON), policy=policy, **SMALL) as (_, browser):
        write_list(house, people(20))
        campaign = await begun(browser, 20)
        browser.client.headers["Accept-Language"] = "zh-TW"
        page = await browser.get("/")
        reads(page)
        assert lines(page)["next"] == ["在 12:03 之前不會發出任何訊息。"]
        own = await browser.get(f"/campaigns/{campaign}")
        cancelling = next(form for form in own.forms if form.fields.get("step") == "cancel")
        await browser.send(cancelling, cancelling.buttons[0][2])
        page = await browser.get("/")
        reads(page)
        assert "等待人員決定" in lines(page)["reason"][0]
        assert lines(page)["next"][0].startswith("由人決定是否取消")


async def test_what_the_vendor_has_and_can_be_taken_back_says_until_when_and_then_that_it_goes_out(
    house: House,
) -> None:
    """It was to go out at once: its plan has no time of the last one."""
    policy = {**FREE, "undo_minutes": 3, "undo_above_recipients": 2}
    clock = Clock(NOON)
    async with signed_in(house, clock=clock, policy=policy, **SMALL) as (_, browser):
        write_list(house, people(20))
        await carried_out(browser.parts, await begun(browser, 20))
        assert lines(await browser.get("/"))["next"] == ["Nothing of it goes out before 12:03."]
        clock.advance(seconds=181)
        page = await browser.get("/")
        assert lines(page)["next"] == ["20 are still to go out at the vendor."]
        browser.client.headers["Accept-Language"] = "zh-TW"
        reads(await browser.get("/"))


async def test_many_that_are_under_way_leave_the_page_short_and_say_so(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(3))
        started = [
            await begun(browser, 3, name=f"{MARKUP[:20]}{n}", text=f"【測試】{{姓名}}第{n}則")
            for n in range(7)
        ]
        page = await browser.get("/")
        assert named(page) == started[::-1][:5]
        assert "More are under way: all campaigns" in page.text
        assert "<img src=x" not in page.html
        assert len(page.html.encode()) < 60_000
