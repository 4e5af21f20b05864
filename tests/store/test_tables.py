from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import select

from server.store import (
    asking_plan,
    batches,
    blocked,
    brief,
    events,
    failed_sends,
    locks,
    migrate,
    quarantine,
    replies,
)
from server.store.database import DatabaseStore
from server.store.engine import migration_engine, read_url
from server.store.phone_tables import METADATA
from server.store.plans import Connection, Found
from server.store.record_tables import CALLBACK_COUNTS, QUARANTINE
from tests.store.samples import MINUTE, NOW


async def test_the_migrations_build_the_schema_of_the_code(store: DatabaseStore, store_url: str) -> None:
    await store.read(lambda _: None)
    engine = migration_engine(read_url(store_url))
    with engine.connect() as conn:
        assert compare_metadata(MigrationContext.configure(conn), METADATA) == []


def test_the_newest_migration_is_the_one_that_is_looked_for() -> None:
    folder = migrate.__file__.replace("migrate.py", "migrations")
    assert ScriptDirectory(folder).get_heads() == [migrate.NEWEST]


async def test_a_number_is_blocked_once_until_it_is_removed(store: DatabaseStore) -> None:
    assert await store.write(lambda conn: blocked.add(conn, "h1", "0912***678", "opt-out", NOW))
    assert not await store.write(lambda conn: blocked.add(conn, "h1", "0912***678", "again", NOW))
    await store.write(lambda conn: blocked.add(conn, "h2", "0922***444", "", NOW + MINUTE))
    rows, total = await store.read(lambda conn: blocked.list_blocked(conn, 1, 1))
    assert ([row.number for row in rows], total) == (["h2"], 2)
    rows, _ = await store.read(lambda conn: blocked.list_blocked(conn, 2, 1))
    assert [(row.masked, row.note, row.added_at) for row in rows] == [("0912***678", "opt-out", NOW)]
    many = ["h1", "h2", *(f"x{n}" for n in range(1_000))]
    assert await store.read(lambda conn: blocked.which_blocked(conn, many)) == {"h1", "h2"}
    assert await store.write(lambda conn: blocked.remove(conn, "h1"))
    assert not await store.write(lambda conn: blocked.remove(conn, "h1"))
    assert await store.read(lambda conn: blocked.which_blocked(conn, ["h1"])) == set()


def event(key: str, minute: int | None, batch_id: str = "b-1") -> events.DeliveryEvent:
    return events.DeliveryEvent(
        key=key,
        batch_id=batch_id,
        record="1",
        number="h1",
        mobile="0912***678",
        status="100",
        reported_at=None if minute is None else NOW + timedelta(minutes=minute),
        text="收到\0",
        received_at=NOW,
    )


async def test_of_reports_that_fit_nothing_the_newest_thousand_stay(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quarantine, "MOST_KEPT", 20)

    def aside(keys: Sequence[int], minute: int) -> Callable[[Connection], None]:
        rows = [(f"k{key:03}", "b-1", "no such batch") for key in keys]
        return lambda conn: quarantine.set_aside(conn, rows, NOW + minute * MINUTE)

    for minute, keys in enumerate([range(12), range(6, 18), range(18, 30), range(0)]):
        await store.write(aside(keys, minute))
    kept = await store.read(lambda conn: sorted(conn.scalars(select(QUARANTINE.c.key))))
    assert kept == [f"k{key:03}" for key in range(10, 30)]
    for minute, what, more in ((0, "aside", 3), (1, "aside", 4), (2, "noted", 0), (3 * 24 * 60, "aside", 1)):
        at = NOW + minute * MINUTE
        await store.write(partial(quarantine.count_callbacks, now=at, what=what, more=more))
    counts = await store.read(lambda conn: [tuple(row) for row in conn.execute(select(CALLBACK_COUNTS))])
    assert sorted(row[:3] for row in counts) == [("2026-01-31", "aside", 7), ("2026-02-03", "aside", 1)]
    for since, many in (("2026-01-31", 8), ("2026-02-01", 1)):
        [told] = await store.read(partial(quarantine.callback_counts, since_day=since))
        assert told == ("aside", many, NOW + 3 * 24 * 60 * MINUTE)


async def test_a_callback_that_is_repeated_is_one_event(store: DatabaseStore) -> None:
    assert await store.write(lambda conn: events.record_event(conn, event("k1", 1)))
    assert not await store.write(lambda conn: events.record_event(conn, event("k1", 2)))
    [kept], total = await store.read(lambda conn: events.list_events(conn, "b-1"))
    assert (kept.reported_at, kept.text, total) == (NOW + MINUTE, "收到�", 1)


async def test_events_stand_in_the_order_of_their_reports(store: DatabaseStore) -> None:
    for key, minute in (("k3", 3), ("k0", None), ("k2", 1), ("k1", 1)):
        await store.write(lambda conn, key=key, minute=minute: events.record_event(conn, event(key, minute)))
    await store.write(lambda conn: events.record_event(conn, event("other", 1, "b-2")))
    found: list[str] = []
    for page in (1, 2):
        rows, total = await store.read(lambda conn, page=page: events.list_events(conn, "b-1", page, 3))
        assert total == 4
        found += [row.key for row in rows]
    assert found == ["k0", "k1", "k2", "k3"]


async def test_the_newest_events_stand_first_of_one_batch_or_of_all(store: DatabaseStore) -> None:
    for number, batch_id in enumerate(("b-1", "b-2", "b-1")):
        kept = replace(event(f"k{number}", 0, batch_id), received_at=NOW + number * MINUTE)
        await store.write(lambda conn, kept=kept: events.record_event(conn, kept))
    for batch_id, expected in (("", ["k2", "k1", "k0"]), ("b-1", ["k2", "k0"])):
        found = await store.read(lambda conn, b=batch_id: events.newest_events(conn, b))
        assert [row.key for row in found] == expected
    assert len(await store.read(lambda conn: events.newest_events(conn, limit=2))) == 2


@pytest.mark.parametrize(
    ("subject", "found"),
    [("7KQ2-M9XD", True), ("7KQ2-M9XD due", True), ("7KQ2-M9XDX", False), ("a 7KQ2-M9XD", False)],
)
async def test_an_event_is_found_by_the_reference_that_its_subject_begins_with(
    store: DatabaseStore, subject: str, *, found: bool
) -> None:
    kept = replace(event("k1", 1), reference=subject)
    await store.write(lambda conn: events.record_event(conn, kept))
    by_reference = await store.read(lambda conn: events.events_with_reference(conn, "7KQ2-M9XD"))
    assert bool(by_reference) is found


async def test_a_vendor_lock_holds_for_the_credentials_that_failed(store: DatabaseStore) -> None:
    await store.write(lambda conn: locks.lock_vendor(conn, "every8d", "f1", "-101", NOW))
    await store.write(lambda conn: locks.lock_vendor(conn, "every8d", "f2", "-300", NOW))
    held = await store.read(lambda conn: locks.vendor_lock(conn, "every8d", "f2"))
    assert held == locks.VendorLock(vendor="every8d", fingerprint="f2", reason="-300", at=NOW)
    assert await store.read(lambda conn: locks.vendor_lock(conn, "every8d", "f1")) is None
    assert await store.write(lambda conn: locks.unlock(conn, "every8d"))
    assert not await store.write(lambda conn: locks.unlock(conn, "every8d"))


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("look", "indexes"),
    [
        (events.newest_events, ["delivery_events_by_time"]),
        (partial(events.unfolded, at_most=1), ["delivery_events_unfolded"]),
        (partial(batches.unrecorded, since=NOW, limit=1), ["actions_by_finish", "actions_by_finish"]),
        (batches.settled, ["(id=?)"]),
        (partial(batches.erasings, since=NOW), ["actions_by_finish"]),
        (partial(batches.uncounted, limit=1), ["batches_uncounted"]),
        (partial(asking_plan.any_due, now=NOW), ["batches_by_plan"]),
        (partial(brief.paused_launches, since=NOW, limit=3), ["actions_by_tool"]),
        (
            partial(replies.replies_named, id_="0123abcd", whose=batches.BatchFilter(principal="p")),
            ["sqlite_autoindex_replies_1"],
        ),
        (
            partial(failed_sends.had_since, words=failed_sends.SameWords("a", NOW), numbers=["n"]),
            ["messages_by_number (number=?)"],
        ),
    ],
)
async def test_what_is_looked_for_again_and_again_is_found_by_an_index(
    store: DatabaseStore,
    monkeypatch: pytest.MonkeyPatch,
    look: Callable[[Connection], object],
    indexes: Sequence[str],
) -> None:
    """Those of the records run every two seconds, and before every answer that is told from them.

    A reply by its id is looked for once for each id of a call, and who had the same words for each part of
    what is planned again: thousands of batches can have them.
    """

    def work(conn: Connection) -> list[str]:
        asked: list[tuple[str, Sequence[Any]]] = []
        run = conn.run

        def noted(sql: str, values: Sequence[Any]) -> Found:
            asked.append((sql, values))
            return run(sql, values)

        with monkeypatch.context() as listening:
            listening.setattr(conn, "run", noted)
            look(conn)
        return [str(conn.run(f"EXPLAIN QUERY PLAN {sql}", values).rows) for sql, values in asked]

    plans = await store.read(work)
    for plan, index in zip(plans, indexes, strict=True):
        assert index in plan
        assert "SCAN actions" not in plan
