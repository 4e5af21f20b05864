"""A campaign's page: what a person does there goes by the gate, as the tools' calls do."""

from tests.campaigns.playing import carried_out, people, texts_at_the_vendor, write_list
from tests.console.at_page import SMALL, approved, id_of, lines, planned, signed_in
from tests.e2e.house import House
from tests.gate.servers import posts


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
        await approved(browser, await browser.get(asked.path), "1000")
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
        assert not [form for form in ended.forms if form.action.startswith("/campaigns")]
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
