"""From the first call to the decision: propose, find again, approve, deny, let expire."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, or_, select

from server.store.actions import (
    APPROVAL_TIME,
    REPLAY_WINDOW,
    Action,
    CallKey,
    Proposal,
    RequestIdReusedError,
    State,
    new_id,
)
from server.store.rows import (
    actions_where,
    by_id,
    compare_and_set,
    fetch,
    fetch_one,
    in_state,
    live_key,
    taipei_day,
)
from server.store.schema import ACTIONS

_UNDECIDED = in_state(State.PROPOSED, State.APPROVED)


def find_live(conn: Connection, key: CallKey, now: datetime) -> Action | None:
    """The action that this call would find again, without changing anything.

    Live are: proposed and approved until they expire, dispatching and unknown for ever, succeeded for
    24 hours from the proposal.
    """
    found = fetch_one(conn, ACTIONS.c.live_key == live_key(key))
    return found if found is not None and _is_live(found, now) else None


def propose(
    conn: Connection, proposal: Proposal, now: datetime, *, fresh_id: Callable[[], str] = new_id
) -> tuple[Action, bool]:
    """The live action of the same call and False, or a new action and True.

    Raises:
        RequestIdReusedError: the request_id named another call of this principal and tool.
    """
    _retire(conn, proposal.key, now)
    live = find_live(conn, proposal.key, now)
    if live is not None:
        return live, False
    _refuse_reused_request_id(conn, proposal.key, now)
    return _insert(conn, proposal, now, _unused_id(conn, fresh_id)), True


def approve(  # noqa: PLR0913 - who, how and by which rule are facts of one decision
    conn: Connection,
    action_id: str,
    *,
    by: str,
    channel: str,
    rule: str,
    now: datetime,
    expires_at: datetime | None = None,
) -> Action | None:
    """Approve what is proposed and not expired; None when it is neither. `expires_at` replaces the expiry."""
    expiry = {} if expires_at is None else {"expires_at": expires_at}
    decision = {"decided_at": now, "decided_by": by, "channel": channel, "rule": rule, **expiry}
    return compare_and_set(conn, action_id, *_proposed_at(now), state=State.APPROVED, **decision)


def deny(  # noqa: PLR0913 - who, how and why are facts of one decision
    conn: Connection, action_id: str, *, by: str, channel: str, reason: str, now: datetime
) -> Action | None:
    """Deny what is proposed and not expired; None when it is neither."""
    decision = {"decided_at": now, "decided_by": by, "channel": channel, "reason": reason}
    return compare_and_set(conn, action_id, *_proposed_at(now), state=State.DENIED, **decision)


def void(conn: Connection, action_id: str, *, reason: str) -> Action | None:
    """Expire a proposal or an approval at once, because what the person saw is no longer true."""
    return compare_and_set(conn, action_id, _UNDECIDED, state=State.EXPIRED, reason=reason)


def expire_due(conn: Connection, now: datetime) -> list[Action]:
    """Expire every proposal and approval whose time is over; the actions as they are then."""
    due = conn.scalars(select(ACTIONS.c.id).where(_UNDECIDED, ACTIONS.c.expires_at < now)).all()
    expired = (_expire(conn, action_id, now) for action_id in due)
    return [action for action in expired if action is not None]


def waiting(conn: Connection, now: datetime) -> list[Action]:
    """The proposals that wait for a person, oldest first."""
    query = actions_where(*_proposed_at(now))
    return fetch(conn, query.order_by(ACTIONS.c.sequence))


def _proposed_at(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return in_state(State.PROPOSED), ACTIONS.c.expires_at >= now


def _is_live(action: Action, now: datetime) -> bool:
    if action.state in (State.PROPOSED, State.APPROVED):
        return action.expires_at >= now
    if action.state is State.SUCCEEDED:
        return action.created_at > now - REPLAY_WINDOW
    return action.state in (State.DISPATCHING, State.UNKNOWN)


def _retire(conn: Connection, key: CallKey, now: datetime) -> None:
    """Free the key of a call whose action is no longer live."""
    held = fetch_one(conn, ACTIONS.c.live_key == live_key(key))
    if held is None or _is_live(held, now):
        return
    _expire(conn, held.id, now)
    compare_and_set(conn, held.id, live_key=None)


def _expire(conn: Connection, action_id: str, now: datetime) -> Action | None:
    lapsed = (_UNDECIDED, ACTIONS.c.expires_at < now)
    return compare_and_set(conn, action_id, *lapsed, state=State.EXPIRED)


def _refuse_reused_request_id(conn: Connection, key: CallKey, now: datetime) -> None:
    if not key.request_id:
        return
    recent = or_(ACTIONS.c.created_at > now - REPLAY_WINDOW, in_state(State.DISPATCHING, State.UNKNOWN))
    other = fetch_one(
        conn,
        ACTIONS.c.principal == key.principal,
        ACTIONS.c.request_id == key.request_id,
        ACTIONS.c.tool == key.tool,
        ACTIONS.c.digest != key.digest,
        recent,
    )
    if other is not None:
        raise RequestIdReusedError(other.id)


def _unused_id(conn: Connection, fresh_id: Callable[[], str]) -> str:
    action_id = fresh_id()
    while by_id(conn, action_id) is not None:
        action_id = fresh_id()
    return action_id


def _insert(conn: Connection, proposal: Proposal, now: datetime, action_id: str) -> Action:
    values = asdict(proposal) | {
        "id": action_id,
        "sequence": conn.scalars(select(func.coalesce(func.max(ACTIONS.c.sequence), 0) + 1)).one(),
        "live_key": live_key(proposal.key),
        "day": taipei_day(now),
        "state": State.PROPOSED,
        "created_at": now,
        "expires_at": proposal.expires_at or now + APPROVAL_TIME,
    }
    conn.execute(insert(ACTIONS).values(values))
    return fetch(conn, actions_where(ACTIONS.c.id == action_id))[0]
