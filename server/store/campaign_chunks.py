"""The chunks of a campaign: which wait, by which send they were taken, and whom they are for."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, insert, select, update

from server.store.actions import State
from server.store.campaign_tables import CAMPAIGNS, CHUNKS
from server.store.campaigns import CANCELLED
from server.store.columns import Points
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS

TRIAL, REST = "trial", "rest"
"""The phases of its chunks."""
WAITING, TAKEN, LEFT, SKIPPED, UNTIMED = "waiting", "taken", "cancelled", "skipped", "untimed"
"""The states of a chunk. How a taken one ended is what its action says; an untimed one was erased whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some of a campaign's recipients: what goes in one call of the vendor."""

    campaign: str
    number: int
    phase: str
    recipients: int
    points: Decimal
    sealed: str
    state: str = WAITING
    action: str | None = None
    left_out: int = 0


class Waiting(NamedTuple):
    """A chunk that waits."""

    number: int
    phase: str
    points: Decimal


_CAMPAIGN, _CHUNK = CAMPAIGNS.c, CHUNKS.c
_THIS = (_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number == bindparam("wanted_number"))
_ONE_CHUNK = select(CHUNKS).where(*_THIS)
_STATE = select(_CHUNK.state).where(*_THIS)
_WAITING = (
    select(_CHUNK.number, _CHUNK.phase, _CHUNK.points)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == WAITING)
    .order_by(_CHUNK.number)
    .limit(bindparam("at_most"))
)
_WAITING_POINTS = select(func.sum(_CHUNK.points, type_=Points())).where(
    _CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == WAITING
)
_TAKE_CHUNK = (
    update(CHUNKS)
    .where(*_THIS, _CHUNK.state == WAITING)
    .values(state=TAKEN, action=bindparam("by_action"), left_out=bindparam("were_left_out"))
)
_FAILED = (
    select(_CHUNK.number, _CHUNK.points, _CHUNK.recipients)
    .join(ACTIONS, ACTIONS.c.id == _CHUNK.action)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == TAKEN, ACTIONS.c.state == State.FAILED)
)
_WAIT = update(CHUNKS).where(*_THIS).values(state=WAITING, action=None, left_out=0)
_SKIP = (
    update(CHUNKS)
    .where(*_THIS, _CHUNK.state == WAITING)
    .values(state=SKIPPED, sealed="", left_out=bindparam("were_left_out"))
)
_LEAVE = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state.in_((WAITING, UNTIMED)))
    .values(state=LEFT, sealed="")
)
_CANCELLED = select(_CAMPAIGN.id).where(_CAMPAIGN.state == CANCELLED)
_TAKE_OFF_TIME = (
    update(CHUNKS)
    .where(_CHUNK.action == bindparam("by_action"), _CHUNK.state == TAKEN)
    .values(state=case((_CHUNK.campaign.in_(_CANCELLED), LEFT), else_=UNTIMED))
)
_LEAVE_OUT = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.action == bindparam("by_action"))
    .values(left_out=_CHUNK.left_out + bindparam("more_left_out"))
)
_EMPTY_ALL = update(CHUNKS).where(_CHUNK.campaign == bindparam("wanted_id")).values(sealed="")
_AHEAD = select(BATCHES.c.id).where(BATCHES.c.last_at > bindparam("at_moment", type_=BATCHES.c.last_at.type))
_EMPTY_SENT = (
    update(CHUNKS)
    .where(
        _CHUNK.campaign == bindparam("wanted_id"),
        _CHUNK.sealed != "",
        _CHUNK.state == TAKEN,
        _CHUNK.action.in_(select(ACTIONS.c.id).where(ACTIONS.c.state == State.SUCCEEDED)),
        # What is booked can be moved: it is booked anew, then.
        _CHUNK.action.not_in(_AHEAD),
    )
    .values(sealed="")
)
_EMPTY_THESE = _EMPTY_SENT.where(_CHUNK.number.in_(bindparam("those", expanding=True)))
_EMPTY_GONE_OUT = (
    update(CHUNKS)
    .where(
        _CHUNK.sealed != "",
        _CHUNK.state == TAKEN,
        _CHUNK.action.in_(
            select(BATCHES.c.id).where(
                BATCHES.c.last_at <= bindparam("at_moment", type_=BATCHES.c.last_at.type)
            )
        ),
        _CHUNK.action.in_(select(ACTIONS.c.id).where(ACTIONS.c.state == State.SUCCEEDED)),
    )
    .values(sealed="")
)
_FIRST_ONES = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number <= bindparam("last_number"))
    .values(phase=TRIAL)
)
_HALF = (
    update(CHUNKS)
    .where(*_THIS)
    .values(
        recipients=bindparam("half_recipients"),
        points=bindparam("half_points", type_=Points()),
        sealed=bindparam("half_sealed"),
    )
)
_ADD_CHUNK = insert(CHUNKS)


def add_chunk(conn: Connection, chunk: Chunk) -> None:
    """Keep a chunk."""
    conn.execute(_ADD_CHUNK, asdict(chunk))


def first_ones(conn: Connection, campaign: str, last: int) -> None:
    """The chunks up to this one are the trial."""
    conn.execute(_FIRST_ONES, {"wanted_id": campaign, "last_number": last})


def split_chunk(conn: Connection, first: Chunk, second: Chunk) -> None:
    """Keep the second beside the first, which was both."""
    values = {"wanted_id": first.campaign, "wanted_number": first.number}
    halved = {"half_recipients": first.recipients, "half_points": first.points, "half_sealed": first.sealed}
    conn.execute(_HALF, {**values, **halved})
    add_chunk(conn, second)


def chunk_of(conn: Connection, campaign: str, number: int) -> Chunk | None:
    """One chunk."""
    values = {"wanted_id": campaign, "wanted_number": number}
    row = conn.execute(_ONE_CHUNK, values).mappings().one_or_none()
    return None if row is None else Chunk(**row)


def waits(conn: Connection, campaign: str, number: int) -> bool:
    """Whether a chunk is still to be sent. Whom it is for is not read, which takes longest."""
    return conn.scalar(_STATE, {"wanted_id": campaign, "wanted_number": number}) == WAITING


def waiting_chunks(conn: Connection, campaign: str, at_most: int) -> list[Waiting]:
    """The first chunks that wait: the trial's come first."""
    rows = conn.execute(_WAITING, {"wanted_id": campaign, "at_most": at_most})
    return [Waiting(*row) for row in rows]


def take_chunk(conn: Connection, chunk: Chunk, action: str, left_out: int) -> bool:
    """Waiting → taken by this action; False when it does not wait."""
    values = {"wanted_id": chunk.campaign, "wanted_number": chunk.number}
    taken = conn.execute(_TAKE_CHUNK, {**values, "by_action": action, "were_left_out": left_out})
    return taken.rowcount == 1


def wait_again(conn: Connection, campaign: str) -> tuple[Decimal, int]:
    """Chunks that were certainly not sent wait again; their points and recipients."""
    again = conn.execute(_FAILED, {"wanted_id": campaign}).all()
    for row in again:
        conn.execute(_WAIT, {"wanted_id": campaign, "wanted_number": row.number})
    return sum((row.points for row in again), Decimal(0)), sum(row.recipients for row in again)


def skip_chunk(conn: Connection, chunk: Chunk) -> None:
    """Nobody of it is sent to."""
    values = {"wanted_id": chunk.campaign, "wanted_number": chunk.number}
    conn.execute(_SKIP, {**values, "were_left_out": chunk.recipients})


def leave_out(conn: Connection, campaign: str, action: str, count: int) -> None:
    """So many more of the chunk that this action took were not sent to."""
    values = {"wanted_id": campaign, "by_action": action, "more_left_out": count}
    conn.execute(_LEAVE_OUT, values)


def take_off_time(conn: Connection, action: str) -> None:
    """Nothing is left of what this action booked: its chunk has no time until its campaign is moved."""
    conn.execute(_TAKE_OFF_TIME, {"by_action": action})


def leave_waiting(conn: Connection, campaign: str) -> None:
    """What waits is not sent any more; whom any of it was for is forgotten."""
    conn.execute(_LEAVE, {"wanted_id": campaign})
    conn.execute(_EMPTY_ALL, {"wanted_id": campaign})


def empty_sent(conn: Connection, campaign: str, now: datetime) -> None:
    """Forget whom the sent chunks were for, of which a crash may have left some."""
    conn.execute(_EMPTY_SENT, {"wanted_id": campaign, "at_moment": now})


def empty_these(conn: Connection, campaign: str, numbers: Sequence[int], now: datetime) -> None:
    """The same for these alone: the many that wait need not be looked through."""
    conn.execute(_EMPTY_THESE, {"wanted_id": campaign, "at_moment": now, "those": numbers})


def empty_gone_out(conn: Connection, now: datetime) -> None:
    """Forget whom booked chunks were for, once the last of each has gone out."""
    conn.execute(_EMPTY_GONE_OUT, {"at_moment": now})


def waiting_points(conn: Connection, campaign: str) -> Decimal:
    """The points of the chunks that wait, or would wait again."""
    waiting = conn.scalar(_WAITING_POINTS, {"wanted_id": campaign}) or Decimal(0)
    return waiting + sum((row.points for row in conn.execute(_FAILED, {"wanted_id": campaign})), Decimal(0))
