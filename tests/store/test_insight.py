"""The sums over batches and messages run alike on both engines."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from server.store import batches, brief, insight, statement
from server.store.batches import Batch, BatchFilter, add_batch
from server.store.blocked import add as add_blocked
from server.store.database import DatabaseStore
from server.store.dead_numbers import dead_numbers, dead_sums
from server.store.messages import MessageRow, add_messages
from server.store.opt_outs import proposed
from server.store.plans import Connection
from server.store.replies import ReplyRow, add_reply, replies_named
from server.store.statement import Span

AT = datetime(2026, 1, 31, 17, tzinfo=UTC)
SPAN = Span(first=AT - timedelta(days=1), end=AT + timedelta(days=1), principal="me")


def _batch(number: int, *, state: str = "sent") -> Batch:
    return Batch(
        id=f"AAAA-000{number}",
        batch_id=f"batch-{number}",
        principal="me",
        tool="send_sms",
        kind="sms",
        state=state,
        subject="",
        words="您好",
        alike="same",
        day="2026-02-01",
        sent_at=AT + timedelta(seconds=number),
        send_at=None,
        recipients=4,
        parts=1,
        points=Decimal(4),
    )


def _message(number: int, who: str, code: int | None, state: str, took: float | None = None) -> MessageRow:
    return MessageRow(
        batch=f"AAAA-000{number}",
        number=who * 32,
        nth=0,
        sealed=f"sealed {who}",
        code=code,
        state=state,
        sent_at=AT,
        received_at=None if took is None else AT + timedelta(seconds=took),
        points=None if code is None else Decimal("1.5"),
    )


@pytest.fixture
async def filled(store: DatabaseStore) -> DatabaseStore:
    def fill(conn: Connection) -> None:
        for number in (1, 2):
            add_batch(conn, _batch(number))
            add_messages(
                conn,
                [
                    _message(number, "a", 100, "delivered", 7.9),
                    _message(number, "b", 100, "delivered", 86_400),
                    _message(number, "c", 103, "failed_permanent"),
                    _message(number, "d", None, ""),
                ],
            )
        add_batch(conn, _batch(3, state="erased"))
        add_messages(conn, [_message(3, "a", 300, "scheduled")])
        add_batch(conn, _batch(4, state="unknown"))
        add_reply(
            conn,
            ReplyRow(
                key="0a1b2c3d" * 8,
                batch="AAAA-0001",
                number="a" * 32,
                sealed="",
                text="好",
                at=AT,
                heard_at=AT,
            ),
        )

    await store.write(fill)
    return store


async def test_messages_are_counted_by_code_with_their_points(filled: DatabaseStore) -> None:
    found = await filled.read(lambda conn: insight.by_code(conn, BatchFilter(principal="me")))
    counted = {(each.code, each.state): (each.count, each.points, each.unpriced) for each in found}
    assert counted == {
        (100, "delivered"): (4, Decimal(6), 0),
        (103, "failed_permanent"): (2, Decimal(3), 0),
        (None, ""): (2, Decimal(0), 2),
        (300, "cancelled"): (1, Decimal("1.5"), 0),
    }


async def test_times_to_arrival_are_whole_seconds_beyond_a_day_too(filled: DatabaseStore) -> None:
    found = await filled.read(lambda conn: insight.delays(conn, BatchFilter(principal="me")))
    assert found == [(7, 2), (86_400, 2)]


async def test_totals_leave_sends_of_unknown_outcome_apart(filled: DatabaseStore) -> None:
    found = await filled.read(lambda conn: insight.totals(conn, BatchFilter(principal="me")))
    assert (found.batches, found.recipients, found.points) == (3, 12, Decimal(12))
    assert (found.unknown_batches, found.unknown_recipients, found.first_at) == (
        1,
        4,
        AT + timedelta(seconds=1),
    )
    nobody = await filled.read(lambda conn: insight.totals(conn, BatchFilter(principal="other")))
    assert (nobody.batches, nobody.recipients, nobody.points, nobody.first_at) == (0, 0, Decimal(0), None)


async def test_a_number_that_failed_for_good_twice_is_found_once(filled: DatabaseStore) -> None:
    whose = BatchFilter(principal="me")
    (row,) = await filled.read(lambda conn: dead_numbers(conn, whose, {103, -3}, page=1, page_size=20))
    assert (row.sealed, row.times, row.points, row.code) == ("sealed c", 2, Decimal(3), 103)
    sums = await filled.read(lambda conn: dead_sums(conn, whose, {103}))
    assert (sums.numbers, sums.points, sums.since) == (1, Decimal(3), AT + timedelta(seconds=1))
    none = await filled.read(lambda conn: dead_sums(conn, whose, {104}))
    assert (none.numbers, none.points) == (0, Decimal(0))


MINE = BatchFilter(principal="me")


async def test_a_blocked_number_is_found_by_the_half_of_its_hash(filled: DatabaseStore) -> None:
    for hashed, dead in (("c" * 31 + "d" * 33, 1), ("c" * 32 + "f" * 32, 0)):
        await filled.write(lambda conn, hashed=hashed: add_blocked(conn, hashed, "0912***678", "", AT))
        sums = await filled.read(lambda conn: dead_sums(conn, MINE, {103}))
        assert sums.numbers == dead


Look = tuple[Callable[[Connection], object], object]


def _looks() -> list[Look]:
    return [
        (lambda conn: statement.by_day(conn, SPAN), []),
        (lambda conn: statement.differing(conn, SPAN, 5), ([], 0)),
        (lambda conn: statement.charged_elsewhere(conn, SPAN), Decimal(0)),
        (lambda conn: statement.receipts(conn, SPAN), []),
        (lambda conn: insight.reduced(conn, MINE), 0),
        (
            lambda conn: insight.examples(conn, MINE, 103, 5),
            [("sealed c", "AAAA-0001"), ("sealed c", "AAAA-0002")],
        ),
        (lambda conn: insight.texts_of(conn, MINE), [("same", "sms")]),
        (lambda conn: insight.earlier(conn, MINE, kind="sms", alike="other", before=AT), []),
        (lambda conn: [each.id for each in insight.open_to_ask(conn, MINE, 1)[0]], ["AAAA-0003"]),
        (lambda conn: batches.unrecorded(conn, AT, 1), []),
        (batches.settled, []),
        (lambda conn: batches.erasings(conn, AT), []),
        (batches.uncounted, []),
        (lambda conn: brief.paused_launches(conn, AT, 3), []),
        (lambda conn: [each.text for each in replies_named(conn, "0A1b2c3d", MINE)], ["好"]),
        (lambda conn: replies_named(conn, "0a1b2c3e", MINE), []),
        (lambda conn: replies_named(conn, "0a1b2c3d", BatchFilter(principal="other")), []),
        (lambda conn: dead_numbers(conn, MINE, {103}, page=2, page_size=20), []),
        (lambda conn: proposed(conn, BatchFilter(batch_id="batch-1")), ([], 0)),
        (lambda conn: proposed(conn, MINE), ([], 0)),
    ]


@pytest.mark.parametrize(("look", "expected"), _looks())
async def test_every_look_finds_the_same_on_both_engines(
    filled: DatabaseStore, look: Callable[[Connection], object], expected: object
) -> None:
    assert await filled.read(look) == expected


async def test_a_batch_is_counted_by_the_states_of_its_messages(filled: DatabaseStore) -> None:
    await filled.write(lambda conn: batches.set_batch(conn, "AAAA-0001", uncounted=True))
    assert await filled.read(batches.uncounted) == ["AAAA-0001"]
    await filled.write(lambda conn: batches.count_again(conn, "AAAA-0001"))
    batch = await filled.read(lambda conn: batches.batch_of(conn, "AAAA-0001"))
    assert batch is not None
    assert (batch.delivered, batch.failed_permanent, batch.replies, batch.pending) == (2, 1, 1, 1)
    assert await filled.read(batches.uncounted) == []
