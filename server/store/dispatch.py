"""From the claim to the outcome: who may post, what came of it, what it cost.

`dispatching` is committed before the POST. Whoever finds it there without a living owner turns it into
`unknown`; nothing is ever posted again by itself (design, "The ledger").
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sqlalchemy import and_, bindparam, exists, or_, select

from server.store.actions import ERASINGS, NO_CAPS, Action, CapHit, Caps, Proposal, State, new_id
from server.store.campaign_chunks import take_off_time
from server.store.counting import (
    NOTHING,
    Counts,
    cap_hit,
    counted_points,
    counts,
    recount,
    release_texts,
    reserve_texts,
    reserved,
    return_recipients,
)
from server.store.lookup import by_batch
from server.store.packed_texts import take_packed
from server.store.packing import Packing
from server.store.plans import Connection
from server.store.proposals import LAPSED, propose, propose_new
from server.store.rows import AT, actions_where, by_id, compare_and_set, fetch_one, in_state, step
from server.store.schema import ACTIONS
from server.store.sent_texts import Texted, forget, remember
from server.store.unpacking import pack_texts, unpack_texts

_ORPHANED = and_(in_state(State.DISPATCHING), ACTIONS.c.lease_until < AT)
_REAPED = and_(in_state(State.UNKNOWN), ACTIONS.c.finished_at.is_(None))

_FIRST = ACTIONS.alias("first")
_FIRST_UNKNOWN = exists().where(_FIRST.c.id == ACTIONS.c.retry_of, _FIRST.c.state == State.UNKNOWN)
_CLAIMABLE = and_(
    in_state(State.APPROVED),
    ACTIONS.c.expires_at >= AT,
    # A safe retry of what is known by now would send it a second time.
    or_(ACTIONS.c.retry_of == "", _FIRST_UNKNOWN),
)
_OPEN_RETRY = (
    select(ACTIONS.c.id)
    .where(
        ACTIONS.c.retry_of == bindparam("first_id"),
        in_state(State.APPROVED, State.DISPATCHING, State.UNKNOWN),
    )
    .limit(1)
)
_APPROVED = actions_where(ACTIONS.c.id == bindparam("wanted_id"), _CLAIMABLE)
_TAKE = step(_CLAIMABLE)
_FINISH = step(ACTIONS.c.owner == bindparam("held_by"), or_(in_state(State.DISPATCHING), _REAPED))
_REAP = step(_ORPHANED)
_RECONCILE = step(in_state(State.UNKNOWN))
_GIVE_BACK = step(ACTIONS.c.points_given_back.is_(None))
_RETURN_POINTS = step()
_FREE = step(in_state(State.SUCCEEDED))

_ANY_DUE = select(ACTIONS.c.id).where(or_(_ORPHANED, LAPSED)).limit(1)
_REAP_NOW = step(in_state(State.DISPATCHING))
_OF_OTHERS = select(ACTIONS.c.id).where(
    in_state(State.DISPATCHING),
    ACTIONS.c.campaign == bindparam("of_campaign"),
    ACTIONS.c.tool == bindparam("by_tool"),
    ACTIONS.c.owner != bindparam("this_owner"),
)
_ALL_ORPHANED = select(ACTIONS.c.id).where(_ORPHANED)


def begin(  # noqa: PLR0913 - the facts of one step
    conn: Connection,
    proposal: Proposal,
    *,
    by: str,
    channel: str,
    rule: str,
    owner: str,
    now: datetime,
    lease_seconds: float,
    recipients: Sequence[str] = (),
    texts: Sequence[Texted] = (),
    is_new: bool = False,
    packed: Packing | None = None,
    fresh_id: Callable[[], str] = new_id,
) -> tuple[Action, bool]:
    """A call that a rule approves, taken for dispatch as it is proposed: one row written once.

    The live action of the same call and False, or a new one, reserved as by `claim`, and True. Caps are the
    caller's to check (`counting.cap_hit`), in the same transaction. Not for a safe retry: whether its first
    send is still unknown is a condition of `claim`. `is_new`: the caller found that the call has no action.
    `packed`: it is a campaign's part, whose texts are kept in one row: no `recipients` and `texts` are given.

    Raises:
        RequestIdReusedError: see `propose`.
        IdTakenError: `fresh_id` has no other id (`actions.only`).
    """
    decided = {"decided_at": now, "decided_by": by, "channel": channel, "rule": rule}
    started = decided | _held(owner, now, lease_seconds)
    if is_new:
        action, created = propose_new(conn, proposal, now, fresh_id=fresh_id, started=started), True
    else:
        action, created = propose(conn, proposal, now, fresh_id=fresh_id, started=started)
    if created and packed is not None:
        recount(conn, action, NOTHING)
        pack_texts(conn, action, packed, now)
    elif created:
        _reserve(conn, action, recipients, texts, now)
    return action, created


def claim(  # noqa: PLR0913 - one transaction checks all of it, or it is no guard
    conn: Connection,
    action_id: str,
    *,
    owner: str,
    now: datetime,
    lease_seconds: float,
    caps: Caps = NO_CAPS,
    recipients: Sequence[str] = (),
    texts: Sequence[Texted] = (),
) -> Action | CapHit | None:
    """Take an approved action for dispatch, and reserve its points, recipients and texts.

    `recipients` are keyed hashes, one for each text; `texts` is what each will see. `CapHit`: a limit would
    be passed, nothing changed. None: it is not approved (any more), or the approval expired.
    """
    hit = None if caps == NO_CAPS else _cap_hit(conn, action_id, caps, recipients, now)
    if hit is not None:
        return hit
    taken = _take(conn, action_id, owner, now, lease_seconds)
    if taken is not None:
        _reserve(conn, taken, recipients, texts, now)
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
) -> Action | None:
    """Record the outcome, once, by the owner; also when the answer came after the lease ran out.

    `failed` means certainly not done: it releases what was reserved. `unknown` keeps it. None: not this
    owner's, or finished or reconciled already.
    """
    values = {"outcome": outcome, "vendor_answer": vendor_answer, "batch_id": batch_id, "state": state}
    values |= {"points_final": points_final, "finished_at": now}
    after = compare_and_set(conn, _FINISH, action_id, held_by=owner, **values)
    if after is None:
        return None
    # Until now it counted with its estimate: only an outcome brings final points.
    _settle(conn, reserved(after), after)
    _settle_first(conn, after, now)
    _free_erased(conn, after)
    return after


def due(conn: Connection, now: datetime) -> bool:
    """Whether `reap` or `expire_due` would find something: a look that stops no writer."""
    return conn.scalar(_ANY_DUE, {"at_moment": now}) is not None


def reap(conn: Connection, now: datetime) -> list[Action]:
    """Turn every dispatch whose lease ran out into `unknown`; the actions as they are then."""
    found = conn.scalars(_ALL_ORPHANED, {"at_moment": now}).all()
    reaped = (compare_and_set(conn, _REAP, each, at_moment=now, state=State.UNKNOWN) for each in found)
    return [action for action in reaped if action is not None]


def reap_of_campaign(conn: Connection, campaign: str, tool: str, owner: str) -> list[Action]:
    """The same for a campaign's parts under way by others than this owner, whatever their leases say.

    Of whoever is alive after all the outcome is still taken.
    """
    found = conn.scalars(_OF_OTHERS, {"of_campaign": campaign, "by_tool": tool, "this_owner": owner}).all()
    reaped = (compare_and_set(conn, _REAP_NOW, each, state=State.UNKNOWN) for each in found)
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
    messages_erased: int = 0,
) -> Action | None:
    """Settle an unknown outcome: `by` whom and `how` it was found out. None when it is not unknown.

    `messages_erased` proves of an erasing that nothing of its booking is left: all that it cost comes back.
    Nor is it failed, and free to be done again, while a safe retry of it may have arrived, or while its owner
    may still post it: None then too.
    A batch id and final points that are known already stay when none are given.
    """
    if state is State.FAILED and conn.scalar(_OPEN_RETRY, {"first_id": action_id}) is not None:
        return None
    before = by_id(conn, action_id)
    if state is State.FAILED and before is not None and _may_be_posted(before, now):
        return None
    values: dict[str, object] = {"outcome": outcome, "reason": f"reconciled by {by}: {how}"}
    if batch_id:
        values["batch_id"] = batch_id
    if points_final is not None:
        values["points_final"] = points_final
    after = compare_and_set(conn, _RECONCILE, action_id, state=state, finished_at=now, **values)
    if before is None or after is None:
        return None
    _settle(conn, counts(before), after)
    _settle_first(conn, after, now)
    if after.state is State.SUCCEEDED and after.tool in ERASINGS:
        _erased_unseen(conn, after, messages_erased)
    _free_erased(conn, after)
    return after


def _may_be_posted(unknown: Action, now: datetime) -> bool:
    """Whether its owner, whom another has replaced, may come back and post it: its lease holds."""
    return unknown.finished_at is None and unknown.lease_until is not None and now < unknown.lease_until


def give_back(conn: Connection, *, erase_id: str, batch_id: str, points: Decimal, messages: int = 0) -> bool:
    """Subtract the points of an erased booking from what its send counts with, once for each erase action.

    Never more than the send counts. Its recipients and their texts come back when all of its `messages` were
    erased and all it cost was returned: of a part nobody can tell whose they were. False: this erase gave
    back already, or no action of ours has the batch.
    """
    before = by_batch(conn, batch_id)
    if before is None:
        return False
    erased(conn, batch_id)
    unpack_texts(conn, before.id)
    if compare_and_set(conn, _GIVE_BACK, erase_id, points_given_back=points) is None:
        return False
    returned = before.points_returned + points
    after = compare_and_set(conn, _RETURN_POINTS, before.id, points_returned=returned)
    if after is not None:
        recount(conn, after, counts(before))
        if after.state is State.SUCCEEDED and messages >= after.recipients and not counted_points(after):
            return_recipients(conn, after)
            forget(conn, after.id)
            take_off_time(conn, after.id)
    return True


def _erased_unseen(conn: Connection, erasing: Action, messages: int) -> None:
    """An erasing whose answer nobody saw: where nothing is left of its booking, as if it had been seen."""
    booking = by_batch(conn, erasing.target) if messages else None
    if booking is None:
        erased(conn, erasing.target)
        return
    points = counted_points(booking)
    give_back(conn, erase_id=erasing.id, batch_id=erasing.target, points=points, messages=messages)


def erased(conn: Connection, batch_id: str) -> None:
    """A booking that was erased, in part even, is not done any more: the same call books it again.

    Of a part nobody can tell whose texts went: they stay remembered, so that the question says so. One whose
    outcome is not known stays the answer to its call until it is.
    """
    booking = by_batch(conn, batch_id)
    if booking is not None:
        compare_and_set(conn, _FREE, booking.id, live_key=None)


def _free_erased(conn: Connection, known: Action) -> None:
    """What was erased before its outcome was known is not done now that it is."""
    # Without a batch nothing can be erased: a campaign's start hands its points on to its parts.
    if known.batch_id and known.points_returned:
        compare_and_set(conn, _FREE, known.id, live_key=None)


def _cap_hit(
    conn: Connection, action_id: str, caps: Caps, recipients: Sequence[str], now: datetime
) -> CapHit | None:
    approved = fetch_one(conn, _APPROVED, {"wanted_id": action_id, "at_moment": now})
    return None if approved is None else cap_hit(conn, approved, caps, recipients, now)


def _take(conn: Connection, action_id: str, owner: str, now: datetime, lease_seconds: float) -> Action | None:
    return compare_and_set(conn, _TAKE, action_id, at_moment=now, **_held(owner, now, lease_seconds))


def _held(owner: str, now: datetime, lease_seconds: float) -> dict[str, object]:
    """What an action has while its owner may post it."""
    lease = now + timedelta(seconds=lease_seconds)
    held: dict[str, object] = {"state": State.DISPATCHING, "owner": owner}
    held |= {"lease_until": lease, "dispatched_at": now}
    # An approval is good for one claim.
    return held | {"seal": ""}


def _reserve(
    conn: Connection, taken: Action, recipients: Sequence[str], texts: Sequence[Texted], now: datetime
) -> None:
    recount(conn, taken, NOTHING)
    reserve_texts(conn, taken.id, recipients, now)
    remember(conn, taken.id, texts, now)


def _settle(conn: Connection, before: Counts, after: Action) -> None:
    recount(conn, after, before)
    if after.state is State.FAILED:
        _forget_texts(conn, after)


def _forget_texts(conn: Connection, failed: Action) -> None:
    if take_packed(conn, failed.id) is None:
        release_texts(conn, failed.id)
        forget(conn, failed.id)


def _settle_first(conn: Connection, retry: Action, now: datetime) -> None:
    """After a safe retry succeeded, everybody has the text of the send that it repeats: never again, then.

    The retry skips who had it. Where it was charged in full nobody had it, so the first one cost nothing.
    """
    if not retry.retry_of or retry.state is not State.SUCCEEDED:
        return
    how = f"safe retry {retry.id}: who did not have the text got it then"
    reconcile(
        conn,
        retry.retry_of,
        state=State.SUCCEEDED,
        by="server",
        how=how,
        outcome=json.dumps({"reconciled": how}),
        now=now,
        points_final=Decimal(0) if retry.points_final == retry.points else None,
    )
