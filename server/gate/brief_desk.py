"""A caller's morning, from the records, the ledger and one look at the points left."""

from dataclasses import replace
from datetime import datetime, timedelta

from server.batches.own import own
from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED
from server.ledger.whose import Whose
from server.store import brief
from server.store.batches import BatchFilter
from server.store.opt_outs import proposed
from server.store.plans import Connection
from server.store.statement import Span
from tools.brief_desk import Arrived, Dropped, Left, Morning
from tools.every8d.credit import credit_steps
from tools.taipei import as_taipei, midnight

_MONTH = timedelta(days=30)
_PERMILLE_BELOW, _LEAST_ENDED, _MOST_DROPPED, _MOST_PAUSED = 50, 10, 2, 3
"""A batch dropped when it is so far below the mean, and so many of its messages ended."""


class OwnBrief:
    """The `BriefDesk` of one call."""

    def __init__(self, context: GateContext, whose: Whose | None) -> None:
        self._context = context
        self._whose = whose

    async def morning(self) -> Morning:
        """What the records and the ledger hold of it."""
        memory, now, whose = self._context.memory, self._context.clock(), self._whose
        await memory.catch_up()
        return await memory.keeper.read(lambda conn: _morning(conn, whose, now))

    async def left(self) -> Left:
        """The points left; a failure is no error."""
        if self._context.settings.every8d is None:
            return Left(points=None, configured=False)
        try:
            points = await self._context.vendors.query(credit_steps())
        except ANTICIPATED:
            return Left(points=None, configured=True)
        return Left(points=points, configured=True)


def _morning(conn: Connection, whose: Whose | None, now: datetime) -> Morning:
    yesterday = as_taipei(now).date() - timedelta(days=1)
    since = midnight(yesterday)
    mine = own(whose)
    recent, earlier = replace(mine, since=since), replace(mine, since=since - _MONTH, before=since)
    went, before = brief.went(conn, recent), brief.went(conn, earlier)
    approvals, unknown = brief.waiting(conn, mine.principal, now)
    spent, first = brief.spent(conn, Span(first=now - _MONTH, end=now, principal=None))
    mean = Arrived(delivered=before.delivered, failed=before.failed)
    return Morning(
        since=since,
        batches=went.batches,
        recipients=went.recipients,
        replies=went.replies,
        arrived=Arrived(delivered=went.delivered, failed=went.failed),
        before=mean,
        dropped=_dropped(conn, recent, mean),
        unknown=unknown,
        approvals=approvals,
        opt_outs=proposed(conn, mine, limit=1)[1],
        spent=spent,
        spent_days=1 if first is None else max(1, -(-(now - first) // timedelta(days=1))),
        paused=brief.paused_launches(conn, now - _MONTH, _MOST_PAUSED),
        standing=brief.standing_campaigns(conn, mine.principal, _MOST_PAUSED),
    )


def _dropped(conn: Connection, recent: BatchFilter, mean: Arrived) -> list[Dropped]:
    if not mean.ended:
        return []
    permille = mean.delivered * 1_000 // mean.ended - _PERMILLE_BELOW
    found = brief.below(conn, recent, permille, _LEAST_ENDED, _MOST_DROPPED)
    return [
        Dropped(batch_id=each.batch_id, arrived=Arrived(delivered=each.delivered, failed=each.failed))
        for each in found
    ]
