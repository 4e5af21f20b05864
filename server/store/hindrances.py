"""One look for all that the store may know against a send to one number: mostly it knows nothing.

Each of these is asked for on its own where something is known, or more numbers are reached.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from server.store.actions import CallKey
from server.store.blocked import BLOCKED_ONE
from server.store.packed_texts import ANY_PACKED
from server.store.plans import Connection
from server.store.proposals import HOLDER
from server.store.rows import live_key
from server.store.sent_texts import SENT_ONE, Texted
from server.store.session_facts import OUTSIDE_TEXT, outside_text_of
from server.store.sessions import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A call, the numbers that it reaches as keyed hashes, what each will see, and the session it came in."""

    key: CallKey
    numbers: Sequence[str]
    texts: Sequence[Texted]
    session: Session | None = None
    """None: whether outside text was read does not matter."""


def _any_of(*queries: Select[Any]) -> Select[Any]:
    return select(or_(*(query.order_by(None).exists() for query in queries)).label("found"))


_OF_CALL = _any_of(HOLDER, SENT_ONE, BLOCKED_ONE, ANY_PACKED)
_OF_FREE_CALL = _any_of(HOLDER, SENT_ONE, BLOCKED_ONE, ANY_PACKED, OUTSIDE_TEXT)


def nothing_known(conn: Connection, asked: Asked, now: datetime) -> bool:
    """Whether surely nobody made this call, had its text, is blocked, or read outside text in its session.

    False where one look is not enough to know.
    """
    if len(asked.numbers) != 1 or len(asked.texts) != 1:
        return False
    values = {
        "wanted_key": live_key(asked.key),
        "wanted": asked.texts[0].message,
        "wanted_number": asked.numbers[0],
        "at_moment": now,
    }
    if asked.session is None:
        return not conn.scalar(_OF_CALL, values)
    return not conn.scalar(_OF_FREE_CALL, values | outside_text_of(asked.session, now))
