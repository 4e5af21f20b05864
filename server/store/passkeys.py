"""Passkeys of people, and the evidence that one of them signed what was approved."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from server.store.covered import CoveredRows
from server.store.passkey_tables import APPROVAL_EVIDENCE, PASSKEYS
from server.store.plans import Connection

KEYS = CoveredRows(PASSKEYS)
EVIDENCE = CoveredRows(APPROVAL_EVIDENCE)


class Passkey(NamedTuple):
    """One passkey. `credential` and `public_key` are base64url; `used` is the authenticator's own count."""

    credential: str
    person: str
    label: str
    public_key: str
    used: int
    registered_at: datetime
    removed_at: datetime | None = None


class Evidence(NamedTuple):
    """What a passkey signed for the approval of an action; `assertion` is JSON, as the browser gave it."""

    action_id: str
    credential: str
    public_key: str
    preview_digest: str
    origin: str
    assertion: str
    signed_at: datetime


_IN_FORCE = select(PASSKEYS).where(PASSKEYS.c.removed_at.is_(None)).order_by(PASSKEYS.c.registered_at)
_ALL_KEYS = select(PASSKEYS).order_by(PASSKEYS.c.registered_at)
_BEFORE = select(*KEYS.columns).where(
    PASSKEYS.c.credential == bindparam("of_credential"), PASSKEYS.c.removed_at.is_(None)
)
_USED = (
    update(PASSKEYS)
    .where(PASSKEYS.c.credential == bindparam("of_credential"))
    .values(used=bindparam("new_used"))
    .returning(*KEYS.columns)
)
_REMOVE = (
    update(PASSKEYS)
    .where(PASSKEYS.c.credential == bindparam("of_credential"))
    .values(removed_at=bindparam("at_moment", type_=PASSKEYS.c.removed_at.type))
    .returning(*KEYS.columns)
)
_RESET = select(func.max(PASSKEYS.c.removed_at, type_=PASSKEYS.c.removed_at.type))
_OF_ACTION = select(APPROVAL_EVIDENCE).where(APPROVAL_EVIDENCE.c.action_id == bindparam("of_action"))
_EVERY = select(APPROVAL_EVIDENCE).order_by(APPROVAL_EVIDENCE.c.action_id)


def passkeys_in_force(conn: Connection) -> list[Passkey]:
    """Those that can sign, the oldest first."""
    return [Passkey(*row) for row in conn.execute(_IN_FORCE)]


def every_passkey(conn: Connection) -> list[Passkey]:
    """Those too that were taken away, the oldest first."""
    return [Passkey(*row) for row in conn.execute(_ALL_KEYS)]


def add_passkey(conn: Connection, passkey: Passkey) -> None:
    """Keep a passkey whose credential is new."""
    KEYS.insert(conn, passkey._asdict())


def note_use(conn: Connection, credential: str, used: int) -> None:
    """The authenticator's count, so that a copy of it is known by a lower one."""
    before = conn.execute(_BEFORE, {"of_credential": credential}).one()
    after = conn.execute(_USED, {"of_credential": credential, "new_used": used}).one()
    KEYS.updated(conn, before, after)


def remove_all(conn: Connection, now: datetime) -> int:
    """None of them can sign any more; how many there were."""
    held = passkeys_in_force(conn)
    for each in held:
        before = conn.execute(_BEFORE, {"of_credential": each.credential}).one()
        after = conn.execute(_REMOVE, {"of_credential": each.credential, "at_moment": now}).one()
        KEYS.updated(conn, before, after)
    return len(held)


def removed_at(conn: Connection) -> datetime | None:
    """When passkeys were reset last."""
    return conn.scalar(_RESET)


def add_evidence(conn: Connection, evidence: Evidence) -> None:
    """Keep what was signed for an action that has no such evidence yet."""
    EVIDENCE.insert(conn, evidence._asdict())


def evidence_of(conn: Connection, action_id: str) -> Evidence | None:
    """What was signed for this action."""
    row = conn.execute(_OF_ACTION, {"of_action": action_id}).one_or_none()
    return None if row is None else Evidence(*row)


def every_evidence(conn: Connection) -> Iterator[Evidence]:
    """All that was signed, an action at a time."""
    return (Evidence(*row) for row in conn.stream(_EVERY))
