"""Messages: each text of a batch to one number, and the newest that is known of it.

States only move forward, and whatever order reports come in, they end the same: the furthest state wins, then
what the vendor said when it was asked over what it reported by itself, then the later report. Of the times
and the price stands what the vendor said when it was asked, else the greatest that was reported.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from decimal import Decimal
from operator import attrgetter
from typing import NamedTuple

from sqlalchemy import and_, bindparam, insert, or_, select, update

from server.store.packed_messages import packed_messages_of
from server.store.plans import Connection
from server.store.record_tables import MESSAGES
from server.store.slices import slices

NOTHING, BY_CALLBACK, BY_ASKING = 0, 1, 2
FAILED = ("failed_retryable", "failed_permanent")
FINAL = ("delivered", *FAILED, "cancelled")
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
    answered: int = 0


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
    """What is known of a message; `answered` has a bit for each fact that the vendor told when asked."""

    code: int | None = None
    state: str = ""
    heard: int = NOTHING
    heard_at: datetime | None = None
    sent_at: datetime | None = None
    received_at: datetime | None = None
    points: Decimal | None = None
    answered: int = 0


RANKS = dict.fromkeys(FINAL, 3) | {"pending": 2, "scheduled": 1}
"""How far a state is; what is not named is at the beginning."""
_FACTS = {"sent_at": 1, "received_at": 2, "points": 4}
"""What is told beside the state, and its bit in `answered`."""
_LEAST = -1_000_000
"""Stands below every code."""
_BEFORE_ALL = datetime.min.replace(tzinfo=UTC)


_INSERT = insert(MESSAGES)
_FIELDS = tuple(each.name for each in fields(MessageRow))
_values_of = attrgetter(*_FIELDS)
_COLUMNS = MESSAGES.c
_THIS = and_(
    _COLUMNS.batch == bindparam("of_batch"),
    _COLUMNS.number == bindparam("of_number"),
    _COLUMNS.nth == bindparam("of_nth"),
)
_NEW = tuple(f"new_{name}" for name in Told._fields)
_TELL = update(MESSAGES).where(_THIS).values({name: bindparam(f"new_{name}") for name in Told._fields})
_KNOWN = select(_COLUMNS.number, _COLUMNS.nth, *(_COLUMNS[name] for name in Told._fields)).where(
    _COLUMNS.batch == bindparam("of_batch"), _COLUMNS.number.in_(bindparam("those", expanding=True))
)
_TO_NUMBER = select(_COLUMNS.nth, _COLUMNS.record, *(_COLUMNS[name] for name in Told._fields)).where(
    _COLUMNS.batch == bindparam("of_batch"), _COLUMNS.number == bindparam("of_number")
)
_SEALED = select(_COLUMNS.sealed).where(_THIS)

_UNCERTAIN = (
    select(MESSAGES.c.number)
    .where(
        MESSAGES.c.batch == bindparam("of_batch"),
        or_(MESSAGES.c.heard != BY_ASKING, MESSAGES.c.state.not_in(FINAL)),
    )
    .limit(1)
)


def add_messages(conn: Connection, rows: Sequence[MessageRow]) -> None:
    """Keep messages that are not there yet."""
    if rows:
        conn.execute(_INSERT, [dict(zip(_FIELDS, _values_of(row), strict=True)) for row in rows])


def told_after(known: Told, heard: Heard | Told) -> Told:
    """What is known of a message once this was heard too; in whatever order things are heard, the same."""
    further = heard if _how_far(heard) > _how_far(known) else known
    facts = {name: getattr(known, name) for name in _FACTS}
    answered = known.answered
    for name, bit in _FACTS.items():
        old, new = facts[name], getattr(heard, name)
        if new is None:
            continue
        if heard.heard == BY_ASKING:
            facts[name], answered = new, answered | bit
        elif not answered & bit and (old is None or old < new):
            facts[name] = new
    return Told(
        code=further.code,
        state=further.state,
        heard=further.heard,
        heard_at=further.heard_at,
        **facts,
        answered=answered,
    )


def _how_far(told: Told | Heard) -> tuple[int, int, datetime, int]:
    code = _LEAST if told.code is None else told.code
    return RANKS.get(told.state, 0), told.heard, told.heard_at or _BEFORE_ALL, code


def hear(conn: Connection, heard: Heard) -> None:
    """Note what was reported of a message, if there is such a message."""
    rows = conn.execute(_TO_NUMBER, {"of_batch": heard.batch, "of_number": heard.number}).all()
    of_record = [row for row in rows if heard.record and row[1] == heard.record]
    for nth, _, *columns in of_record or [row for row in rows if row[0] == heard.nth]:
        known = Told(*columns)
        told = told_after(known, heard)
        if told != known:
            tell_each(conn, heard.batch, {(heard.number, nth): told})


def tell_each(conn: Connection, batch: str, told: Mapping[tuple[str, int], Told]) -> None:
    """Write down what is known of messages, by number and `nth`."""
    if told:
        alike = {each: dict(zip(_NEW, each, strict=True)) for each in set(told.values())}
        conn.execute(
            _TELL,
            [
                {"of_batch": batch, "of_number": number, "of_nth": nth, **alike[each]}
                for (number, nth), each in told.items()
            ],
        )


def told_of(conn: Connection, batch: str, numbers: Sequence[str]) -> dict[tuple[str, int], Told]:
    """What is known of a batch's messages to these numbers, by number and `nth`."""
    found: dict[tuple[str, int], Told] = {}
    for those in slices(numbers):
        for number, nth, *told in conn.execute(_KNOWN, {"of_batch": batch, "those": those}):
            found[number, nth] = Told(*told)
    return found


def has_uncertain(conn: Connection, batch: str) -> bool:
    """Whether anything of a batch has not ended yet, or not by what the vendor said when it was asked."""
    if packed_messages_of(conn, batch) is not None:
        # Nothing was heard of any of them.
        return True
    return conn.scalar(_UNCERTAIN, {"of_batch": batch}) is not None


def sealed_of(conn: Connection, batch: str, number: str, nth: int = 0) -> str | None:
    """The sealed number of a batch's message to it; None when there is none."""
    return conn.scalar(_SEALED, {"of_batch": batch, "of_number": number, "of_nth": nth})
