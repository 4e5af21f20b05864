"""Files for a caller: rows and pictures into the configured folder, with a line of the audit for each."""

from collections.abc import AsyncGenerator, Iterable, Iterator, Sequence
from contextlib import aclosing
from datetime import datetime
from itertools import islice

import anyio
import anyio.to_thread

from server.batches.choosing import chosen_batches
from server.batches.exporting import DELIVERY, REPLIES, delivery_rows, reply_rows
from server.call_time import left
from server.files import saved_file
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.ledger.notes import Note
from server.pictures import drawn_in
from server.sheets import Sheet, sheet_of
from server.store.batches import BatchFilter
from server.store.exporting import PART
from server.store.insight import reduced
from server.store.plans import Connection
from tools.export_desk import NOTHING_TO_EXPORT, Cell, Draw, Drawn, Exported, Form
from tools.insight_desk import Chosen
from tools.problems import Problem, RefusedError

_AT_ONCE = 200
"""Rows that a thread writes before the event loop has its turn for sure: those of a workbook take 8 ms."""
_SECONDS = 40.0
"""What is not written by then is not written at all."""
_TOO_LONG = Problem(
    code="too_long",
    message="Nothing was saved: so many rows take longer than a call may.",
    next="Export one batch or one day at a time, or CSV in place of XLSX.",
)

Parts = AsyncGenerator[Iterable[Sequence[Cell]]]


class CallersExports:
    """The `ExportDesk` of one call."""

    def __init__(self, context: GateContext, caller: Caller) -> None:
        self._context = context
        self._caller = caller
        self._whose = context.owning.limits_of(caller.principal)

    async def delivery(self, chosen: Chosen, form: Form) -> Exported:
        """The messages of the chosen batches."""
        wanted = await chosen_batches(self._context.memory, self._whose, chosen)
        rows = delivery_rows(self._context.memory.keeper, wanted)
        return await self._written("delivery", form, DELIVERY, rows, wanted)

    async def replies(self, chosen: Chosen, form: Form) -> Exported:
        """What was answered to the chosen batches."""
        wanted = await chosen_batches(self._context.memory, self._whose, chosen)
        rows = reply_rows(self._context.memory.keeper, wanted)
        return await self._written("replies", form, REPLIES, rows, wanted)

    async def rows(
        self, stem: str, form: Form, heading: Sequence[str], rows: Iterator[Sequence[Cell]]
    ) -> Exported:
        """Rows that are read one after the other, in a thread."""
        return await self._written(stem, form, heading, _in_parts(rows))

    async def picture(self, stem: str, draw: Draw) -> Drawn:
        """A picture of what was summed up."""
        language = self._context.settings.language
        shelf = self._context.owning.shelf_of(self._caller.principal) or ""
        with anyio.move_on_after(left(_SECONDS, keep=2.0)):
            content, spoken = await drawn_in(language, draw)
            async with self._context.files.new(f"{stem}-chart", ".png", shelf=shelf) as file:
                await anyio.to_thread.run_sync(file.stream.write, content)
                await self._recorded(f"a chart: {file.name}")
            saved = saved_file(file.name, len(content))
            return Drawn(name=saved.name, uri=saved.uri, size=saved.size, in_english=spoken != language)
        raise RefusedError(_TOO_LONG)

    async def _written(
        self, stem: str, form: Form, heading: Sequence[str], parts: Parts, wanted: BatchFilter | None = None
    ) -> Exported:
        """The file, unless there is no row or time is up; its line of the audit comes before the answer."""
        shelf = self._context.owning.shelf_of(self._caller.principal) or ""
        with anyio.move_on_after(left(_SECONDS, keep=2.0)):
            async with (
                aclosing(parts),
                self._context.files.new(stem, f".{form}", shelf=shelf) as file,
            ):
                sheet = await anyio.to_thread.run_sync(sheet_of, form, file.stream, heading)
                try:
                    count = await _filled(sheet, parts)
                finally:
                    with anyio.CancelScope(shield=True):
                        await anyio.to_thread.run_sync(sheet.end)
                if not count:
                    raise RefusedError(NOTHING_TO_EXPORT)
                # What cannot be written must be found out before the audit says that it was.
                await anyio.to_thread.run_sync(file.stream.flush)
                size = file.stream.tell()
                left_out = await self._reduced(wanted)
                await self._recorded(f"{count} rows: {file.name}")
            saved = saved_file(file.name, size)
            return Exported(name=saved.name, uri=saved.uri, size=size, rows=count, reduced_batches=left_out)
        raise RefusedError(_TOO_LONG)

    async def _reduced(self, wanted: BatchFilter | None) -> int:
        """How many of the batches have no rows any more."""
        if wanted is None:
            return 0
        return await self._context.memory.keeper.read(lambda conn: reduced(conn, wanted))

    async def _recorded(self, what: str) -> None:
        note = Note(what="exported", principal=self._caller.principal, tool="export_records", outcome=what)

        def work(_conn: Connection, _now: datetime) -> tuple[None, Note]:
            return None, note

        await self._context.memory.keeper.guard(work)


async def _filled(sheet: Sheet, parts: Parts) -> int:
    count = 0
    async for part in parts:
        rows = iter(part)
        while some := await anyio.to_thread.run_sync(sheet.add, islice(rows, _AT_ONCE)):
            count += some
    await anyio.to_thread.run_sync(sheet.close)
    return count


async def _in_parts(rows: Iterator[Sequence[Cell]]) -> Parts:
    while part := await anyio.to_thread.run_sync(lambda: [*islice(rows, PART)]):
        yield part
