"""Numbers become blocked: each with its own line of the audit, in the step that blocks it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.ledger.notes import Note
from server.logs.number_masking import mask_numbers
from server.store import blocked
from server.store.plans import Connection

BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToBlock:
    """A number by its keyed hash, what people see of it, and why."""

    number: str
    masked: str
    why: str


def block_all(
    conn: Connection, those: Sequence[ToBlock], by: Note, now: datetime
) -> tuple[int, *tuple[Note, ...]]:
    """Block them; how many were not blocked before, and a line of the audit for each, after `by`.

    A number in the reason is kept masked: here a keyed hash alone may lead to anybody.
    """
    fresh = sum(blocked.add(conn, each.number, each.masked, mask_numbers(each.why), now) for each in those)
    return fresh, *(replace(by, what=BLOCKED, outcome=each.number) for each in those)
