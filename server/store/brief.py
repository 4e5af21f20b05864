"""What a morning asks of the store: sums since yesterday and of the month before, and what waits."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, func, select

from server.store.actions import State
from server.store.batches import WENT_OUT, Batch, BatchFilter, conditions_of
from server.store.campaign_tables import CAMPAIGNS
from server.store.campaigns import STANDING
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS
from server.store.statement import NET_POINTS, Span, sends_of, sum_of_points

_COLUMN = BATCHES.c
_FAILED = _COLUMN.failed_retryable + _COLUMN.failed_permanent
_PAUSE = "pause_launch"
_TURNS = (_PAUSE, "resume_launch", "terminate_launch", "delete_launch")
"""What a launch that was paused is left by."""
# Not by the state's index: all that ever succeeded would be looked at.
_STATE = ACTIONS.c.state.concat("")


@dataclass(frozen=True, slots=True, kw_only=True)
class Went:
    """What went out in a time, as it was counted last."""

    batches: int
    recipients: int
    delivered: int
    failed: int
    replies: int


def went(conn: Connection, wanted: BatchFilter) -> Went:
    """These batches together."""
    sums = {
        "recipients": _COLUMN.recipients,
        "delivered": _COLUMN.delivered,
        "failed": _FAILED,
        "replies": _COLUMN.replies,
    }
    query = select(
        func.count().label("batches"),
        *(func.coalesce(func.sum(column), 0).label(name) for name, column in sums.items()),
    ).where(WENT_OUT, *conditions_of(wanted))
    return Went(**{name: int(count) for name, count in conn.execute(query).mappings().one().items()})


def below(conn: Connection, wanted: BatchFilter, permille: int, least: int, limit: int) -> list[Batch]:
    """Batches of which at least so many messages ended, and fewer than so many in a thousand arrived."""
    ended = _COLUMN.delivered + _FAILED
    query = (
        select(BATCHES)
        .where(WENT_OUT, ended >= least, _COLUMN.delivered * 1_000 < ended * permille, *conditions_of(wanted))
        .order_by(_FAILED.desc(), _COLUMN.id)
        .limit(limit)
    )
    return [Batch(**row) for row in conn.execute(query).mappings()]


def spent(conn: Connection, span: Span) -> tuple[Decimal, datetime | None]:
    """The points of a time by the ledger, less what came back; and when the first of its sends went out."""
    dispatched = ACTIONS.c.dispatched_at
    query = select(
        sum_of_points(NET_POINTS),
        func.min(dispatched, type_=dispatched.type),
    ).where(*sends_of(span))
    points, first = conn.execute(query).one()
    return points, first


def waiting(conn: Connection, principal: str | None, now: datetime) -> tuple[int, int]:
    """How many actions wait for a person, and how many outcomes are unknown."""
    proposed = [ACTIONS.c.state == State.PROPOSED, ACTIONS.c.expires_at >= now]
    return _count(conn, principal, *proposed), _count(conn, principal, ACTIONS.c.state == State.UNKNOWN)


def _count(conn: Connection, principal: str | None, *conditions: ColumnElement[bool]) -> int:
    whose = [] if principal is None else [ACTIONS.c.principal == principal]
    return conn.scalar(select(func.count()).select_from(ACTIONS).where(*conditions, *whose)) or 0


def standing_campaigns(conn: Connection, principal: str | None, limit: int) -> list[str]:
    """Campaigns that wait for a person, the newest first."""
    whose = [] if principal is None else [CAMPAIGNS.c.principal == principal]
    query = (
        select(CAMPAIGNS.c.id)
        .where(CAMPAIGNS.c.state.in_(STANDING), *whose)
        .order_by(CAMPAIGNS.c.started_at.desc(), CAMPAIGNS.c.id)
        .limit(limit)
    )
    return [*conn.scalars(query)]


def paused_launches(conn: Connection, since: datetime, limit: int) -> list[str]:
    """Launches that were paused here since this time, and neither resumed nor ended here."""
    last = (
        select(func.max(ACTIONS.c.sequence))
        .where(ACTIONS.c.tool.in_(_TURNS), _STATE == State.SUCCEEDED, ACTIONS.c.created_at >= since)
        .group_by(ACTIONS.c.target)
    )
    query = (
        select(ACTIONS.c.target)
        .where(ACTIONS.c.sequence.in_(last), ACTIONS.c.tool == _PAUSE)
        .order_by(ACTIONS.c.sequence.desc())
        .limit(limit)
    )
    return [target for (target,) in conn.execute(query)]
