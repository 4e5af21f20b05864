"""Reports that fit nothing we sent: counted, and the newest of them kept, since anybody can call a URL."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, insert, select, update

from server.store.plans import Connection
from server.store.record_tables import CALLBACK_COUNTS, QUARANTINE
from server.store.rows import taipei_day
from server.store.schema import DELIVERY_EVENTS

MOST_KEPT = 1_000
NOTED, ASIDE = "noted", "aside"
FORGED, ELSEWHERE, UNREADABLE = "forged", "elsewhere", "unreadable"
"""What calls are counted as: of a message of ours, of none; without the secret, from an address that is not
allowed, without what a report holds."""

_THERE = select(QUARANTINE.c.key).where(QUARANTINE.c.key.in_(bindparam("those", expanding=True)))
_INSERT = insert(QUARANTINE)
_MANY = select(func.count()).select_from(QUARANTINE)
_OLDEST = select(QUARANTINE.c.key).order_by(QUARANTINE.c.at, QUARANTINE.c.key).limit(bindparam("too_many"))
_GIVE_WAY = delete(QUARANTINE).where(QUARANTINE.c.key.in_(bindparam("those", expanding=True)))
_TAKE_BACK = delete(QUARANTINE).where(QUARANTINE.c.batch_id == bindparam("of_batch"))
_COUNT_UP = (
    update(CALLBACK_COUNTS)
    .where(CALLBACK_COUNTS.c.day == bindparam("of_day"), CALLBACK_COUNTS.c.what == bindparam("of_what"))
    .values(count=CALLBACK_COUNTS.c.count + bindparam("more"), at=bindparam("of_now"))
)
_COUNT_FIRST = insert(CALLBACK_COUNTS)
_COUNTS = (
    select(CALLBACK_COUNTS.c.what, func.sum(CALLBACK_COUNTS.c.count), func.max(CALLBACK_COUNTS.c.at))
    .where(CALLBACK_COUNTS.c.day >= bindparam("since_day"))
    .group_by(CALLBACK_COUNTS.c.what)
    .order_by(CALLBACK_COUNTS.c.what)
)
_EVENT = DELIVERY_EVENTS.c
_NEWEST = (
    select(
        QUARANTINE.c.at, QUARANTINE.c.why, QUARANTINE.c.batch_id, _EVENT.mobile, _EVENT.status, _EVENT.text
    )
    .join_from(QUARANTINE, DELIVERY_EVENTS, _EVENT.key == QUARANTINE.c.key)
    .order_by(QUARANTINE.c.at.desc(), QUARANTINE.c.key)
    .limit(bindparam("at_most"))
)


class CallbackCount(NamedTuple):
    """How many calls of one kind came."""

    what: str
    calls: int
    newest_at: datetime


class SetAside(NamedTuple):
    """A report that fits nothing. All but `at` and `why` is what anybody who knows the URL could write."""

    at: datetime
    why: str
    batch_id: str
    mobile: str
    status: str
    text: str


def set_aside(conn: Connection, reports: Sequence[tuple[str, str, str]], now: datetime) -> None:
    """Keep reports that fit nothing (key, batch and why); the oldest give way when there are many."""
    if not reports:
        return
    there = set(conn.scalars(_THERE, {"those": [key for key, _, _ in reports]}))
    fresh = [each for each in reports if each[0] not in there]
    if fresh:
        conn.execute(_INSERT, [{"key": key, "batch_id": of, "why": why, "at": now} for key, of, why in fresh])
        too_many = (conn.scalar(_MANY) or 0) - MOST_KEPT
        if too_many > 0:
            conn.execute(_GIVE_WAY, {"those": list(conn.scalars(_OLDEST, {"too_many": too_many}))})


def take_back(conn: Connection, batch_id: str) -> None:
    """Let go of a batch's reports: the batch is known now."""
    conn.execute(_TAKE_BACK, {"of_batch": batch_id})


def count_callbacks(conn: Connection, now: datetime, what: str, more: int) -> None:
    """So many more of this kind on this day."""
    if not more:
        return
    counted = {"of_day": taipei_day(now), "of_what": what, "more": more, "of_now": now}
    if not conn.execute(_COUNT_UP, counted).rowcount:
        first = {"day": taipei_day(now), "what": what, "count": more, "at": now}
        conn.execute(_COUNT_FIRST, first)


def callback_counts(conn: Connection, since_day: str) -> list[CallbackCount]:
    """How many of each kind came since a day, and when the newest did."""
    return [CallbackCount(*row) for row in conn.execute(_COUNTS, {"since_day": since_day})]


def newest_aside(conn: Connection, at_most: int) -> tuple[list[SetAside], int]:
    """The newest reports that fit nothing, and how many are kept."""
    rows = conn.execute(_NEWEST, {"at_most": at_most})
    return [SetAside(*row) for row in rows], conn.scalar(_MANY) or 0
