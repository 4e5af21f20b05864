"""What else holds people's numbers or words, and is kept only so long: reports, replies to nothing, lists."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Table, and_, bindparam, delete, func, select, update

from server.store.actions import State
from server.store.opt_outs import DISMISSED, PROPOSED
from server.store.plans import Connection
from server.store.record_tables import BATCHES, FROZEN_LISTS, OPT_OUTS, QUARANTINE, REPLIES
from server.store.rows import in_state
from server.store.schema import ACTIONS, DELIVERY_EVENTS

REPORTS, QUARANTINED, REPLIED, DECIDED = "reports", "quarantined", "replies without batch", "opt-outs"
_REFERENCE = 8
"""Characters of an action's reference (`tools.action_id.reference_of`), with which SUBJECT begins."""
_BEFORE = bindparam("before", type_=DELIVERY_EVENTS.c.received_at.type)
SETTLES = (
    select(ACTIONS.c.id)
    .where(
        in_state(State.UNKNOWN, State.DISPATCHING),
        func.replace(ACTIONS.c.id, "-", "") == func.substr(DELIVERY_EVENTS.c.reference, 1, _REFERENCE),
    )
    .exists()
)
"""A report that may still prove that a send of unknown outcome arrived."""
_HAS_BATCH = select(BATCHES.c.id).where(BATCHES.c.id == REPLIES.c.batch).exists()
_OLD: Mapping[str, tuple[Table, ColumnElement[bool]]] = {
    REPORTS: (DELIVERY_EVENTS, and_(DELIVERY_EVENTS.c.received_at < _BEFORE, ~SETTLES)),
    QUARANTINED: (QUARANTINE, QUARANTINE.c.at < _BEFORE),
    REPLIED: (REPLIES, and_(REPLIES.c.heard_at < _BEFORE, ~_HAS_BATCH)),
    # Whoever waits, or is blocked, is kept: OMIS is still to be told.
    DECIDED: (OPT_OUTS, and_(OPT_OUTS.c.state == DISMISSED, OPT_OUTS.c.at < _BEFORE)),
}
_COUNTS = {name: select(func.count()).select_from(table).where(old) for name, (table, old) in _OLD.items()}
_DROPS = {name: delete(table).where(old) for name, (table, old) in _OLD.items()}
_FORGET_WORDS = (
    update(OPT_OUTS)
    .where(OPT_OUTS.c.state != PROPOSED, OPT_OUTS.c.words != "", OPT_OUTS.c.at < _BEFORE)
    .values(words="")
)
_CLEAR_LISTS = delete(FROZEN_LISTS).where(
    FROZEN_LISTS.c.until <= bindparam("over_at", type_=FROZEN_LISTS.c.until.type)
)


def count_aged(conn: Connection, before: datetime) -> dict[str, int]:
    """How many of each kind are from before this time."""
    return {name: conn.scalar(count, {"before": before}) or 0 for name, count in _COUNTS.items()}


def drop_aged(conn: Connection, before: datetime, now: datetime) -> dict[str, int]:
    """Let go of them, of the words of opt-outs that were decided on, and of lists that nobody waits for."""
    dropped = {name: conn.execute(drop, {"before": before}).rowcount for name, drop in _DROPS.items()}
    conn.execute(_FORGET_WORDS, {"before": before})
    conn.execute(_CLEAR_LISTS, {"over_at": now})
    return dropped
