"""How far a campaign is, in recipients."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, case, func, select

from server.store.actions import State
from server.store.batches import ERASED
from server.store.campaign_chunks import TAKEN, UNTIMED, WAITING
from server.store.campaign_tables import CHUNKS
from server.store.columns import Points
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a campaign is, in recipients; `points` are those of its sends, less what came back."""

    waiting: int = 0
    sending: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    left_out: int = 0
    cancelled: int = 0
    points: Decimal = Decimal(0)
    delivered: int = 0
    not_delivered: int = 0
    untimed: int = 0
    """Of the cancelled ones those whose bookings were erased whole: they can have another time."""
    untimed_parts: int = 0
    untimed_points: Decimal = Decimal(0)


_NOT_SENT = case(
    (
        # Of what was erased the vendor may not have been asked yet.
        BATCHES.c.state == ERASED,
        BATCHES.c.recipients
        - BATCHES.c.delivered
        - BATCHES.c.failed_retryable
        - BATCHES.c.failed_permanent
        - BATCHES.c.unknown,
    ),
    else_=BATCHES.c.cancelled,
)
_CHUNK = CHUNKS.c
_SUMS = (
    select(
        _CHUNK.state,
        ACTIONS.c.state.label("ended"),
        func.sum(_CHUNK.recipients - _CHUNK.left_out).label("recipients"),
        func.sum(_CHUNK.left_out).label("left_out"),
        func.count().label("parts"),
        func.sum(_CHUNK.points, type_=Points()).label("planned"),
        func.sum(
            func.coalesce(ACTIONS.c.points_final, ACTIONS.c.points) - ACTIONS.c.points_returned,
            type_=Points(),
        ).label("points"),
        func.sum(BATCHES.c.delivered).label("delivered"),
        func.sum(_NOT_SENT).label("erased"),
        func.sum(BATCHES.c.failed_retryable + BATCHES.c.failed_permanent).label("not_delivered"),
    )
    .select_from(
        CHUNKS.outerjoin(ACTIONS, ACTIONS.c.id == _CHUNK.action).outerjoin(
            BATCHES, BATCHES.c.id == _CHUNK.action
        )
    )
    .where(_CHUNK.campaign == bindparam("wanted_id"))
    .group_by(_CHUNK.state, ACTIONS.c.state)
)


def progress_of(conn: Connection, campaign: str) -> Progress:
    """How far it is."""
    found: Counter[str] = Counter()
    left_out = delivered = not_delivered = 0
    points = untimed_points = Decimal(0)
    for row in conn.execute(_SUMS, {"wanted_id": campaign}):
        erased = int((row.recipients if row.state == UNTIMED else row.erased) or 0)
        found[_kind(row.state, row.ended)] += int(row.recipients or 0) - erased
        found["cancelled"] += erased
        if row.state == UNTIMED:
            found["untimed"] += erased
            found["untimed_parts"] += int(row.parts)
            untimed_points += row.planned or Decimal(0)
        left_out += int(row.left_out or 0)
        delivered += int(row.delivered or 0)
        not_delivered += int(row.not_delivered or 0)
        if row.ended in (State.SUCCEEDED, State.UNKNOWN, State.DISPATCHING):
            points += row.points or Decimal(0)
    return Progress(
        **found,
        left_out=left_out,
        points=points,
        delivered=delivered,
        not_delivered=not_delivered,
        untimed_points=untimed_points,
    )


def _kind(state: str, ended: str | None) -> str:
    if state != TAKEN or ended is None:
        # Of a chunk that is skipped nothing is left to count.
        return "waiting" if state == WAITING else "cancelled"
    return {"succeeded": "sent", "unknown": "unknown", "dispatching": "sending"}.get(ended, "failed")
