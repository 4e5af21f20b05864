"""A campaign's page: what a person does there goes by the gate, as the tools' calls do."""

import pytest

from server import call_time
from tests.campaigns.playing import carried_out, people, texts_at_the_vendor, write_list
from tests.campaigns.test_bookings import NOON, standing
from tests.console.at_page import MIXED, SMALL, approved, id_of, lines, planned, signed_in
from tests.console.browser import Browser, Page
from tests.e2e.house import House
from tests.gate.servers import Clock, posts


async def test_a_campaign_is_planned_started_paused_and_cancelled_by_a_person_alone(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        rows = people(1_000)
        write_list(house, [*rows, rows[0]])
        plan = await planned(browser)
        assert lines(plan)["recipients"] == ["1,000"]
        assert lines(plan)["excluded"] == ["1 stands in an earlier row"]
        assert lines(plan)["text"][0].startswith("【測試】客**")
        campaign = id_of(plan)
        asked = await browser.send(plan.form("Start it"), "Start it")
        assert lines(await browser.get(f"/campaigns/{campaign}"))["state"] == ["planned, nothing sent"]
        wrong = await approved(browser, asked, "999")
        assert wrong.status == 409
        started = await approved(browser, await browser.get(asked.path), "1000")
        assert "To whom nothing was sent yet" in started.text
        assert lines(await browser.get(f"/campaigns/{campaign}"))["state"] == ["being sent"]
        await carried_out(browser.parts, campaign, waves=1)
        shown = await browser.get(f"/campaigns/{campaign}")
        assert "with the vendor 500" in lines(shown)["part"]
        assert "waiting 500" in lines(shown)["part"]
        paused = await browser.send(shown.form("Pause it now"), "Pause it now")
        assert lines(paused)["state"] == ["paused"]
        cancelling = await browser.send(paused.form("Cancel it"), "Cancel it")
        assert lines(await browser.get(f"/campaigns/{campaign}"))["state"] == ["paused"]
        await approved(browser, cancelling, "500")
        ended = await browser.get(f"/campaigns/{campaign}")
        assert lines(ended)["state"] == ["cancelled"]
        assert steps(ended) == ["retry"]
        assert len(await texts_at_the_vendor(house)) == 500
        assert f"/campaigns/{campaign}" in (await browser.get("/campaigns")).html


async def test_a_step_that_its_state_forbids_changes_nothing_and_says_so(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(3))
        plan = await planned(browser)
        form = plan.form("Start it")
        refused = await browser.send(form, "Start it", {"step": "resume"})
        assert (refused.status, "Nothing was resumed." in refused.text) == (409, True)
        assert (await browser.send(form, "Start it", {"step": "delete"})).status == 403
        assert not await posts(house)


async def test_a_plan_that_cannot_be_made_keeps_what_was_typed(house: House) -> None:
    async with signed_in(house) as (_, browser):
        write_list(house, people(3))
        page = await planned(browser, text="【測試】{nobody}您好")
        assert page.status == 409
        assert "problem" in lines(page)
        assert "【測試】{nobody}您好" in page.html
        assert "No campaign was planned yet." in (await browser.get("/campaigns")).text


async def test_plans_from_the_page_take_slots_of_the_minute(house: House) -> None:
    async with signed_in(house, policy={"calls_per_minute": 1}) as (_, browser):
        write_list(house, people(3))
        assert (await planned(browser)).status == 200
        second = await planned(browser, name="第二個")
        assert (second.status, "CALLS_PER_MINUTE" in second.text) == (409, True)


def steps(page: Page) -> list[str]:
    """What can be done with the campaign of this page."""
    return [form.fields["step"] for form in page.forms if "step" in form.fields]


async def campaign_page(browser: Browser, campaign: str) -> Page:
    return await browser.get(f"/campaigns/{campaign}")


async def begun(browser: Browser, house: House, count: int, **plan: str) -> str:
    """A campaign that a person planned and started on the page, and nothing of it sent yet."""
    write_list(house, people(count))
    plan_page = await planned(browser, **plan)
    campaign = id_of(plan_page)
    await approved(browser, await browser.send(plan_page.form("Start it"), "Start it"), str(count))
    return campaign


async def test_a_planned_campaign_is_cancelled_after_a_yes(house: House) -> None:
    async with signed_in(house, **SMALL) as (session, browser):
        write_list(house, people(3))
        campaign = id_of(await planned(browser))
        page = await campaign_page(browser, campaign)
        assert steps(page) == ["start", "rehearse", "cancel"]
        asked = await browser.send(page.form("Cancel it"), "Cancel it")
        assert lines(await campaign_page(browser, campaign))["state"] == ["planned, nothing sent"]
        await approved(browser, asked, "3")
        assert lines(await campaign_page(browser, campaign))["state"] == ["cancelled"]
        problem = await session.problem("start_campaign", {"campaign_id": campaign})
        assert problem["message"] == "Nothing was sent. The campaign is cancelled."
        assert not await posts(house)


async def test_a_booked_campaign_is_moved_after_a_yes_and_what_is_no_time_moves_nothing(house: House) -> None:
    async with signed_in(house, clock=Clock(NOON), **SMALL) as (_, browser):
        campaign = await begun(browser, house, 20, send_at="2030-01-10T10:00")
        await carried_out(browser.parts, campaign)
        page = await campaign_page(browser, campaign)
        assert lines(page)["booked"] == ["20"]
        assert steps(page) == ["move", "cancel"]
        form = page.form("Move it")
        for odd in ("", "soon", "2020-01-01T10:00"):
            assert (await browser.send(form, "Move it", {"send_at": odd})).status == 409
        asked = await browser.send(form, "Move it", {"send_at": "2030-01-11T15:30"})
        assert (await standing(house)).keys() == {"2030-01-10T10:00:00+08:00"}
        await approved(browser, asked, "20")
        await carried_out(browser.parts, campaign)
        assert {at: len(those) for at, those in (await standing(house)).items()} == {
            "2030-01-11T15:30:00+08:00": 20
        }


async def test_what_a_cancelling_left_booked_is_erased_by_another_yes(house: House) -> None:
    async with signed_in(house, clock=Clock(NOON), **SMALL) as (_, browser):
        campaign = await begun(browser, house, 20, send_at="2030-01-10T10:00")
        await carried_out(browser.parts, campaign)
        page = await campaign_page(browser, campaign)
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_before", times=1)
        await approved(browser, await browser.send(page.form("Cancel it"), "Cancel it"), "20")
        left = await campaign_page(browser, campaign)
        assert (lines(left)["state"], lines(left)["booked"]) == (["cancelled"], ["10"])
        assert steps(left) == ["erase"]
        await approved(browser, await browser.send(left.form("Erase what"), "Erase what"), "10")
        assert not await standing(house)
        assert steps(await campaign_page(browser, campaign)) == []


async def test_whom_it_did_not_reach_is_planned_again_and_nothing_is_sent(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, [{"手機": each, "姓名": f"客戶{each[-3:]}"} for each in MIXED])
        plan = await planned(browser)
        campaign = id_of(plan)
        await approved(browser, await browser.send(plan.form("Start it"), "Start it"), str(len(MIXED)))
        await carried_out(browser.parts, campaign)
        await house.vendor.advance(3600)
        before = await posts(house)
        page = await campaign_page(browser, campaign)
        fresh = await browser.send(page.form("Plan it again"), "Plan it again")
        assert lines(fresh)["recipients"] == ["2"]
        assert campaign in lines(fresh)["again-of"][0]
        again = fresh.form("Start it").action.rsplit("/", 1)[1]
        assert again != campaign
        assert lines(await campaign_page(browser, again))["state"] == ["planned, nothing sent"]
        assert await posts(house) == before


@pytest.mark.usefixtures("quick_start")
async def test_a_rehearsal_shows_timeline_bill_and_what_went_twice(house: House) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(12))
        campaign = id_of(await planned(browser, trial="5"))
        page = await campaign_page(browser, campaign)
        played = await browser.send(page.form("Rehearse it"), "Rehearse it")
        assert "Rehearsal: 提醒" in played.text
        assert lines(played)["twice"] == ["Nobody got it twice."]
        assert (lines(played)["texts"], lines(played)["bill"], lines(played)["plan"]) == (
            ["12"],
            ["12"],
            ["12"],
        )
        assert sum(int(row.split()[-2]) for row in lines(played)["moment"]) == 12
        assert lines(played)["note"] == ["The first 5 were the trial; the rest was let go."]
        assert lines(await campaign_page(browser, campaign))["state"] == ["planned, nothing sent"]
        assert not await posts(house)


@pytest.mark.usefixtures("quick_start")
async def test_a_rehearsal_that_takes_long_goes_on_and_is_shown_by_the_same_button(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(12))
        campaign = id_of(await planned(browser))
        page = await campaign_page(browser, campaign)
        with monkeypatch.context() as short:
            short.setattr(call_time, "CALL_SECONDS", 0.0)
            waits = await browser.send(page.form("Rehearse it"), "Rehearse it")
        assert (waits.status, "The rehearsal goes on." in waits.text) == (200, True)
        assert lines(await browser.send(waits.form("Rehearse it"), "Rehearse it"))["texts"] == ["12"]


@pytest.mark.parametrize("step", ["cancel", "move", "retry", "rehearse", "erase"])
async def test_no_step_takes_a_forged_form_or_anothers_campaign(house: House, step: str) -> None:
    async with signed_in(house, **SMALL) as (_, browser):
        write_list(house, people(3))
        form = (await planned(browser)).form("Start it")
        more = {"step": step, "send_at": "2030-01-10T10:00"}
        assert (await browser.send(form, "Start it", {**more, "form_token": "0" * 64})).status == 403
        form.action = "/campaigns/7KQ2-M9XD"
        assert (await browser.send(form, "Start it", more)).status == 404
