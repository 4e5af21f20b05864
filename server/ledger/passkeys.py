"""Which approvals need a passkey, and whether one signed what is about to be done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import ModuleType
from typing import Literal

from server.ledger.refusals import ApprovalRefusedError
from server.ledger.signed import NotSignedError, Signed, preview_digest
from server.store.actions import BY_PERSONS, Action, State
from server.store.ledger import get
from server.store.passkeys import (
    Evidence,
    Passkey,
    add_evidence,
    every_evidence,
    every_passkey,
    evidence_of,
    note_use,
    passkeys_in_force,
    removed_at,
)
from server.store.plans import Connection
from tools.operation import Risk
from tools.sentence import Sentence, sentence
from tools.taipei import iso

Mode = Literal["off", "offered", "required"]
WAIT = timedelta(hours=24)
"""How long after a reset nothing is approved by passkey: whoever lost theirs has time to notice."""


class PasskeyError(ApprovalRefusedError):
    """An approval that needs a passkey's signature has none that counts: nothing is approved."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PasskeyRule:
    """What the operator wants signed."""

    mode: Mode = "off"
    above_points: Decimal | None = None
    for_destroy: bool = False

    @property
    def needs_some(self) -> bool:
        """Whether there is anything that counts with a passkey alone."""
        return self.mode == "required" or self.above_points is not None or self.for_destroy

    def needs(self, action: Action) -> bool:
        """Whether a person's yes to this counts with a passkey alone."""
        if self.mode != "offered":
            return self.mode == "required"
        above = self.above_points is not None and action.points > self.above_points
        return above or (self.for_destroy and action.risk == Risk.DESTROY)

    def sign(self, conn: Connection, action: Action, signed: Signed | None, now: datetime) -> None:
        """Check and keep the evidence of this approval, in its own step.

        Raises:
            PasskeyError: it is needed and missing, or does not count.
        """
        if signed is None:
            if self.needs(action):
                raise PasskeyError(_NEEDED)
            return
        until = resting_until(conn, now)
        if until is not None:
            raise PasskeyError(were_reset(until))
        _keep(conn, action, signed, now)

    def holds(self, conn: Connection, action: Action) -> bool:
        """Whether what was approved may be claimed, as far as passkeys go."""
        if self.mode == "off" or action.state is not State.APPROVED or action.channel not in BY_PERSONS:
            return True
        evidence = evidence_of(conn, action.id)
        if evidence is None:
            return not self.needs(action)
        key = _signer(passkeys_in_force(conn), evidence)
        return key is not None and key.person == action.decided_by and _stands(action, evidence, whole=True)


def resting_until(conn: Connection, now: datetime) -> datetime | None:
    """Until when no passkey approves anything, since they were reset; None where they do."""
    reset = removed_at(conn)
    return reset + WAIT if reset is not None and now < reset + WAIT else None


def were_reset(until: datetime) -> Sentence:
    """Why no passkey approves anything now."""
    return sentence("passkeys were reset, and nothing is approved with one until {time}.", time=iso(until))


def unsigned(conn: Connection) -> list[str]:
    """The actions whose evidence does not stand: it is not what a registered passkey signed for them."""
    found: list[str] = []
    known = every_passkey(conn)
    for evidence in list(every_evidence(conn)):
        action = get(conn, evidence.action_id)
        # A preview may be reduced by now; the digest of what was shown stands in the evidence.
        stands = action is not None and _stands(action, evidence, whole=False)
        if not stands or _signer(known, evidence) is None:
            found.append(evidence.action_id)
    return found


def _keep(conn: Connection, action: Action, signed: Signed, now: datetime) -> None:
    library = assertions()
    key = key_of(passkeys_in_force(conn), signed)
    if key is None:
        raise PasskeyError(_NOT_HERE)
    if key.person != action.decided_by:
        raise PasskeyError(_NOT_YOURS)
    evidence = Evidence(
        action_id=action.id,
        credential=key.credential,
        public_key=key.public_key,
        preview_digest=preview_digest(action),
        origin=signed.origin,
        assertion=signed.assertion,
        signed_at=now,
    )
    try:
        used = library.check(action, evidence, used=key.used)
    except NotSignedError:
        raise PasskeyError(_NOT_THIS) from None
    add_evidence(conn, evidence)
    note_use(conn, evidence.credential, used)


def key_of(passkeys: list[Passkey], signed: Signed) -> Passkey | None:
    """The one of these that an assertion says that it is of."""
    credential = assertions().credential_of(signed.assertion)
    return next((each for each in passkeys if each.credential == credential), None)


def _signer(passkeys: list[Passkey], evidence: Evidence) -> Passkey | None:
    """The one of these that could sign this, by when it was registered and taken away."""
    for each in passkeys:
        is_it = (each.credential, each.public_key) == (evidence.credential, evidence.public_key)
        gone = each.removed_at is not None and each.removed_at < evidence.signed_at
        if is_it and each.registered_at <= evidence.signed_at and not gone:
            return each
    return None


def _stands(action: Action, evidence: Evidence, *, whole: bool) -> bool:
    try:
        assertions().check(action, evidence, whole=whole)
    except NotSignedError:
        return False
    return True


def assertions() -> ModuleType:
    """The checks, whose library takes a tenth of a second to import: only who uses passkeys waits for it."""
    from server.ledger import assertions as checks  # noqa: PLC0415 - the door

    return checks


_NEEDED = sentence("it needs a passkey, which only the page for people asks for.")
_NOT_HERE = sentence("this passkey is not registered here, or was reset.")
_NOT_YOURS = sentence("this passkey is somebody else's than who is signed in.")
_NOT_THIS = sentence("what the passkey signed is not the approval of exactly this.")
