"""Numbers and names as the store keeps them: encrypted, with a key in a file of its own beside the audit's.

AES-GCM of the library `cryptography`; a sealed number belongs to its place, and opens nowhere else.
"""

import base64
import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class SealedNumberError(Exception):
    """A sealed number is damaged, or belongs to another place or key."""


@dataclass(frozen=True, slots=True)
class Who:
    """A number in E.164, and the name that came with it."""

    mobile: str
    name: str = ""


class NumberSeal:
    """Seals and opens with one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._cipher = AESGCM(key)

    def __reduce__(self) -> "tuple[type[NumberSeal], tuple[bytes]]":
        """For another process of ours: the cipher itself cannot be handed over."""
        return NumberSeal, (self._key,)

    def seal(self, who: Who, place: str) -> str:
        """The number and name, readable only with the key and at this place (a batch's id, say)."""
        return self.seal_each([who], place)[0]

    def seal_each(self, those: Sequence[Who], place: str) -> list[str]:
        """The same for many, in their order."""
        # The system is asked once for all: that costs as much as to seal.
        drawn = secrets.token_bytes(_NONCE_BYTES * len(those))
        nonces = (drawn[start : start + _NONCE_BYTES] for start in range(0, len(drawn), _NONCE_BYTES))
        bound = place.encode()
        return [
            self._sealed(nonce, json.dumps([who.mobile, who.name]).encode(), bound)
            for nonce, who in zip(nonces, those, strict=True)
        ]

    def open(self, sealed: str, place: str) -> Who:
        """What was sealed at this place.

        Raises:
            SealedNumberError: it was not, or not with this key.
        """
        mobile, name = json.loads(self.open_text(sealed, place))
        return Who(mobile, name)

    def who(self, sealed: str, place: str) -> Who | None:
        """The same; None where it cannot be read: one damaged number is no reason to tell nothing."""
        try:
            return self.open(sealed, place)
        except SealedNumberError:
            return None

    def mobiles(self, sealed: Iterable[tuple[str, str]]) -> tuple[str, ...]:
        """Of pairs of sealed number and place: the numbers that can be read, each once, in their order."""
        found = (self.who(*each) for each in sealed)
        return tuple(dict.fromkeys(each.mobile for each in found if each is not None))

    def seal_text(self, text: str, place: str) -> str:
        """The same for any text."""
        return self.seal_content(text.encode("utf-8", "surrogatepass"), place)

    def seal_content(self, content: bytes, place: str) -> str:
        """The same for bytes."""
        return self._sealed(secrets.token_bytes(_NONCE_BYTES), content, place.encode())

    def _sealed(self, nonce: bytes, content: bytes, place: bytes) -> str:
        return base64.b64encode(nonce + self._cipher.encrypt(nonce, content, place)).decode("ascii")

    def open_text(self, sealed: str, place: str) -> str:
        """What `seal_text` sealed.

        Raises:
            SealedNumberError: it was sealed elsewhere, or with another key.
        """
        return self.open_content(sealed, place).decode("utf-8", "surrogatepass")

    def open_content(self, sealed: str, place: str) -> bytes:
        """What `seal_content` sealed.

        Raises:
            SealedNumberError: as above.
        """
        try:
            content = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(content[:_NONCE_BYTES], content[_NONCE_BYTES:], place.encode())
        except (ValueError, InvalidTag):
            raise SealedNumberError("a number cannot be read with the key of the numbers.") from None
