"""Messages: each text of a batch to one number, and the newest that is known of it.

States only move forward, and whatever order reports come in, they end the same: the furthest state wins, then
what the vendor said when it was asked over what it reported by itself, then the later report.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Integer, and_, bindparam, case, func, insert, or_, select, update

from server.store.plans import Connection
from server.store.record_tables import MESSAGES

NOTHING, BY_CALLBACK, BY_ASKING = 0, 1, 2
FINAL = ("delivered", "failed_retryable", "failed_permanent", "cancelled")
"""The ends of a message. One that is not final may still change into any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageRow:
    """One message. `number` is the first half of its keyed hash, `sealed` the number and the name."""

    batch: str
    number: str
    nth: int
    sealed: str
    record: str = ""
    code: int | None = None
    state: str = ""
    heard: int = NOTHING
    heard_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    points: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was reported of one message: of that with this `record`, else of that with this `nth`."""

    batch: str
    number: str
    nth: int = 0
    record: str = ""
    code: int | None
    state: str
    heard: int
    heard_at: datetime
    sent_at: datetime | None = None
    received_at: datetime | None = None
    points: Decimal | None = None


class Told(NamedTuple):
    """What is known of a message already."""

    code: int | None
    state: str
    heard: int
    sent_at: datetime | None
    received_at: datetime | None
    points: Decimal | None


RANKS = dict.fromkeys(FINAL, 3) | {"pending": 2, "scheduled": 1}
"""How far a state is; what is not named is at the beginning."""
_RANK = case(RANKS, value=MESSAGES.c.state, else_=0)


_INSERT = insert(MESSAGES)
_COLUMNS = MESSAGES.c
_NEW_RANK: ColumnElement[int] = bindparam("new_rank", type_=Integer())
_NEWER = or_(
    _RANK < _NEW_RANK,
    and_(_RANK == _NEW_RANK, _COLUMNS.heard < bindparam("new_heard")),
    and_(
        _RANK == _NEW_RANK,
        _COLUMNS.heard == bindparam("new_heard"),
        or_(
            _COLUMNS.heard_at.is_(None),
            _COLUMNS.heard_at < bindparam("new_heard_at"),
            and_(
                _COLUMNS.heard_at == bindparam("new_heard_at"),
                func.coalesce(_COLUMNS.code, -1_000_000) < bindparam("new_code_or_least"),
            ),
        ),
    ),
)
_CHANGES: dict[str, Any] = {
    "code": bindparam("new_code"),
    "state": bindparam("new_state"),
    "heard": bindparam("new_heard"),
    "heard_at": bindparam("new_heard_at"),
    "sent_at": func.coalesce(bindparam("new_sent_at", type_=_COLUMNS.sent_at.type), _COLUMNS.sent_at),
    "received_at": func.coalesce(
        bindparam("new_received_at", type_=_COLUMNS.received_at.type), _COLUMNS.received_at
    ),
    "points": func.coalesce(bindparam("new_points", type_=_COLUMNS.points.type), _COLUMNS.points),
}
_OF_NTH = and_(
    _COLUMNS.batch == bindparam("of_batch"),
    _COLUMNS.number == bindparam("of_number"),
    _COLUMNS.nth == bindparam("of_nth"),
)
_OF_RECORD = and_(
    _COLUMNS.batch == bindparam("of_batch"),
    _COLUMNS.number == bindparam("of_number"),
    _COLUMNS.record == bindparam("of_record"),
)
_HEAR_NTH = update(MESSAGES).where(_OF_NTH, _NEWER).values(**_CHANGES)
_HEAR_RECORD = update(MESSAGES).where(_OF_RECORD, _NEWER).values(**_CHANGES)
_THERE = select(_COLUMNS.nth, _COLUMNS.record).where(
    _COLUMNS.batch == bindparam("of_batch"), _COLUMNS.number == bindparam("of_number")
)
_CHUNK = 500
"""Parameters a statement; both engines take more."""
_TOLD = select(_COLUMNS.number, _COLUMNS.nth, *(_COLUMNS[name] for name in Told._fields)).where(
    _COLUMNS.batch == bindparam("of_batch"), _COLUMNS.number.in_(bindparam("those", expanding=True))
)
_SEALED = select(_COLUMNS.sealed).where(_OF_NTH)


def add_messages(conn: Connection, rows: Sequence[MessageRow]) -> None:
    """Keep messages that are not there yet."""
    if rows:
        conn.execute(_INSERT, [asdict(row) for row in rows])


def hear(conn: Connection, heard: Heard) -> bool:
    """Note what was reported of a message; False when that is known, or surpassed, or of no such message."""
    by_record = bool(heard.record) and _has_record(conn, heard)
    statement = _HEAR_RECORD if by_record else _HEAR_NTH
    which = {"of_record": heard.record} if by_record else {"of_nth": heard.nth}
    return conn.execute(statement, {**which, **_values(heard)}).rowcount > 0


def hear_each(conn: Connection, heard: Sequence[Heard]) -> None:
    """Note what was reported of messages that are there, each by its `nth`."""
    if heard:
        conn.execute(_HEAR_NTH, [{"of_nth": each.nth, **_values(each)} for each in heard])


def _values(heard: Heard) -> dict[str, object]:
    return {
        "of_batch": heard.batch,
        "of_number": heard.number,
        "new_rank": RANKS.get(heard.state, 0),
        "new_code": heard.code,
        "new_code_or_least": -1_000_000 if heard.code is None else heard.code,
        "new_state": heard.state,
        "new_heard": heard.heard,
        "new_heard_at": heard.heard_at,
        "new_sent_at": heard.sent_at,
        "new_received_at": heard.received_at,
        "new_points": heard.points,
    }


def told_of(conn: Connection, batch: str, numbers: Sequence[str]) -> dict[tuple[str, int], Told]:
    """What is known of a batch's messages to these numbers, by number and `nth`."""
    found: dict[tuple[str, int], Told] = {}
    for start in range(0, len(numbers), _CHUNK):
        those = numbers[start : start + _CHUNK]
        for number, nth, *told in conn.execute(_TOLD, {"of_batch": batch, "those": those}):
            found[number, nth] = Told(*told)
    return found


def sealed_of(conn: Connection, batch: str, number: str, nth: int = 0) -> str | None:
    """The sealed number of a batch's message to it; None when there is none."""
    return conn.scalar(_SEALED, {"of_batch": batch, "of_number": number, "of_nth": nth})


def _has_record(conn: Connection, heard: Heard) -> bool:
    there = conn.execute(_THERE, {"of_batch": heard.batch, "of_number": heard.number})
    return any(row[1] == heard.record for row in there)
