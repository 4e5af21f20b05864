"""The audit's lines of looks: there before the answer, together where several wait, one for each look."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest
from sqlalchemy import select

from server.ledger.journal import Journal
from server.ledger.looks import Looks
from server.ledger.notes import Note
from server.ledger.outside import OutsideReading
from server.store.errors import StoreUnavailableError
from server.store.schema import AUDIT
from tests.gate.test_journal import NOW, journal_in


class Held(OutsideReading):
    """Counts the transactions, and lets none begin as long as it is closed."""

    def __init__(self, journal: Journal) -> None:
        super().__init__(journal, lambda: NOW)
        self.journal = journal
        self.transactions = 0
        self.begun = anyio.Event()
        self.open = anyio.Event()
        self.open.set()

    async def record(self, *notes: Note, session: object = None) -> None:
        self.transactions += 1
        self.begun.set()
        await self.open.wait()
        await super().record(*notes)

    async def tools(self) -> list[str]:
        """Whose looks are in the audit, in the order of its lines."""
        entries = await self.journal.store.read(lambda conn: list(conn.scalars(select(AUDIT.c.entry))))
        return [json.loads(entry)["tool"] for entry in entries]


@asynccontextmanager
async def held(folder: Path) -> AsyncGenerator[Held]:
    made = Held(journal_in(folder))
    yield made
    await made.journal.store.close()


def note(tool: str) -> Note:
    return Note(what="looked", tool=tool)


async def test_a_lonely_look_is_in_the_audit_while_the_vendor_is_waited_for(tmp_path: Path) -> None:
    async with held(tmp_path) as outside, Looks(outside).recorded(note("query_credit")) as look:
        with anyio.fail_after(10):
            while not look.recorded:
                await anyio.lowlevel.checkpoint()
        assert await outside.tools() == ["query_credit"]


async def test_looks_that_wait_together_share_a_transaction_and_each_has_its_line(tmp_path: Path) -> None:
    async with held(tmp_path) as outside:
        looks, answered = Looks(outside), anyio.Event()
        waiting = [0]

        async def one(number: int) -> None:
            async with looks.recorded(note(f"tool_{number}")) as look:
                waiting[0] += 1
                if waiting[0] == 32:
                    answered.set()
                await answered.wait()
            assert look.recorded
            assert f"tool_{number}" in await outside.tools()

        async with anyio.create_task_group() as group:
            for number in range(32):
                group.start_soon(one, number)
        assert sorted(await outside.tools()) == sorted(f"tool_{number}" for number in range(32))
        assert outside.transactions <= 2


@pytest.mark.parametrize("company", [False, True])
async def test_a_look_that_fails_is_recorded_and_fails_as_it_did(tmp_path: Path, company: bool) -> None:  # noqa: FBT001
    async with held(tmp_path) as outside:
        looks = Looks(outside)

        async def failing() -> None:
            with pytest.raises(ValueError, match="no answer"):
                async with looks.recorded(note("failing")):
                    raise ValueError("no answer")

        if company:
            async with looks.recorded(note("company")):
                await failing()
        else:
            await failing()
        assert "failing" in await outside.tools()


async def test_who_leaves_while_writing_for_all_takes_no_other_line_along(tmp_path: Path) -> None:
    async with held(tmp_path) as outside:
        looks = Looks(outside)
        outside.open = anyio.Event()
        found: list[bool] = []

        async def stays() -> None:
            async with looks.recorded(note("stays")) as look:
                pass
            found.append(look.recorded)

        async with anyio.create_task_group() as group:
            with anyio.CancelScope() as leaving:
                async with looks.recorded(note("leaves")):
                    await outside.begun.wait()
                    group.start_soon(stays)
                    await anyio.lowlevel.checkpoint()
                    leaving.cancel()
            outside.open.set()
        assert found == [True]
        assert "stays" in await outside.tools()


async def test_where_the_store_cannot_be_written_every_look_knows_it(tmp_path: Path) -> None:
    async with held(tmp_path) as outside:
        (tmp_path / "store.sqlite3").mkdir()
        looks = Looks(outside)
        async with looks.recorded(note("first")) as first, looks.recorded(note("second")) as second:
            pass
        assert (first.recorded, second.recorded) == (False, False)
        with pytest.raises(StoreUnavailableError):
            await outside.tools()
