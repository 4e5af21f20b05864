"""Numbers that are never texted: opt-outs. Kept as keyed hashes, with a masked form for people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from server.store.covered import CoveredRows
from server.store.members import members
from server.store.plans import Connection
from server.store.schema import BLOCKED_NUMBERS

BLOCKED = CoveredRows(BLOCKED_NUMBERS)
_NUMBERS = select(BLOCKED_NUMBERS.c.number)
BLOCKED_ONE = _NUMBERS.where(BLOCKED_NUMBERS.c.number == bindparam("wanted_number"))
_WANTED = members("wanted_numbers")
_SOME = _NUMBERS.join(_WANTED, _WANTED.c.value == BLOCKED_NUMBERS.c.number)
_REMOVE = BLOCKED.deleting(
    delete(BLOCKED_NUMBERS).where(BLOCKED_NUMBERS.c.number == bindparam("this_number"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedNumber:
    """A blocked number: `number` is its keyed hash (`hash_number`), `masked` what people see."""

    number: str
    masked: str
    note: str
    added_at: datetime


def add(conn: Connection, number: str, masked: str, note: str, now: datetime) -> bool:
    """Block a number; False when it was blocked already, and then nothing changes."""
    if which_blocked(conn, [number]):
        return False
    BLOCKED.insert(conn, {"number": number, "masked": masked, "note": note, "added_at": now})
    return True


def remove(conn: Connection, number: str) -> bool:
    """Let a number be texted again; False when it was not blocked."""
    return BLOCKED.delete(conn, _REMOVE, {"this_number": number}) == 1


def list_blocked(conn: Connection, page: int = 1, page_size: int = 50) -> tuple[list[BlockedNumber], int]:
    """A page of blocked numbers, newest first, pages counted from 1; and how many there are."""
    table = BLOCKED_NUMBERS.c
    query = (
        select(BLOCKED_NUMBERS)
        .order_by(table.added_at.desc(), table.number)
        .limit(page_size)
        .offset((page - 1) * page_size)
    )
    total = conn.scalar(select(func.count()).select_from(BLOCKED_NUMBERS)) or 0
    return [BlockedNumber(**row) for row in conn.execute(query).mappings()], total


def which_blocked(conn: Connection, numbers: Collection[str]) -> set[str]:
    """Those of these keyed hashes that are blocked."""
    asked = list(numbers)
    if len(asked) == 1:
        # By far the most frequent, and quicker than a list.
        return set(conn.scalars(BLOCKED_ONE, {"wanted_number": asked[0]}))
    return set(conn.scalars(_SOME, {"wanted_numbers": asked})) if asked else set()
