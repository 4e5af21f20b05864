"""What comes between the start of a campaign and its chunks: nobody gets a text that nobody agreed to."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import anyio
import pytest
from sqlalchemy import select

from server.batches.forgetting import Forgetting
from server.campaigns.course import Course, Wave
from server.campaigns.worker import Worker
from server.command.comparison import examined
from server.command.texts import texts_of
from server.demo.rows import rows_of
from server.gate.campaign_chunks import ChunkSender
from server.ledger.book import Settled
from server.ledger.claiming import LEASE_SECONDS
from server.store import campaigns, ledger
from server.store.actions import Action, State
from server.store.campaign_tables import CHUNKS
from server.store.errors import StoreUnavailableError
from server.store.keys import half_hash
from server.store.schema import ACTIONS
from tests.campaigns.playing import carried_out, due, people, planned, taken, texts_at_the_vendor, write_list
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.sql import copied, run_sql, store_of
from tests.gate.servers import Clock, fronted, until

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}


class _DiedError(Exception):
    """A process that ends without another word."""


async def begun(house: House, session: Session, count: int = 30, first: int = 0) -> str:
    """A campaign to so many that a person started."""
    write_list(house, people(count, first))
    campaign: str = (await planned(session))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    return campaign


async def status_of(session: Session, campaign: str) -> Facts:
    return await session.facts("get_campaign", {"campaign_id": campaign})


async def test_a_store_that_goes_away_within_a_chunk_is_waited_for(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_given: object) -> None:
        raise StoreUnavailableError

    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        epoch = await taken(session.parts, campaign)
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        with monkeypatch.context() as patched:
            patched.setattr(session.parts.context.book, "digest", away)
            assert await course.wave(campaign, epoch) is Wave.LATER
        assert await course.wave(campaign, epoch) is Wave.MORE
        assert len(await texts_at_the_vendor(house)) == 30


async def test_a_refused_login_is_the_last_one_although_other_parts_wait_for_its_call(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The account's calls stop before the next one begins, not when the outcome is written down."""
    async with fronted(house, Person(), **SMALL) as session:
        campaign = await begun(house, session)

    async def covered(*_given: object) -> str:
        return ""

    monkeypatch.setattr(ChunkSender, "missing", covered)
    login = {**SMALL["every8d"], "password": "wrong", "calls_at_once": 1}
    async with fronted(house, every8d=login) as session:
        assert session.parts
        book, ended, another = session.parts.book, list[str](), anyio.Event()
        finish = book.finish

        async def slow_at_first(action: str, *given: Any) -> Any:
            ended.append(action)
            if len(ended) > 1:
                another.set()
            with anyio.fail_after(20):
                await another.wait()
            return await finish(action, *given)

        monkeypatch.setattr(book, "finish", slow_at_first)
        before = len(await house.vendor.log())
        epoch = await taken(session.parts, campaign)
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        assert await course.wave(campaign, epoch) is Wave.OVER
        assert len(ended) > 1
        assert len(await house.vendor.log()) == before + 1


async def test_a_wave_forgets_whom_its_sent_parts_were_for(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        epoch = await taken(session.parts, campaign)
        course = Course(session.parts.campaigns, ChunkSender(session.parts.context))
        sealed = select(CHUNKS.c.number).where(CHUNKS.c.sealed != "")
        keeper = session.parts.campaigns.keeper
        assert len(await keeper.read(lambda conn: conn.execute(sealed).all())) == 3
        # The campaign goes on: what its end forgets does not count here.
        assert await course.wave(campaign, epoch) is Wave.MORE
        assert await keeper.read(lambda conn: conn.execute(sealed).all()) == []


async def test_a_course_that_failed_is_taken_up_again_under_the_next_epoch(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An engine tells the same end of a course for ever."""
    epochs: list[int] = []

    async def carry_out(_campaign: str, epoch: int) -> None:
        epochs.append(epoch)
        if len(epochs) == 1:
            raise LookupError
        group.cancel_scope.cancel()

    monkeypatch.setattr("server.campaigns.worker._LOOK_SECONDS", 0)
    monkeypatch.setattr("server.campaigns.worker.AGAIN_SECONDS", 0)
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        await begun(house, session)
        worker = Worker(session.parts.memory.keeper, "a test", carry_out, session.parts.book)
        with anyio.fail_after(20):
            async with anyio.create_task_group() as group:
                await worker.work(until_idle=False)
    assert epochs == [1, 2]


async def test_an_accepted_loss_pauses_what_runs(house: House) -> None:
    """The copy has chunks wait that were sent since."""
    person = Person()
    async with fronted(house, person, **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        other = (await planned(session, text="【測試】{姓名}，別的"))["campaign_id"]
        await copied(store_of(house), backup := house.folder / "backup.sqlite3")
        await carried_out(session.parts, campaign)
        await copied(backup, store_of(house))
        assert await session.parts.journal.accept_loss("王小明")
        assert not await due(session.parts)
        status = await status_of(session, campaign)
        assert status["conclusion"].startswith("It is paused (the store's past was lost: parts of it may")
        person.action = "decline"
        for step, which in (("resume_campaign", campaign), ("start_campaign", other)):
            await session.problem(step, {"campaign_id": which})
            assert (
                "parts of this campaign may have been sent already, and would be sent again"
                in person.asked[-1]
            )
        assert set((await texts_at_the_vendor(house)).values()) == {1}


async def test_a_campaign_that_runs_without_its_own_start_is_stopped(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        keeper = session.parts.memory.keeper
        agreed, key = await begun(house, session), await keeper.key()
        other = (await planned(session, text="【測試】{姓名}，別的"))["campaign_id"]

        def pretend(conn: Any) -> None:
            start = campaigns.campaign_of(conn, agreed)
            assert start
            campaigns.change(conn, key, other, ["planned"], state="running", action=start.action)

        await keeper.write(pretend)
        await carried_out(session.parts, other)
        assert not await texts_at_the_vendor(house)
        assert "the ledger has no start of this plan" in (await status_of(session, other))["conclusion"]


async def test_what_goes_out_on_a_later_day_counts_against_the_caps_of_that_day(house: House) -> None:
    clock, capped = Clock(), {"policy": {"points_per_day": 45}}
    async with fronted(house, Person(), clock=clock, **SMALL, **capped) as session:
        assert session.parts
        first = await begun(house, session)
        await session.facts("pause_campaign", {"campaign_id": first})
        clock.advance(days=1)
        await carried_out(session.parts, await begun(house, session, first=100))
        await session.facts("resume_campaign", {"campaign_id": first})
        await carried_out(session.parts, first)
        usage = await session.parts.journal.read(ledger.usage)
        assert usage.points_today == Decimal(40)
        status = await status_of(session, first)
        assert (status["state"], status["sent"], status["waiting"]) == ("paused", 10, 20)
        assert "points_per_day is reached" in status["conclusion"]


async def test_a_campaign_whose_times_have_passed_is_not_resumed_in_vain(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        write_list(house, people(5))
        at = (clock() + timedelta(hours=1)).isoformat()
        campaign = (await planned(session, send_at=at))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        clock.advance(hours=2)
        await carried_out(session.parts, campaign)
        assert "cannot be sent as it was planned" in (await status_of(session, campaign))["conclusion"]
        problem = await session.problem("resume_campaign", {"campaign_id": campaign})
        assert problem["message"].startswith("Nothing was sent. The campaign's last send time has passed")
        await session.facts("cancel_campaign", {"campaign_id": campaign})


async def test_a_part_of_which_some_have_gone_out_is_still_booked_for_the_others(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        write_list(house, people(3))
        at = (clock() + timedelta(hours=1)).isoformat()
        campaign = (await planned(session, send_at=at, per_hour=1))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        clock.advance(hours=2, minutes=30)
        in_flight = await session.facts("list_in_flight")
        clock.advance(hours=1)
        out = await session.facts("list_in_flight")
    assert [row["what"] for row in rows_of(in_flight)] == ["booking"]
    assert not rows_of(out)


async def test_a_resumed_campaign_reserves_nothing_twice(house: House) -> None:
    async with fronted(house, Person(), **SMALL, policy={"points_per_day": 40}) as session:
        assert session.parts
        campaign = await begun(house, session)
        await session.facts("pause_campaign", {"campaign_id": campaign})
        await session.facts("resume_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        assert len(await texts_at_the_vendor(house)) == 30


async def test_who_had_as_many_texts_today_as_one_may_get_is_left_out(house: House) -> None:
    async with fronted(house, Person(), **SMALL, policy={"texts_per_recipient_per_day": 1}) as session:
        assert session.parts
        await session.facts("send_sms", {"recipients": [people(5)[4]["手機"]], "text": "別的"})
        campaign = await begun(house, session)
        await carried_out(session.parts, campaign)
        status = await status_of(session, campaign)
        assert (status["state"], status["sent"], status["left_out"]) == ("done", 29, 1)


async def test_a_deletion_request_tells_that_a_campaign_still_has_the_number(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        mobile, keeper = people(1)[0]["手機"], session.parts.memory.keeper
        half = half_hash(await keeper.key(), mobile)
        forgetting = Forgetting(session.parts.memory)
        assert (await forgetting.look(mobile)).open_campaigns == (campaign,)
        await session.facts("cancel_campaign", {"campaign_id": campaign})
        assert (await forgetting.look(mobile)).open_campaigns == ()
        await forgetting.forget(mobile, "王小明")
        # Its place is free again.
        await keeper.write(lambda conn: campaigns.add_recipients(conn, campaign, [half]))


async def test_a_start_can_be_looked_at_in_the_terminal(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        await carried_out(session.parts, await begun(house, session))
        ids = await session.parts.journal.read(lambda conn, _: conn.scalars(select(ACTIONS.c.id)).all())
        entries = [entry for each in ids if (entry := await session.parts.book.get(each))]
        told = {entry.tool: texts_of(entry) for entry in entries}
        assert told["start_campaign"][0].startswith("【測試】{姓名}您好，明天見")
        assert told["send_personalized_sms"] == ()


@pytest.mark.parametrize(
    "forged",
    [
        "state = 'running'",
        "released = 1",
        "digest = 'another'",
        "points = 1",
        "principal = 'somebody'",
        "seal = ''",
    ],
)
async def test_a_campaign_whose_row_something_else_changed_sends_nothing_and_verify_finds_it(
    house: House, forged: str
) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        assert (await examined(session.parts, None)).ok
        await session.facts("pause_campaign", {"campaign_id": campaign})
        await run_sql(store_of(house), f"UPDATE campaigns SET {forged}, state = 'running'")  # noqa: S608
        await carried_out(session.parts, campaign)
        assert not await texts_at_the_vendor(house)
        found = await examined(session.parts, None)
        assert [each.altered.names for each in found.tables if each.table == "campaigns"] == [[campaign]]
        told = await session.told("cancel_campaign", {"campaign_id": campaign})
        assert forged.startswith("principal") or told.facts["state"] == "cancelled"


async def test_a_part_whose_worker_is_gone_is_unknown_as_soon_as_another_takes_over(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session, fronted(house, Person(), **SMALL) as other:
        assert session.parts
        assert other.parts
        campaign = await begun(house, session)
        await house.vendor.control("faults", path="SendParamSMS.ashx", fault="slow", seconds=4, times=50)

        async def under_way() -> bool:
            return (await status_of(session, campaign))["sending"] > 0

        async with anyio.create_task_group() as group:
            group.start_soon(carried_out, session.parts, campaign)
            await until(under_way)
            await other.parts.book.give_up_others(campaign)
            status = await status_of(session, campaign)
            assert (status["sending"] == 0, status["unknown"] > 0) == (True, True)
            group.cancel_scope.cancel()


@pytest.mark.parametrize(
    ("stood_still", "closed", "sent"), [(LEASE_SECONDS - 1, False, 30), (LEASE_SECONDS, True, 20)]
)
async def test_what_a_replaced_worker_may_still_post_is_closed_as_failed_only_once_its_lease_has_ended(
    house: House, monkeypatch: pytest.MonkeyPatch, *, stood_still: float, closed: bool, sent: int
) -> None:
    """The vendor shows nothing of it yet: whoever closed it so would send it a second time."""
    clock, one = Clock(), {"every8d": {"max_recipients": 10, "calls_at_once": 1}}
    failed = Settled(state=State.FAILED, by="somebody", how="by hand")
    async with (
        fronted(house, Person(), clock=clock, **one) as session,
        fronted(house, Person(), clock=clock, **one) as other,
    ):
        assert session.parts
        assert other.parts
        campaign, there = await begun(house, session), other.parts.book
        claim, found = session.parts.book.claim_chunk, list[bool]()

        async def replaced_after_it(*given: Any) -> Any:
            claimed = await claim(*given)
            if isinstance(claimed, Action) and not found:
                found.append(False)
                await there.give_up_others(campaign)
                clock.advance(seconds=stood_still)
                found[0] = await there.reconcile(claimed.id, failed) is not None
            return claimed

        monkeypatch.setattr(session.parts.book, "claim_chunk", replaced_after_it)
        await carried_out(session.parts, campaign)
        texts = await texts_at_the_vendor(house)
        assert (found, len(texts), set(texts.values())) == ([closed], sent, {1})


async def test_whom_the_points_did_not_reach_within_a_part_does_not_count_as_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def enough(_self: ChunkSender, _points: Decimal) -> str:
        return ""

    monkeypatch.setattr(ChunkSender, "missing", enough)
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session)
        left = (await session.facts("query_credit"))["credit"]
        await house.vendor.control("credit", uid="sandbox", points=7 - left)
        await carried_out(session.parts, campaign)
        status = await status_of(session, campaign)
        assert (status["sent"], status["points"]) == (7, 7)
        assert (status["state"], "the points ran out: 3 of a part" in status["conclusion"]) == (
            "paused",
            True,
        )


async def test_a_worker_that_dies_once_a_part_has_its_outcome_counts_nobody_left_out_as_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def enough(_self: ChunkSender, _points: Decimal) -> str:
        return ""

    async def dies(*_given: object) -> None:
        raise _DiedError

    monkeypatch.setattr(ChunkSender, "missing", enough)
    monkeypatch.setattr(ChunkSender, "_end_of", dies)
    async with fronted(house, Person(), **SMALL) as session:
        assert session.parts
        campaign = await begun(house, session, count=10)
        left = (await session.facts("query_credit"))["credit"]
        await house.vendor.control("credit", uid="sandbox", points=7 - left)
        with pytest.RaisesGroup(_DiedError, flatten_subgroups=True):
            await carried_out(session.parts, campaign)
        status = await status_of(session, campaign)
        assert (status["sent"], status["left_out"], status["points"]) == (7, 3, 7)
