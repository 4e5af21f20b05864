"""What a browser brought of a passkey, before anybody believes it; and the name of what it signs."""

import hashlib
from dataclasses import dataclass

from server.store.actions import Action


class NotSignedError(Exception):
    """It is not what this passkey's holder signed here, for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The assertion as JSON, and the origin of the page that asked for it."""

    assertion: str
    origin: str


def preview_digest(action: Action) -> str:
    """Of the frozen preview, in hexadecimal."""
    return hashlib.sha256(action.preview.encode()).hexdigest()
