"""What a passkey signs, checked: WebAuthn level 2, sections 7.1 and 7.2, by the library `webauthn`.

Imported late: the library takes as long to import as the tools take to be listed.
"""

import hashlib
import json
from dataclasses import dataclass

from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException

from server.ledger.signed import NotSignedError, Signed, preview_digest
from server.settings.page_address import HOST
from server.store.actions import Action
from server.store.passkeys import Evidence, Passkey

_WRONG = (WebAuthnException, ValueError, KeyError, TypeError)
"""What the library raises of what came from outside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """A new passkey, as it is kept."""

    credential: str
    public_key: str
    used: int


def challenge_of(action: Action, digest: str) -> bytes:
    """What is signed: this action, its call, and the preview that the person was shown, and nothing else."""
    named = ["campaign-ops-mcp approval", 1, action.id, action.principal, action.tool, action.digest, digest]
    return hashlib.sha256(json.dumps(named).encode()).digest()


def check(action: Action, evidence: Evidence, *, used: int = 0, whole: bool = True) -> int:
    """The authenticator's count, where the evidence is this action's approval by this passkey.

    `used` is its count before; 0 when what was signed once is looked at again. `whole`: the action's preview
    is as it was shown.

    Raises:
        NotSignedError: it is not.
    """
    if whole and evidence.preview_digest != preview_digest(action):
        raise NotSignedError("the preview is another one")
    signed = Signed(assertion=evidence.assertion, origin=evidence.origin)
    challenge = challenge_of(action, evidence.preview_digest)
    return _verified(signed, evidence.credential, evidence.public_key, challenge, used)


def agreed(signed: Signed, key: Passkey, challenge: bytes) -> int:
    """The authenticator's count, where this passkey's holder agreed to something else than an action.

    Raises:
        NotSignedError: they did not.
    """
    return _verified(signed, key.credential, key.public_key, challenge, key.used)


def _verified(signed: Signed, credential: str, public_key: str, challenge: bytes, used: int) -> int:
    try:
        found = verify_authentication_response(
            credential=signed.assertion,
            expected_challenge=challenge,
            expected_rp_id=HOST,
            expected_origin=signed.origin,
            credential_public_key=base64url_to_bytes(public_key),
            credential_current_sign_count=used,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise NotSignedError(str(error)) from None
    if bytes_to_base64url(found.credential_id) != credential:
        raise NotSignedError("it is another passkey's")
    return found.new_sign_count


def credential_of(assertion: str) -> str:
    """Which passkey an assertion says that it is of; '' where it says nothing."""
    try:
        said = json.loads(assertion)
        return str(said["id"])
    except (ValueError, KeyError, TypeError):
        return ""


def registered(response: str, challenge: bytes, origin: str) -> Registered:
    """A new passkey.

    Raises:
        NotSignedError: the answer is not one to this challenge, or its holder was not verified.
    """
    try:
        found = verify_registration_response(
            credential=response,
            expected_challenge=challenge,
            expected_rp_id=HOST,
            expected_origin=origin,
            require_user_verification=True,
        )
    except _WRONG as error:
        raise NotSignedError(str(error)) from None
    return Registered(
        credential=bytes_to_base64url(found.credential_id),
        public_key=bytes_to_base64url(found.credential_public_key),
        used=found.sign_count,
    )
