"""What a page asks a browser's passkey: to sign an approval, or to be registered."""

import hashlib
import json
import secrets
from dataclasses import dataclass

from server.console.site import Site
from server.ledger.passkeys import assertions, were_reset
from server.settings.page_address import HOST
from server.store.actions import Action
from server.store.keys import keyed
from server.store.passkeys import Passkey
from tools.sentence import Sentence, sentence

LONGEST_ASSERTION = 16 * 1024
LONGEST_LABEL = 60
_MS = 60_000
_ALGORITHMS = (-8, -7, -257)
"""EdDSA, ES256 and RS256, as COSE numbers them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Options for the browser as JSON, and whether nothing else counts."""

    options: str
    needed: bool
    hindrance: Sentence | None = None
    """Why this person cannot approve it now; then there are no options."""


class Signing:
    """The passkeys of one page."""

    def __init__(self, site: Site) -> None:
        self._site = site

    async def offer(self, entry: Action, person: str) -> Offer | None:
        """What their passkeys are to sign to approve this, or why they cannot; None where none is asked."""
        refused = self._site.parts.book.never_counts(entry, person)
        if refused is not None:
            return Offer(options="", needed=True, hindrance=_not_now(refused.why))
        rule = self._site.parts.book.passkeys
        known = [] if rule.mode == "off" else await self._site.parts.passkeys.held()
        held = [each for each in known if each.person == person]
        needed = rule.needs(entry)
        hindrance = await self._hindrance(held) if held or needed else None
        if hindrance is not None or not (held or needed):
            return Offer(options="", needed=True, hindrance=hindrance) if needed else None
        library = assertions()
        challenge = library.challenge_of(entry, library.preview_digest(entry))
        return Offer(options=json.dumps(_asked(challenge, held)), needed=needed)

    async def _hindrance(self, held: list[Passkey]) -> Sentence | None:
        until = await self._site.parts.passkeys.resting_until()
        if until is not None:
            return _not_now(were_reset(until))
        return None if held else _not_now(_NONE_HELD)

    async def registration(self, session: str, person: str, nonce: str, held: list[Passkey]) -> str:
        """What is asked to register one: of a registered one first, where there is any."""
        challenge = await self.challenge(session, nonce)
        create = {
            "challenge": _written(challenge),
            "rp": {"id": HOST, "name": "Campaign Ops"},
            "user": {
                "id": _written(_handle(person)),
                "name": person,
                "displayName": person,
            },
            "pubKeyCredParams": [{"type": "public-key", "alg": each} for each in _ALGORITHMS],
            "excludeCredentials": _named(held),
            "authenticatorSelection": {"userVerification": "required", "residentKey": "preferred"},
            "attestation": "none",
            "timeout": _MS,
        }
        return json.dumps({"create": create, "get": _asked(challenge, held) if held else None})

    async def challenge(self, session: str, nonce: str) -> bytes:
        """Of a registration: known to this browser's form alone, and kept nowhere."""
        key = await self._site.parts.memory.keeper.key()
        return bytes.fromhex(keyed(key, "passkey registration", f"{session} {nonce}"))


_NONE_HELD = sentence("it needs a passkey, and none of yours is registered here.")


def _not_now(reason: Sentence) -> Sentence:
    return sentence("It cannot be approved now: {reason}", reason=reason)


def new_nonce() -> str:
    """For one form."""
    return secrets.token_urlsafe(16)


def _handle(person: str) -> bytes:
    """The same for the same person, and not their name."""
    return hashlib.sha256(person.encode()).digest()


def _asked(challenge: bytes, held: list[Passkey]) -> dict[str, object]:
    return {
        "challenge": _written(challenge),
        "rpId": HOST,
        "allowCredentials": _named(held),
        "userVerification": "required",
        "timeout": _MS,
    }


def _named(held: list[Passkey]) -> list[dict[str, str]]:
    return [{"type": "public-key", "id": each.credential} for each in held]


def _written(value: bytes) -> str:
    return assertions().bytes_to_base64url(value)
