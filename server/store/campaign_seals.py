"""The seal of a campaign: a keyed MAC over what this program wrote of it, all but who carries it out.

Whoever can write the store, and has not the audit's key, can then neither start a campaign nor change what a
person agreed to. What something else changed stays unsealed, whatever this program changes of it later.
"""

import hmac
import json
from collections.abc import Sequence
from typing import Protocol

from server.store.keys import keyed


class Sealable(Protocol):
    """A row with a seal."""

    @property
    def seal(self) -> str:
        """As it stands in the row."""
        ...

    @property
    def content(self) -> Sequence[str]:
        """What the seal is made of."""
        ...


def is_sealed(key: bytes, row: Sealable) -> bool:
    """Whether this program wrote the row as it stands."""
    return hmac.compare_digest(seal_of(key, row).encode(), row.seal.encode())


def seal_of(key: bytes, row: Sealable) -> str:
    """The seal of a row, in hexadecimal."""
    return keyed(key, "seal", json.dumps(["campaign", *row.content]))
