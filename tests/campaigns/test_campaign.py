"""From the plan to the last text: what a person agreed to, to everybody once, and nothing else."""

from decimal import Decimal
from typing import Any

import pytest

from server.campaigns.calls import Calls
from server.campaigns.course import ChunkEnd, Course, Ended, Wave
from server.demo.rows import rows_of
from server.gate.campaign_chunks import ChunkSender
from server.store import ledger
from server.vendors.exchange import NotSentError
from server.vendors.looking import Send
from tests.campaigns.playing import (
    carried_out,
    due,
    is_done,
    people,
    planned,
    taken,
    texts_at_the_vendor,
    write_list,
)
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import fronted, posts
from tools.every8d.send_personalized_sms import PATH
from tools.operation import Reply, Request

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}


def unreachable_for_sends(reachable: Send, times: int = 1_000) -> Send:
    left = iter(range(times))

    async def send(request: Request, **how: Any) -> Reply:
        if request.path == PATH and next(left, None) is not None:
            raise NotSentError("nobody listens")
        return await reachable(request, **how)

    return send


async def running(session: Session, campaign: str) -> None:
    started = await session.facts("start_campaign", {"campaign_id": campaign})
    assert (started["outcome"], started["state"]) == ("done", "running")


async def test_a_plan_sends_nothing_and_says_what_it_comes_to(house: House) -> None:
    async with fronted(house, **SMALL) as session:
        assert session.parts
        rows = people(12)
        write_list(house, [*rows, rows[0], {**rows[1], "手機": "+886920999999", "姓名": "a|b"}])
        plan = await planned(session)
        assert (plan["recipients"], plan["points"]) == (12, 12)
        assert plan["excluded"] == {"duplicate": 1, "pipe_in_field": 1}
        assert plan["longest"][0].startswith("【測試】客**")
        status = await session.facts("get_campaign", {"campaign_id": plan["campaign_id"]})
        assert (status["state"], status["waiting"]) == ("planned", 12)
        assert not await house.changes()


async def test_a_started_campaign_reaches_everybody_once_with_their_own_text(house: House) -> None:
    person = Person()
    async with fronted(house, person, **SMALL) as session:
        assert session.parts
        rows = people(57)
        write_list(house, rows)
        plan = await planned(session)
        await running(session, plan["campaign_id"])
        assert "57" in person.asked[0]
        await carried_out(session.parts, plan["campaign_id"])
        expected = {(row["手機"], f"【測試】{row['姓名']}您好，明天見") for row in rows}
        assert await texts_at_the_vendor(house) == dict.fromkeys(expected, 1)
        status = await session.facts("get_campaign", {"campaign_id": plan["campaign_id"]})
        assert (status["state"], status["sent"], status["points"]) == ("done", 57, 57)
        assert await posts(house) == 6


@pytest.mark.parametrize(("typed", "state"), [("3", "running"), ("4", "planned")])
async def test_a_start_always_wants_the_number_of_recipients_typed(
    house: House, typed: str, state: str
) -> None:
    thresholds = {"typed_above_recipients": 1_000_000, "typed_above_points": 1_000_000}
    async with fronted(house, Person(typed=typed), approval=thresholds) as session:
        write_list(house, people(3))
        campaign = (await planned(session))["campaign_id"]
        told = await session.told("start_campaign", {"campaign_id": campaign})
        assert told.facts.get("code") == (None if state == "running" else "proof_mismatch")
        assert (await session.facts("get_campaign", {"campaign_id": campaign}))["state"] == state


@pytest.mark.parametrize("column", ["name", "姓名"])
async def test_a_column_that_the_list_fills_is_not_asked_about_as_left_over(
    house: House, column: str
) -> None:
    person = Person()
    async with fronted(house, person, **SMALL) as session:
        write_list(house, [{"手機": row["手機"], column: row["姓名"]} for row in people(3)])
        plan = await planned(session, text=f"【測試】{{{column}}}您好")
        await running(session, plan["campaign_id"])
    assert f"{{{column}}}" in person.asked[0]
    assert "looks like a placeholder" not in person.asked[0]


async def test_points_and_recipients_count_once_before_and_after_the_sends(house: House) -> None:
    caps: dict[str, Any] = {"policy": {"points_per_day": 60, "recipients_per_day": 60}}
    async with fronted(house, Person(), **SMALL, **caps) as session:
        assert session.parts
        write_list(house, people(40))
        write_list(house, people(40, first=500), "more.csv")
        first, second = await planned(session), await planned(session, list="more.csv")
        await running(session, first["campaign_id"])
        refused = await session.problem("start_campaign", {"campaign_id": second["campaign_id"]})
        assert refused["code"] == "policy_refused"
        await carried_out(session.parts, first["campaign_id"])
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (Decimal(40), 40)
        actions = await session.facts("list_actions", {"tool": "send_personalized_sms"})
        assert actions["total"] == 4


async def test_what_was_reserved_at_the_start_is_released_whatever_the_caps_have_left(house: House) -> None:
    caps: dict[str, Any] = {"policy": {"points_per_day": 41, "recipients_per_day": 41}}
    async with fronted(house, Person(), **SMALL, **caps) as session:
        assert session.parts
        write_list(house, people(40))
        campaign = (await planned(session, trial=10))["campaign_id"]
        await running(session, campaign)
        await carried_out(session.parts, campaign)
        assert (await session.facts("resume_campaign", {"campaign_id": campaign}))["outcome"] == "done"
        await carried_out(session.parts, campaign)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
    assert (status["state"], status["sent"]) == ("done", 40)


async def test_a_chunk_of_unknown_outcome_stops_only_itself_and_is_never_sent_again(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(30))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        await house.vendor.control("faults", path="SendParamSMS.ashx", fault="reset_after", times=1)
        await carried_out(session.parts, campaign)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"], status["unknown"]) == ("done", 20, 10)
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        assert len(await texts_at_the_vendor(house)) == 30


async def test_what_is_said_of_a_part_of_unknown_outcome_can_be_done(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(10))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        await house.vendor.control("faults", path="SendParamSMS.ashx", fault="reset_after", times=1)
        await carried_out(session.parts, campaign)
        listed = await session.facts("list_actions", {"state": "unknown"})
        action = {"action_id": rows_of(listed)[0]["action_id"]}
        looked = (await session.facts("get_action", action))["next"]
        assert "reconcile_action" in looked
        assert "retry_safely" not in looked
        reconciled = await session.facts("reconcile_action", action)
        assert reconciled["state"] == "unknown"
        assert "reconcile_action" not in reconciled["next"]
        assert "actions close" in reconciled["next"]


async def test_three_failures_in_a_row_pause_it_and_what_certainly_failed_goes_out_after_a_yes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(80))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        reachable = session.parts.vendors.send
        monkeypatch.setattr(session.parts.vendors, "send", unreachable_for_sends(reachable))
        await carried_out(session.parts, campaign)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"]) == ("paused", 0)
        assert status["failed"] >= 30
        assert status["conclusion"].startswith("It is paused (the vendor did not take 3 parts")
        monkeypatch.setattr(session.parts.vendors, "send", reachable)
        resumed = await session.facts("resume_campaign", {"campaign_id": campaign})
        assert (resumed["state"], resumed["recipients"]) == ("running", 80)
        await carried_out(session.parts, campaign)
        assert len(await texts_at_the_vendor(house)) == 80
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (Decimal(80), 80)


async def test_a_campaign_of_which_a_part_certainly_failed_waits_for_a_person_at_its_end(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(30))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        once = unreachable_for_sends(session.parts.vendors.send, times=1)
        monkeypatch.setattr(session.parts.vendors, "send", once)
        await carried_out(session.parts, campaign)
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"], status["failed"]) == ("paused", 20, 10)
        assert "all was tried, and 10 were certainly not sent to" in status["conclusion"]
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        assert await is_done(session.parts, campaign)
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        assert len(await texts_at_the_vendor(house)) == 30


async def test_the_rest_waits_for_a_person_after_the_trial(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(40))
        campaign = (await planned(session, trial=15))["campaign_id"]
        await running(session, campaign)
        await carried_out(session.parts, campaign)
        assert len(await texts_at_the_vendor(house)) == 15
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["waiting"]) == ("holding", 25)
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        assert len(await texts_at_the_vendor(house)) == 40


async def test_a_paused_campaign_sends_nothing_more_and_a_cancelled_one_frees_its_points(
    house: House,
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(1_000))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        await carried_out(session.parts, campaign, waves=1)
        assert len(await texts_at_the_vendor(house)) == 500
        await session.facts("pause_campaign", {"campaign_id": campaign})
        assert not await due(session.parts)
        cancelled = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (cancelled["state"], cancelled["recipients"]) == ("cancelled", 500)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (Decimal(500), 500)
        problem = await session.problem("resume_campaign", {"campaign_id": campaign})
        assert problem["code"] == "state_changed"


async def test_points_that_a_receipt_told_of_are_not_asked_for_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        # Three rounds of 50 parts.
        write_list(house, people(1_100))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        asked: list[Request] = []
        send = session.parts.vendors.send

        async def counted(request: Request, **how: Any) -> Reply:
            if request.path == "API21/HTTP/getCredit.ashx":
                asked.append(request)
            return await send(request, **how)

        monkeypatch.setattr(session.parts.vendors, "send", counted)
        await carried_out(session.parts, campaign)
        assert (await session.facts("get_campaign", {"campaign_id": campaign}))["sent"] == 1_100
        assert len(asked) == 1


async def test_a_worker_that_was_replaced_posts_nothing_more(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(600))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        old = await taken(session.parts, campaign)
        await taken(session.parts, campaign)
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        assert await course.wave(campaign, old) is Wave.OVER
        standing = await session.parts.campaigns.running(campaign, old + 1)
        assert standing
        ready = await ChunkSender(session.parts.context).prepare(standing, 1, old)
        assert not isinstance(ready, ChunkEnd)
        async with Calls(1).turn() as turn:
            assert (await ready(turn)).ended is Ended.WAITS
        assert not await texts_at_the_vendor(house)


async def test_who_was_blocked_or_texted_since_the_plan_is_left_out(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        rows = people(25)
        write_list(house, rows)
        campaign = (await planned(session, text="【測試】明天見"))["campaign_id"]
        await session.facts("block_number", {"mobiles": [rows[3]["手機"]]})
        await session.facts("send_sms", {"recipients": [rows[4]["手機"]], "text": "【測試】明天見"})
        await running(session, campaign)
        await carried_out(session.parts, campaign)
        texts = await texts_at_the_vendor(house)
        assert texts == {(row["手機"], "【測試】明天見"): 1 for row in rows if row is not rows[3]}
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["sent"], status["left_out"]) == (23, 2)


async def test_a_list_that_changed_since_the_plan_refuses_to_start(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(5))
        campaign = (await planned(session))["campaign_id"]
        write_list(house, people(6))
        problem = await session.problem("start_campaign", {"campaign_id": campaign})
        assert problem["code"] == "state_changed"
        assert not await house.changes()


async def test_stop_everything_pauses_the_campaigns_that_run(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(600))
        campaign = (await planned(session))["campaign_id"]
        await running(session, campaign)
        epoch = await taken(session.parts, campaign)
        await session.facts("stop_everything", {"dry_run": True})
        assert await session.parts.campaigns.running(campaign, epoch)
        stopped = await session.facts("stop_everything")
        assert "Paused: 1 campaign." in stopped["conclusion"]
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        assert await course.wave(campaign, epoch) is Wave.OVER
        assert not await texts_at_the_vendor(house)


async def test_a_campaign_with_a_trial_a_pause_and_an_end_on_both_engines(
    house: House, store_url: str
) -> None:
    async with fronted(house, Person(), **SMALL, store={"url": store_url}) as session:
        assert session.parts
        write_list(house, people(45))
        campaign = (await planned(session, trial=20))["campaign_id"]
        await running(session, campaign)
        await carried_out(session.parts, campaign)
        assert len(await texts_at_the_vendor(house)) == 20
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await session.facts("pause_campaign", {"campaign_id": campaign})
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        status = await session.facts("get_campaign", {"campaign_id": campaign})
        assert (status["state"], status["sent"], status["points"]) == ("done", 45, 45)
        usage = await session.parts.journal.read(ledger.usage)
        assert (usage.points_today, usage.recipients_today) == (Decimal(45), 45)
