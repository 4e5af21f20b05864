"""From the first call to the decision: propose, find again, approve, deny, let expire."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from types import MappingProxyType

from sqlalchemy import and_, bindparam, false, func, or_, select
from sqlalchemy.dialects import postgresql, sqlite

from server.store.actions import (
    APPROVAL_TIME,
    CHANGE_ASKED,
    FORM,
    REPLAY_WINDOW,
    UNDECIDED,
    Action,
    CallKey,
    Proposal,
    RequestIdReusedError,
    State,
    new_id,
)
from server.store.plans import Connection
from server.store.rows import (
    AT,
    WHOLE,
    Seal,
    actions_where,
    compare_and_set,
    fetch,
    fetch_one,
    first_where,
    in_state,
    live_key,
    step,
    stepped,
    taipei_day,
)
from server.store.schema import ACTIONS

_UNDECIDED = in_state(*UNDECIDED)
_WAITING = and_(in_state(State.PROPOSED), ACTIONS.c.expires_at >= AT)
LAPSED = and_(_UNDECIDED, ACTIONS.c.expires_at < AT)
"""The condition that the time of a proposal or an approval is over."""

_APPROVE = step(_WAITING)
_APPROVE_BY_FORM = step(_WAITING, ACTIONS.c.out_of_band.is_(false()))
_DENY = step(_UNDECIDED, ACTIONS.c.expires_at >= AT)
_SEND_OUT_OF_BAND = step(_WAITING)
_VOID = step(_UNDECIDED)
_EXPIRE = step(LAPSED)
_FREE = step()

HOLDER = actions_where(ACTIONS.c.live_key == bindparam("wanted_key"))
_ALL_LAPSED = select(ACTIONS.c.id).where(LAPSED)
_ALL_UNDECIDED = actions_where(_UNDECIDED)
_ALL_WAITING = actions_where(_WAITING).order_by(ACTIONS.c.sequence)
_WAITING_PAGE = _ALL_WAITING.limit(bindparam("so_many")).offset(bindparam("after"))
_COUNT_WAITING = select(func.count()).select_from(ACTIONS).where(_WAITING)
_SAME_REQUEST = first_where(
    ACTIONS.c.principal == bindparam("wanted_principal"),
    ACTIONS.c.request_id == bindparam("wanted_request"),
    ACTIONS.c.tool == bindparam("wanted_tool"),
    ACTIONS.c.digest != bindparam("other_digest"),
    or_(ACTIONS.c.created_at > AT, in_state(State.DISPATCHING, State.UNKNOWN)),
)

_NEXT = {"sequence": select(func.coalesce(func.max(ACTIONS.c.sequence), 0) + 1).scalar_subquery()}
_INSERT = {
    # An id that is taken inserts nothing; any other conflict is an error.
    dialect.__name__.rpartition(".")[2]: dialect.insert(ACTIONS)
    .values(_NEXT)
    .on_conflict_do_nothing(index_elements=[ACTIONS.c.id])
    .returning(*WHOLE)
    for dialect in (sqlite, postgresql)
}
_NOT_STARTED: Mapping[str, object] = MappingProxyType({})
_PROPOSED = tuple(field.name for field in fields(Proposal))


def find_live(conn: Connection, key: CallKey, now: datetime) -> Action | None:
    """The action that this call would find again, without changing anything.

    Live are: proposed and approved until they expire, dispatching and unknown for ever; for 24 hours from
    the proposal what succeeded, and what a person wants to be changed.
    """
    found = _holder(conn, live_key(key))
    return found if found is not None and _is_live(found, now) else None


def propose(  # noqa: PLR0913 - the facts of one step
    conn: Connection,
    proposal: Proposal,
    now: datetime,
    *,
    fresh_id: Callable[[], str] = new_id,
    started: Mapping[str, object] = _NOT_STARTED,
    sealed_by: Seal | None = None,
) -> tuple[Action, bool]:
    """The live action of the same call and False, or a new action and True.

    `started` is what a new action has besides, when it is begun in the same step (`dispatch.begin`);
    `sealed_by` gives a new one its seal.

    Raises:
        RequestIdReusedError: the request_id named another call of this principal and tool.
    """
    key = live_key(proposal.key)
    held = _holder(conn, key)
    if held is not None:
        if _is_live(held, now):
            return held, False
        _retire(conn, held, now)
    made = propose_new(conn, proposal, now, fresh_id=fresh_id, started=started, sealed_by=sealed_by)
    return made, True


def propose_new(  # noqa: PLR0913 - as above
    conn: Connection,
    proposal: Proposal,
    now: datetime,
    *,
    fresh_id: Callable[[], str] = new_id,
    started: Mapping[str, object] = _NOT_STARTED,
    sealed_by: Seal | None = None,
) -> Action:
    """The same for a call that has no action, as was found out in this transaction."""
    _refuse_reused_request_id(conn, proposal.key, now)
    values = {**_values(proposal, live_key(proposal.key), now), **started}
    return _insert(conn, values, fresh_id, sealed_by)


def approve(  # noqa: PLR0913 - who, how and by which rule are facts of one decision
    conn: Connection,
    action_id: str,
    *,
    by: str,
    channel: str,
    rule: str,
    now: datetime,
    expires_at: datetime | None = None,
    sealed_by: Seal | None = None,
) -> Action | None:
    """Approve what is proposed and not expired; None when it is neither. `expires_at` replaces the expiry.

    Through a `FORM` only what was not sent out of band: a host's quick answer must not be followed by a
    slower one.
    """
    expiry = {} if expires_at is None else {"expires_at": expires_at}
    decision = {"decided_at": now, "decided_by": by, "channel": channel, "rule": rule, **expiry}
    change = _APPROVE_BY_FORM if channel == FORM else _APPROVE
    return compare_and_set(
        conn, change, action_id, sealed_by, at_moment=now, state=State.APPROVED, **decision
    )


def deny(  # noqa: PLR0913 - who, how and why are facts of one decision
    conn: Connection, action_id: str, *, by: str, channel: str, reason: str, now: datetime, rule: str = ""
) -> Action | None:
    """Deny what is not claimed and not expired, approved or not: a no vetoes. None when it is too late."""
    decision = {"decided_at": now, "decided_by": by, "channel": channel, "rule": rule, "reason": reason}
    return compare_and_set(conn, _DENY, action_id, at_moment=now, state=State.DENIED, **decision)


def send_out_of_band(
    conn: Connection, action_id: str, *, now: datetime, sealed_by: Seal | None = None
) -> Action | None:
    """Leave what is proposed to another place: no form can approve it any more. None when it is decided."""
    return compare_and_set(conn, _SEND_OUT_OF_BAND, action_id, sealed_by, at_moment=now, out_of_band=True)


def void(conn: Connection, action_id: str, *, reason: str) -> Action | None:
    """Expire a proposal or an approval at once, because what the person saw is no longer true."""
    return compare_and_set(conn, _VOID, action_id, state=State.EXPIRED, reason=reason)


def expire_due(conn: Connection, now: datetime) -> list[Action]:
    """Expire every proposal and approval whose time is over; the actions as they are then."""
    due = conn.scalars(_ALL_LAPSED, {"at_moment": now}).all()
    expired = (_expire(conn, action_id, now) for action_id in due)
    return [action for action in expired if action is not None]


def undecided(conn: Connection) -> list[Action]:
    """Everything that is proposed or approved, expired or not."""
    return fetch(conn, _ALL_UNDECIDED)


def waiting(conn: Connection, now: datetime) -> list[Action]:
    """The proposals that wait for a person, oldest first."""
    return fetch(conn, _ALL_WAITING, {"at_moment": now})


def waiting_page(conn: Connection, now: datetime, page: int, size: int) -> tuple[list[Action], int, int]:
    """A page of them, its number from 1 and how many pages there are; beyond the end it is the last one."""
    pages = max(1, -(-(conn.scalar(_COUNT_WAITING, {"at_moment": now}) or 0) // size))
    number = min(max(1, page), pages)
    bounds = {"at_moment": now, "so_many": size, "after": (number - 1) * size}
    return fetch(conn, _WAITING_PAGE, bounds), number, pages


def _holder(conn: Connection, key: str) -> Action | None:
    """The key is compared with what the row says: else an approval could be lent to another call."""
    found = fetch_one(conn, HOLDER, {"wanted_key": key})
    return found if found is not None and live_key(_key_of(found)) == key else None


def _key_of(action: Action) -> CallKey:
    return CallKey(
        principal=action.principal, tool=action.tool, digest=action.digest, request_id=action.request_id
    )


def _is_live(action: Action, now: datetime) -> bool:
    if action.state in UNDECIDED:
        return action.expires_at >= now
    if action.state is State.SUCCEEDED or (action.state is State.DENIED and action.rule == CHANGE_ASKED):
        return action.created_at > now - REPLAY_WINDOW
    return action.state in (State.DISPATCHING, State.UNKNOWN)


def _retire(conn: Connection, held: Action, now: datetime) -> None:
    """Free the key of a call whose action is no longer live."""
    _expire(conn, held.id, now)
    compare_and_set(conn, _FREE, held.id, live_key=None)


def _expire(conn: Connection, action_id: str, now: datetime) -> Action | None:
    return compare_and_set(conn, _EXPIRE, action_id, at_moment=now, state=State.EXPIRED)


def _refuse_reused_request_id(conn: Connection, key: CallKey, now: datetime) -> None:
    if not key.request_id:
        return
    values = {
        "wanted_principal": key.principal,
        "wanted_request": key.request_id,
        "wanted_tool": key.tool,
        "other_digest": key.digest,
        "at_moment": now - REPLAY_WINDOW,
    }
    other = fetch_one(conn, _SAME_REQUEST, values)
    if other is not None:
        raise RequestIdReusedError(other.id)


def _values(proposal: Proposal, key: str, now: datetime) -> Mapping[str, object]:
    return {name: getattr(proposal, name) for name in _PROPOSED} | {
        "live_key": key,
        "day": taipei_day(now),
        "state": State.PROPOSED,
        "created_at": now,
        "expires_at": proposal.expires_at or now + APPROVAL_TIME,
    }


def _insert(
    conn: Connection,
    values: Mapping[str, object],
    fresh_id: Callable[[], str],
    sealed_by: Seal | None,
) -> Action:
    statement = _INSERT[conn.dialect.name]
    while True:
        made = stepped(conn, statement, {**values, "id": fresh_id()}, sealed_by=sealed_by)
        if made is not None:
            return made
