"""A campaign that ends before its start, what a start is asked with, and who waits for an end."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import anyio
import pytest

from server.campaigns.course import Course, Wave
from server.gate import watching
from server.gate.campaign_chunks import ChunkSender
from server.gate.masking import present
from tests.campaigns.playing import carried_out, people, planned, taken, texts_at_the_vendor, write_list
from tests.clients.tokens import tokens_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import Clock, fronted
from tools.campaign_desk import CampaignView
from tools.desk.get_campaign import status_of

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
QUIET = {"policy": {"quiet_hours": {"start": "21:00", "end": "08:00"}}}


async def of(session: Session, campaign: str, **how: Any) -> Facts:
    return await session.facts("get_campaign", {"campaign_id": campaign, **how})


async def test_a_plan_can_be_cancelled_and_is_not_started_after_it(house: House, store_url: str) -> None:
    person = Person()
    async with fronted(house, person, **SMALL, store={"url": store_url}) as session:
        assert session.parts
        write_list(house, people(12))
        campaign = (await planned(session))["campaign_id"]
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (told["state"], told["recipients"]) == ("cancelled", 12)
        assert "status = 「planned」" in person.asked[-1]
        assert "\nRecipients: 12\n" in person.asked[-1]
        assert "Messages or reports" not in person.asked[-1]
        status = await of(session, campaign)
        assert (status["state"], status["waiting"], status["sent"]) == ("cancelled", 0, 0)
        problem = await session.problem("start_campaign", {"campaign_id": campaign})
        assert problem["message"] == "Nothing was sent. The campaign is cancelled."
        assert not await texts_at_the_vendor(house)


async def test_the_chinese_question_of_a_cancellation_counts_recipients(house: House) -> None:
    hints: list[str] = []

    class Reader(Person):
        async def __call__(self, context: Any, params: Any) -> Any:
            hints.append(str(params.requested_schema["properties"]))
            return await super().__call__(context, params)

    person = Reader("decline")
    async with fronted(house, person, **SMALL, language="zh-TW") as session:
        write_list(house, people(12))
        campaign = (await planned(session))["campaign_id"]
        await session.problem("cancel_campaign", {"campaign_id": campaign})
    assert "\n收件人數：12\n" in person.asked[-1]
    assert "請輸入收件人數以核准。" in hints[-1]


async def test_a_start_that_was_asked_about_finds_its_plan_cancelled(house: House) -> None:
    class Hesitant(Person):
        async def __call__(self, context: Any, params: Any) -> Any:
            if len(self.asked) == 0:
                self.asked.append("the start")
                await session.facts("cancel_campaign", {"campaign_id": campaign})
            return await super().__call__(context, params)

    async with fronted(house, Hesitant(), **SMALL) as session:
        assert session.parts
        write_list(house, people(12))
        campaign = (await planned(session))["campaign_id"]
        problem = await session.problem("start_campaign", {"campaign_id": campaign})
        assert problem["message"] == "Nothing was sent. The campaign is cancelled."
        assert (await of(session, campaign))["state"] == "cancelled"


async def test_the_slower_of_two_starts_hears_that_the_campaign_was_started_already(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both were approved, and both looked, before either was claimed."""
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(12))
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        book = session.parts.book
        plain = book.start_campaign

        async def overtaken(*arguments: Any) -> Any:
            monkeypatch.setattr(book, "start_campaign", plain)
            faster = await session.facts("start_campaign", {**named, "request_id": "second"})
            assert faster["outcome"] == "done"
            return await plain(*arguments)

        monkeypatch.setattr(book, "start_campaign", overtaken)
        problem = await session.problem("start_campaign", {**named, "request_id": "first"})
        assert problem["message"] == "Nothing was sent. The campaign was started already: it is running."
        assert problem["code"] == "state_changed"
        await carried_out(session.parts, named["campaign_id"])
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        late = await session.problem("start_campaign", {**named, "request_id": "third"})
        assert late["message"] == "Nothing was sent. The campaign was started already: it is done."


async def test_the_question_of_a_start_has_what_its_plan_warned_of(house: House) -> None:
    mobiles = [each["手機"] for each in people(3)]
    person = Person()
    async with fronted(house, person, clock=Clock(NOON), **QUIET) as session:
        for text in ("一", "二"):
            await session.facts("send_sms", {"recipients": mobiles[:2], "text": text})
        await session.facts("list_batches")
        write_list(house, people(3))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
    assert "not from 21:00 to 08:00" in person.asked[-1]
    assert "For 2 it is at least the third text within 7 days." in person.asked[-1]
    assert "Between 21:00 and 08:00" not in person.asked[-1]


async def test_the_question_of_a_start_counts_the_texts_at_night(house: House) -> None:
    person = Person()
    async with fronted(house, person, clock=Clock(NOON)) as session:
        write_list(house, people(3))
        plan = await planned(session, send_at="2026-03-02T20:30:00+08:00", per_hour=2)
        await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
    assert "Between 21:00 and 08:00 go out: 2." in person.asked[-1]
    assert "quiet hours" not in person.asked[-1]


async def test_who_waits_is_answered_once_the_campaign_has_ended(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 0.01)
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(30))
        campaign = (await planned(session))["campaign_id"]
        assert (await of(session, campaign, wait=True))["state"] == "planned"
        await session.facts("start_campaign", {"campaign_id": campaign})
        found: list[Facts] = []

        async def waits() -> None:
            found.append(await of(session, campaign, wait=True))

        async with anyio.create_task_group() as group:
            group.start_soon(waits)
            assert (await of(session, campaign))["state"] == "running"
            await carried_out(session.parts, campaign)
        assert [(each["state"], each["sent"]) for each in found] == [("done", 30)]
        problem = await session.problem("get_campaign", {"campaign_id": "7KQ2M9XD", "wait": True})
        assert problem["code"] == "not_found"


async def test_who_waits_is_answered_in_the_time_of_a_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "TO_ANSWER_SECONDS", 1_000.0)
    async with fronted(house, Person(), **SMALL) as session:
        write_list(house, people(30))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        assert (await of(session, campaign, wait=True))["state"] == "running"


async def test_a_damaged_plan_pauses_its_campaign_which_can_only_be_cancelled(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        write_list(house, people(30))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        await run_sql(store_of(house), "UPDATE campaigns SET plan = 'AAAA' || substr(plan, 5)")
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        assert await course.wave(campaign, await taken(session.parts, campaign)) is Wave.OVER
        status = await of(session, campaign)
        assert status["conclusion"].startswith("It is paused (its plan cannot be read")
        for step, nothing in (("resume", "resumed"), ("move", "moved"), ("retry", "planned")):
            tool = "retry_failed" if step == "retry" else f"{step}_campaign"
            at = {"send_at": "2030-01-11T09:00:00+08:00"} if step == "move" else {}
            problem = await session.problem(tool, {"campaign_id": campaign, **at})
            assert problem["message"].startswith(f"Nothing was {nothing}")
            assert "The campaign's plan was damaged" in problem["message"]
        told = await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (told["state"], told["recipients"]) == ("cancelled", 30)
        assert not await texts_at_the_vendor(house)


def longest() -> CampaignView:
    at = datetime(2026, 11, 29, 10, tzinfo=UTC)
    return CampaignView(
        id="AAAA-AAAA",
        name="繳" * 40,
        state="holding",
        reason="the trial is out, and the rest waits for a person: 50 % have it (2,345 of 4,567), at least "
        "95 % were asked for; 25 % failed for good (1,234 of 4,567), at most 2 % were asked for; 12 opted "
        "out, at most 0 were asked for",
        held_by="",
        released=False,
        recipients=1_000_000,
        points=Decimal(5_000_000),
        spent=Decimal("4999999.5"),
        waiting=123_456,
        sending=2_000,
        sent=543_210,
        unknown=12_345,
        failed=12_345,
        left_out=12_345,
        cancelled=123_456,
        untimed=10_000,
        untimed_parts=20,
        in_doubt=[f"AAA{each}-BBB{each}" for each in range(9)],
        booked=123_456,
        delivered=456_789,
        not_delivered=12_345,
        undo_until=None,
        watched_until=None,
        started_at=at,
        ends_at=at,
    )


WATCHED: dict[str, Any] = {
    "state": "running",
    "reason": "its cancellation 7KQ2-M9XD waits for a person, and nothing is sent until then or "
    "2026-11-29 18:10",
    "held_by": "7KQ2-M9XD",
    "watched_until": datetime(2026, 11, 29, 10, tzinfo=UTC),
}


@pytest.mark.parametrize("changed", [{}, WATCHED], ids=["holding", "its trial is watched"])
async def test_the_longest_progress_costs_at_most_400_tokens(changed: dict[str, Any]) -> None:
    facts: Facts = present(status_of(replace(longest(), **changed)), show_numbers=False).facts
    assert await tokens_of(facts) <= 400


@pytest.mark.parametrize(
    ("sending", "next_step"),
    [
        (0, "Nothing: none of it goes out."),
        (20, "Look again in a moment: 20 are being sent now."),
    ],
)
def test_of_a_cancelled_campaign_none_goes_out_only_once_nothing_of_it_is_being_sent(
    sending: int, next_step: str
) -> None:
    nothing: dict[str, int] = dict.fromkeys(("sent", "unknown", "booked", "untimed", "untimed_parts"), 0)
    found = replace(longest(), state="cancelled", in_doubt=(), sending=sending, **nothing)
    assert status_of(found).next == next_step
