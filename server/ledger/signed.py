"""What a browser brought of a passkey, before anybody believes it."""

from dataclasses import dataclass


class NotSignedError(Exception):
    """It is not what this passkey's holder signed here, for this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """The assertion as JSON, and the origin of the page that asked for it."""

    assertion: str
    origin: str
