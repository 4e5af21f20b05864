"""People who asked for nothing more: proposed for the blocked numbers until a person says yes or no.

Nothing here keeps a text from going out: the blocked numbers do. Whoever is among them is proposed no more.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, func, insert, or_, select, update

from server.store.batches import BatchFilter, conditions_of
from server.store.blocked import which_blocked
from server.store.keys import HALF
from server.store.plans import Connection
from server.store.record_tables import BATCHES, OPT_OUTS, REPLIES
from server.store.schema import BLOCKED_NUMBERS

PROPOSED, BLOCKED, DISMISSED = "proposed", "blocked", "dismissed"
REPLY, OMIS = "reply", "omis"


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """One person's wish. `number` is the whole keyed hash; `sealed` is '' where no number can be read."""

    number: str
    sealed: str
    masked: str
    source: str
    words: str
    at: datetime
    state: str = PROPOSED


ANYBODY = BatchFilter()
_ONE = select(OPT_OUTS).where(OPT_OUTS.c.number == bindparam("this_number"))
_INSERT = insert(OPT_OUTS)
_DECIDE = (
    update(OPT_OUTS)
    .where(OPT_OUTS.c.number == bindparam("this_number"), OPT_OUTS.c.state == PROPOSED)
    .values(state=bindparam("to_be"), at=bindparam("decided_at"))
)
_IS_BLOCKED = select(BLOCKED_NUMBERS.c.number).where(BLOCKED_NUMBERS.c.number == OPT_OUTS.c.number).exists()


def propose(conn: Connection, opt_out: OptOut) -> bool:
    """Propose a number; False when it waits already, or when a person decided after this wish was said."""
    row = conn.execute(_ONE, {"this_number": opt_out.number}).mappings().one_or_none()
    if row is None:
        blocked = which_blocked(conn, [opt_out.number])
        conn.execute(_INSERT, asdict(replace(opt_out, state=BLOCKED) if blocked else opt_out))
        return not blocked
    if row["state"] == PROPOSED or opt_out.at <= row["at"] or which_blocked(conn, [opt_out.number]):
        return False
    # They were let go, or unblocked, and ask again.
    conn.execute(update(OPT_OUTS).where(OPT_OUTS.c.number == opt_out.number).values(**asdict(opt_out)))
    return True


def proposed(conn: Connection, of: BatchFilter = ANYBODY, limit: int = 500) -> tuple[list[OptOut], int]:
    """The oldest proposals by replies to these batches, and how many there are.

    Those of OMIS are among them, unless one batch is meant.
    """
    conditions = _conditions(of)
    query = select(OPT_OUTS).where(*conditions).order_by(OPT_OUTS.c.at, OPT_OUTS.c.number).limit(limit)
    total = conn.scalar(select(func.count()).select_from(OPT_OUTS).where(*conditions)) or 0
    return [OptOut(**row) for row in conn.execute(query).mappings()], total


def every_opt_out(conn: Connection) -> list[OptOut]:
    """All who want nothing more, the oldest first: those who wait and those who are blocked."""
    query = select(OPT_OUTS).where(OPT_OUTS.c.state != DISMISSED).order_by(OPT_OUTS.c.at, OPT_OUTS.c.number)
    return [OptOut(**row) for row in conn.execute(query).mappings()]


def decide(conn: Connection, numbers: Sequence[str], state: str, now: datetime) -> None:
    """These proposals are blocked or dismissed now."""
    if numbers:
        conn.execute(_DECIDE, [{"this_number": each, "to_be": state, "decided_at": now} for each in numbers])


def _conditions(of: BatchFilter) -> list[ColumnElement[bool]]:
    waiting = [OPT_OUTS.c.state == PROPOSED, ~_IS_BLOCKED]
    batches = conditions_of(of)
    if not batches:
        return waiting
    replied = (
        select(REPLIES.c.key)
        .join(BATCHES, BATCHES.c.id == REPLIES.c.batch)
        .where(
            REPLIES.c.number == func.substr(OPT_OUTS.c.number, 1, HALF),
            REPLIES.c.opts_out.is_(True),
            *batches,
        )
        .exists()
    )
    # A report of OMIS is the account's own, and so everybody's; it is about no batch.
    return [*waiting, replied if of.batch_id else or_(OPT_OUTS.c.source != REPLY, replied)]
