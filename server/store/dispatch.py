"""From the claim to the outcome: who may post, what came of it, what it cost.

`dispatching` is committed before the POST. Whoever finds it there without a living owner turns it into
`unknown`; nothing is ever posted again by itself (design, "The ledger").
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from server.store.actions import NO_CAPS, Action, CapHit, Caps, State
from server.store.counting import cap_hit, recount, release_texts, reserve_texts
from server.store.lookup import by_batch
from server.store.rows import by_id, compare_and_set, fetch_one, in_state
from server.store.schema import ACTIONS


def claim(  # noqa: PLR0913 - one transaction checks all of it, or it is no guard
    conn: Connection,
    action_id: str,
    *,
    owner: str,
    now: datetime,
    lease_seconds: float,
    caps: Caps = NO_CAPS,
    recipients: Sequence[str] = (),
) -> Action | CapHit | None:
    """Take an approved action for dispatch, and reserve its points, recipients and texts.

    `recipients` are keyed hashes, one for each text. `CapHit`: a limit would be passed, nothing changed.
    None: it is not approved (any more), or the approval expired.
    """
    before = fetch_one(conn, ACTIONS.c.id == action_id, *_claimable(now))
    if before is None:
        return None
    hit = cap_hit(conn, before, caps, recipients, now)
    if hit is not None:
        return hit
    taken = _take(conn, action_id, owner, now, lease_seconds)
    if taken is not None:
        recount(conn, before, taken)
        reserve_texts(conn, action_id, recipients, now)
    return taken


def finish(  # noqa: PLR0913 - the facts of one outcome
    conn: Connection,
    action_id: str,
    *,
    owner: str,
    state: Literal[State.SUCCEEDED, State.FAILED, State.UNKNOWN],
    outcome: str,
    now: datetime,
    vendor_answer: str = "",
    batch_id: str = "",
    points_final: Decimal | None = None,
) -> bool:
    """Record the outcome, once, by the owner; also when the answer came after the lease ran out.

    `failed` means certainly not done: it releases what was reserved. `unknown` keeps it. False: not this
    owner's, or finished or reconciled already.
    """
    reaped = and_(in_state(State.UNKNOWN), ACTIONS.c.finished_at.is_(None))
    mine = and_(ACTIONS.c.owner == owner, or_(in_state(State.DISPATCHING), reaped))
    values = {"outcome": outcome, "vendor_answer": vendor_answer, "batch_id": batch_id}
    ended = _end(conn, action_id, mine, state=state, points_final=points_final, finished_at=now, **values)
    return ended is not None


def due(conn: Connection, now: datetime) -> bool:
    """Whether `reap` or `expire_due` would find something: a look that stops no writer."""
    orphaned = and_(in_state(State.DISPATCHING), ACTIONS.c.lease_until < now)
    lapsed = and_(in_state(State.PROPOSED, State.APPROVED), ACTIONS.c.expires_at < now)
    return conn.scalar(select(ACTIONS.c.id).where(or_(orphaned, lapsed)).limit(1)) is not None


def reap(conn: Connection, now: datetime) -> list[Action]:
    """Turn every dispatch whose lease ran out into `unknown`; the actions as they are then."""
    orphaned = and_(in_state(State.DISPATCHING), ACTIONS.c.lease_until < now)
    found = conn.scalars(select(ACTIONS.c.id).where(orphaned)).all()
    reaped = (compare_and_set(conn, action_id, orphaned, state=State.UNKNOWN) for action_id in found)
    return [action for action in reaped if action is not None]


def reconcile(  # noqa: PLR0913 - the facts of one finding
    conn: Connection,
    action_id: str,
    *,
    state: Literal[State.SUCCEEDED, State.FAILED],
    by: str,
    how: str,
    outcome: str,
    now: datetime,
    batch_id: str = "",
    points_final: Decimal | None = None,
) -> Action | None:
    """Settle an unknown outcome: `by` whom and `how` it was found out. None when it is not unknown.

    A batch id and final points that are known already stay when none are given.
    """
    values: dict[str, object] = {"outcome": outcome, "reason": f"reconciled by {by}: {how}"}
    if batch_id:
        values["batch_id"] = batch_id
    if points_final is not None:
        values["points_final"] = points_final
    return _end(conn, action_id, in_state(State.UNKNOWN), state=state, finished_at=now, **values)


def give_back(conn: Connection, *, erase_id: str, batch_id: str, points: Decimal) -> bool:
    """Subtract the points of an erased booking from what its send counts with, once for each erase action.

    Never more than the send counts. False: this erase gave back already, or no action of ours has the batch.
    """
    before = by_batch(conn, batch_id)
    if before is None:
        return False
    unused = ACTIONS.c.points_given_back.is_(None)
    if compare_and_set(conn, erase_id, unused, points_given_back=points) is None:
        return False
    returned = before.points_returned + points
    after = compare_and_set(conn, before.id, points_returned=returned)
    if after is not None:
        recount(conn, before, after)
    return True


def _claimable(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return in_state(State.APPROVED), ACTIONS.c.expires_at >= now


def _take(conn: Connection, action_id: str, owner: str, now: datetime, lease_seconds: float) -> Action | None:
    return compare_and_set(
        conn,
        action_id,
        *_claimable(now),
        state=State.DISPATCHING,
        owner=owner,
        lease_until=now + timedelta(seconds=lease_seconds),
        dispatched_at=now,
    )


def _end(
    conn: Connection, action_id: str, condition: ColumnElement[bool], *, state: State, **values: object
) -> Action | None:
    before = by_id(conn, action_id)
    after = compare_and_set(conn, action_id, condition, state=state, **values)
    if before is None or after is None:
        return None
    recount(conn, before, after)
    if state is State.FAILED:
        release_texts(conn, action_id)
    return after
