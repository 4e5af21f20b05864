"""Figures over a caller's batches, from the records; and the vendor asked anew."""

from collections.abc import Collection
from datetime import date, datetime

import anyio

from server.batches.asking import MOST_ASKED, ask, time_to_ask
from server.batches.choosing import chosen_batches
from server.batches.dead import dead_page
from server.batches.numbers import NumberSeal
from server.batches.own import own
from server.batches.statement import statement_of
from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED
from server.ledger.whose import Whose
from server.store import insight
from server.store.batches import BatchFilter
from server.store.plans import Connection
from server.store.statement import Span
from tools.insight_desk import (
    Chosen,
    CodeFigures,
    DeadNumbers,
    DeliveryFigures,
    EarlierFigures,
    OneBatch,
    Refreshed,
    Statement,
)
from tools.taipei import midnight

_MOST_OF_A_CODE = 10


class OwnInsight:
    """The `InsightDesk` of one call."""

    def __init__(self, context: GateContext, whose: Whose | None) -> None:
        self._context = context
        self._memory = context.memory
        self._whose = whose

    async def refresh(self, chosen: Chosen) -> Refreshed:
        """Ask the vendor for the chosen batches anew, newest first, as far as a call's time allows."""
        wanted = await chosen_batches(self._memory, self._whose, chosen)
        batches, total = await self._memory.keeper.read(
            lambda conn: insight.open_to_ask(conn, wanted, MOST_ASKED)
        )
        if self._context.settings.every8d is None:
            return Refreshed(left=total, stopped="account")
        asked, partly, around = 0, 0, self._context.surroundings()
        with anyio.move_on_after(time_to_ask()) as time:
            for batch in batches:
                try:
                    whole = await ask(self._memory, self._context.vendors, batch, around)
                except ANTICIPATED:
                    return Refreshed(left=total - asked, partly=partly, stopped="vendor")
                asked += 1
                partly += not whole
        left = total - asked
        stopped = "time" if time.cancelled_caught else "many"
        return Refreshed(left=left, partly=partly, stopped=stopped if left else "")

    async def delivery(self, chosen: Chosen, examples: int) -> DeliveryFigures:
        """What became of the chosen batches."""
        wanted, whose = await chosen_batches(self._memory, self._whose, chosen), own(self._whose)
        seal = await self._memory.keeper.seal()
        return await self._memory.keeper.read(lambda conn: _figures(conn, wanted, whose, seal, examples))

    async def dead_numbers(self, codes: Collection[int], page: int, page_size: int) -> DeadNumbers:
        """A page of the numbers that failed with these codes in two or more batches."""
        whose, seal, now = own(self._whose), await self._memory.keeper.seal(), self._context.clock()
        await self._memory.catch_up()
        return await self._memory.keeper.read(
            lambda conn: dead_page(conn, whose, codes, seal, now, page=page, page_size=page_size)
        )

    async def statement(self, first: date, end: date, differences: int) -> Statement:
        """The points of these days, with so many of the differences."""
        whose = self._whose
        span = Span(
            first=midnight(first), end=midnight(end), principal=None if whose is None else whose.principal
        )
        elsewhere = whose is None or whose.elsewhere
        await self._memory.catch_up()
        return await self._memory.keeper.read(
            lambda conn: statement_of(conn, span, differences, elsewhere=elsewhere)
        )


def _figures(
    conn: Connection, wanted: BatchFilter, whose: BatchFilter, seal: NumberSeal, examples: int
) -> DeliveryFigures:
    totals = insight.totals(conn, wanted)
    codes = insight.by_code(conn, wanted)
    return DeliveryFigures(
        batches=totals.batches,
        recipients=totals.recipients,
        ledger_points=totals.points - totals.returned,
        codes=_with_examples(conn, wanted, codes, seal, examples),
        reduced=insight.reduced(conn, wanted),
        delays=insight.delays(conn, wanted),
        earlier=_earlier(conn, wanted, whose, totals.first_at),
        one=_one(conn, wanted, totals.batches),
        asked=totals.asked,
        asked_at=totals.asked_at,
        heard_at=totals.heard_at,
        unknown_batches=totals.unknown_batches,
        unknown_recipients=totals.unknown_recipients,
    )


def _with_examples(
    conn: Connection, wanted: BatchFilter, codes: list[insight.CodeCount], seal: NumberSeal, examples: int
) -> tuple[CodeFigures, ...]:
    """Examples are shared alike by the codes that failed, and the commonest has what is over."""
    failed = [each.code for each in codes if each.state.startswith("failed_")]
    share, over = divmod(examples, len(failed)) if failed else (0, 0)
    found: list[CodeFigures] = []
    for each in codes:
        numbers: tuple[str, ...] = ()
        if each.state.startswith("failed_"):
            most = min(_MOST_OF_A_CODE, share + (over if each.code == failed[0] else 0))
            numbers = seal.mobiles(insight.examples(conn, wanted, each.code, most)) if most else ()
        found.append(
            CodeFigures(
                code=each.code,
                state=each.state,
                count=each.count,
                points=each.points,
                unpriced=each.unpriced,
                examples=numbers,
            )
        )
    return tuple(found)


def _one(conn: Connection, wanted: BatchFilter, batches: int) -> OneBatch | None:
    if batches != 1:
        return None
    found = insight.went_out(conn, wanted, 1)
    return OneBatch(batch_id=found[0].batch_id, sent_at=found[0].sent_at)


def _earlier(
    conn: Connection, wanted: BatchFilter, whose: BatchFilter, before: datetime | None
) -> EarlierFigures | None:
    texts = [] if before is None else insight.texts_of(conn, wanted)
    if before is None or not texts:
        return None
    (alike, kind), *more = texts
    same = [] if more else insight.earlier(conn, whose, kind=kind, alike=alike, before=before)
    found = same or insight.earlier(conn, whose, kind=kind, alike=None, before=before)
    return EarlierFigures(
        batches=len(found),
        same_text=bool(same),
        delivered=sum(each.delivered for each in found),
        failed=sum(each.failed for each in found),
    )
