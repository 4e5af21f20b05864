"""One look for all that the store may know against a send to one number: mostly it knows nothing.

Each of these is asked for on its own where something is known, or more numbers are reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Label, Select, or_, select

from server.store.actions import CallKey, Usage
from server.store.blocked import BLOCKED_ONE
from server.store.counting import TEXTS_TO_ONE, USED, days_of, usage_of
from server.store.packed_texts import ANY_PACKED
from server.store.plans import Connection
from server.store.proposals import HOLDER
from server.store.rows import live_key
from server.store.sent_texts import SENT_ONE, Texted
from server.store.session_facts import OUTSIDE_TEXT, outside_text_of
from server.store.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, the numbers that it reaches as keyed hashes, and what each will see."""

    key: CallKey
    numbers: Sequence[str]
    texts: Sequence[Texted]


class Counted(NamedTuple):
    """What counts against the caps already, and the texts that the number had today."""

    usage: Usage
    texts: int


def _any_of(*queries: Select[Any]) -> Label[bool]:
    return or_(*(query.order_by(None).exists() for query in queries)).label("found")


_OF_CALL = select(_any_of(HOLDER, SENT_ONE, BLOCKED_ONE, ANY_PACKED))
_OF_FREE_CALL = USED.add_columns(
    _any_of(HOLDER, SENT_ONE, BLOCKED_ONE, ANY_PACKED, OUTSIDE_TEXT),
    TEXTS_TO_ONE.scalar_subquery().label("texts"),
)


def nothing_known(conn: Connection, asked: Asked, now: datetime) -> bool:
    """Whether surely nobody made this call, had its text, or is blocked.

    False where one look is not enough to know.
    """
    return _is_one(asked) and not conn.scalar(_OF_CALL, _values(asked, now))


def counted_where_nothing_known(
    conn: Connection, asked: Asked, session: Session, now: datetime
) -> Counted | None:
    """What a free send is counted on to, where nobody read outside text in its session either.

    None where that is not sure, as above.
    """
    if not _is_one(asked):
        return None
    values = _values(asked, now) | outside_text_of(session, now) | days_of(now)
    row = conn.execute(_OF_FREE_CALL, values).one()
    # Where nothing is packed, nothing is missing of the day's texts.
    return None if row.found else Counted(usage_of(row), int(row.texts or 0))


def _is_one(asked: Asked) -> bool:
    return len(asked.numbers) == len(asked.texts) == 1


def _values(asked: Asked, now: datetime) -> dict[str, object]:
    return {
        "wanted_key": live_key(asked.key),
        "wanted": asked.texts[0].message,
        "wanted_number": asked.numbers[0],
        "at_moment": now,
    }
