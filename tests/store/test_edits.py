"""Whatever something else edits in a table that guards, `audit verify` finds.

`SOAK=1` makes it 1,000 edits on each engine.
"""

import os
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sqlalchemy import Table, delete, insert, select, text, update

from server.store import audit, comparing
from server.store.actions import State
from server.store.campaign_tables import OF_CAMPAIGNS
from server.store.changes import as_stored
from server.store.compared import Compared
from server.store.console_tables import CONSOLE_PASSES
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.head_file import Head
from server.store.plans import Connection
from server.store.record_tables import RECORDS
from server.store.schema import AUDIT, DELIVERY_EVENTS, METADATA
from tests.store.kept_history import MOBILES, Keeper, steps
from tests.store.unguarding import unguard

EDITS = 1_000 if os.environ.get("SOAK") else 80
TABLES = [
    table
    for table in METADATA.sorted_tables
    if table not in (DELIVERY_EVENTS, CONSOLE_PASSES, *RECORDS, *OF_CAMPAIGNS)
]
SEED = 20260131
COPIED = ("bookings", "logins are refused")
"""After which steps somebody made a copy, to put rows of it back later."""

Raw = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Kept:
    """A store that has lived: its key, the head that its file remembers, and rows as they were on the way."""

    key: bytes
    head: Head | None
    older: dict[str, list[Raw]] = field(default_factory=dict[str, list[Raw]])


@dataclass(slots=True)
class UndoneError(Exception):
    """An edit, which is rolled back with this, and what was found; None where it changed nothing."""

    done: str
    found: str | None


def rows_of(conn: Connection, table: Table) -> list[Raw]:
    keys = [table.c[column.name] for column in table.primary_key]
    found = conn.execute(select(*(as_stored(column) for column in table.c)).order_by(*keys))
    return [dict(zip(table.c.keys(), row, strict=True)) for row in found]


def differences(conn: Connection, kept: Kept) -> str:
    """What `audit verify` would name; '' when nothing."""
    held = comparing.Comparing(kept.key)
    chain = audit.verify(conn, kept.key, kept.head, take=held.take)
    if not chain.ok:
        return f"audit: {chain.problem}"
    return " ".join(each.table for each in held.compare(conn) if not each.ok)


def unguarded(conn: Connection) -> None:
    """As whoever owns the database: neither triggers nor foreign keys hold them back."""
    unguard(conn)
    if conn.dialect.name == "sqlite":
        conn.exec_driver_sql("PRAGMA defer_foreign_keys = ON")


class Meddler:
    """Makes one edit, as the dice say."""

    def __init__(self, dice: Random, older: dict[str, list[Raw]]) -> None:
        self._dice, self._older = dice, older

    def edit(self, conn: Connection, table: Table) -> str:
        """What was done, or was tried."""
        rows = rows_of(conn, table)
        kinds = [self._change, self._delete, self._insert, self._swap, self._from_before]
        return self._dice.choice(kinds)(conn, table, rows)

    def _change(self, conn: Connection, table: Table, rows: list[Raw]) -> str:
        row, name = self._dice.choice(rows), self._dice.choice(table.c.keys())
        self._set(conn, table, row, {name: self._other(table, name, rows, row[name])})
        return f"change {name}"

    def _delete(self, conn: Connection, table: Table, rows: list[Raw]) -> str:
        conn.execute(delete(table).where(*_is(table, self._dice.choice(rows))))
        return "delete"

    def _insert(self, conn: Connection, table: Table, rows: list[Raw]) -> str:
        row = dict(self._dice.choice(rows))
        for column in table.c:
            if column.primary_key or column.unique or self._dice.random() < 0.2:
                row[column.name] = self._other(table, column.name, rows, row[column.name])
        _put(conn, table, row)
        return "insert"

    def _swap(self, conn: Connection, table: Table, rows: list[Raw]) -> str:
        if len(rows) < 2:
            return "nothing to swap"
        one, other = self._dice.sample(rows, 2)
        names = [column.name for column in table.c if not column.primary_key and not column.unique]
        if len(table.c) == len(table.primary_key):
            return "nothing to swap"
        some = self._dice.choice([names, [self._dice.choice(names)]])
        self._set(conn, table, one, {name: other[name] for name in some})
        self._set(conn, table, other, {name: one[name] for name in some})
        return f"swap {some}"

    def _from_before(self, conn: Connection, table: Table, rows: list[Raw]) -> str:
        """A row of a copy that was made earlier."""
        row = self._dice.choice(self._older[table.name] or rows)
        conn.execute(delete(table).where(*_is(table, row)))
        _put(conn, table, row)
        return "put an older row back"

    def _set(self, conn: Connection, table: Table, row: Raw, values: Raw) -> None:
        conn.execute(update(table).where(*_is(table, row)).values(_raw(table, values)))

    def _other(self, table: Table, name: str, rows: list[Raw], value: object) -> object:
        column = table.c[name]
        choices = [each[name] for each in rows]
        if isinstance(value, bool):
            choices += [not value]
        elif isinstance(value, int):
            choices += [value + 1, value - 1, 0, value * 10_000]
        elif isinstance(value, str):
            choices += ["", value[:-1] + "x", "x" + value[1:], value.swapcase(), value[::-1]]
        if column.nullable:
            choices.append(None)
        return self._dice.choice(choices)


def _is(table: Table, row: Raw) -> Iterator[Any]:
    return (as_stored(table.c[column.name]) == row[column.name] for column in table.primary_key)


def _raw(table: Table, values: Raw) -> dict[str, Any]:
    """Values as they stand, past the columns' types."""
    return {name: text(f":its_{name}").bindparams(**{f"its_{name}": value}) for name, value in values.items()}


def _put(conn: Connection, table: Table, row: Raw) -> None:
    conn.execute(insert(table).values(_raw(table, row)))


async def lived(store: DatabaseStore, folder: Path) -> Kept:
    """Plays every kind of step; after each the untouched store is clean."""
    keeper = Keeper(store, folder)
    kept = Kept(key=await keeper.journal.key(), head=None)
    async for name in steps(keeper):
        kept.head = keeper.journal.past.newest
        assert await store.read(lambda conn: differences(conn, kept)) == "", name
        if name in COPIED:
            for table in TABLES:
                rows = await store.read(lambda conn, table=table: rows_of(conn, table))
                kept.older.setdefault(table.name, []).extend(rows)
    return kept


async def unfound(
    store: DatabaseStore, kept: Kept, edits: int, tables: Sequence[Table] = TABLES
) -> list[str]:
    """So many edits, one after another, each undone: those after which the table is not named."""
    dice, missed = Random(SEED), list[str]()
    meddler = Meddler(dice, kept.older)

    def work(conn: Connection, table: Table) -> None:
        unguarded(conn)
        before = rows_of(conn, table)
        done = meddler.edit(conn, table)
        changed = rows_of(conn, table) != before
        raise UndoneError(f"{table.name}, {done}", differences(conn, kept) if changed else None)

    made = 0
    while made < edits:
        table = tables[made % len(tables)]
        try:
            await store.write(lambda conn, table=table: work(conn, table))
        except UndoneError as undone:
            if undone.found is None:
                continue
            made += 1
            if table.name not in undone.found:
                missed.append(undone.done)
        except StoreUnavailableError:
            # The database itself would not have it: no edit.
            continue
    return missed


async def test_each_of_many_random_edits_is_found_and_an_untouched_store_is_clean_after_every_step(
    store: DatabaseStore, tmp_path: Path
) -> None:
    kept = await lived(store, tmp_path)
    assert await unfound(store, kept, EDITS) == []
    assert await store.read(lambda conn: differences(conn, kept)) == ""


@pytest.mark.parametrize("store_url", ["sqlite"], indirect=True)
async def test_without_its_comparison_the_edits_of_a_table_are_missed(
    store: DatabaseStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = await lived(store, tmp_path)
    every = comparing.tables
    for table in TABLES:
        if table is AUDIT:
            continue

        def others(key: bytes, gone: str = table.name) -> list[Compared]:
            return [each for each in every(key) if each.name != gone]

        monkeypatch.setattr(comparing, "tables", others)
        assert len(await unfound(store, kept, 3, [table])) == 3, table.name


async def _unfinished(keeper: Keeper) -> None:
    await keeper.finish(keeper.last, State.FAILED)


LATER: dict[str, tuple[str, Callable[[Keeper], Awaitable[Any]]]] = {
    "actions": ("UPDATE actions SET points = 1", _unfinished),
    "usage_days": ("UPDATE usage_days SET points = 0", Keeper.claim),
    "recipient_texts": (
        "DELETE FROM recipient_texts WHERE recipient = (SELECT min(recipient) FROM recipient_texts)",
        _unfinished,
    ),
    "sent_texts": ("UPDATE sent_texts SET until = '2020-01-01T00:00:00.000000Z'", Keeper.claim),
    "blocked_numbers": ("DELETE FROM blocked_numbers", partial(Keeper.block, number=MOBILES[-1])),
    "session_facts": (
        "UPDATE session_facts SET outside_text_at = '2020-01-01T00:00:00.000000Z'",
        partial(Keeper.read_outside_text, session="s9"),
    ),
    "vendor_locks": ("UPDATE vendor_locks SET fingerprint = 'x'", partial(Keeper.unlock, vendor="every8d")),
    "meta": ("DELETE FROM meta WHERE name = 'audit_key'", partial(Keeper.read_outside_text, session="s9")),
}


@pytest.mark.parametrize("table", LATER)
async def test_an_edit_is_found_although_the_program_changed_the_row_again_since(
    store: DatabaseStore, tmp_path: Path, table: str
) -> None:
    keeper = Keeper(store, tmp_path)
    await keeper.claim()
    await keeper.block(MOBILES[-1])
    await keeper.read_outside_text("s8")
    await keeper.book.lock_vendor("every8d", "uid password", "-100")
    kept = Kept(key=await keeper.journal.key(), head=keeper.journal.past.newest)
    statement, step = LATER[table]
    await store.write(lambda conn: conn.execute(text(statement)))
    later = Keeper(store, tmp_path, keeper.last)
    await step(later)
    kept.head = later.journal.past.newest
    assert await store.read(lambda conn: differences(conn, kept)) == table
