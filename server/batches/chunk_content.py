"""Whom a chunk is for, as one compressed and encrypted text of the store."""

import json
import zlib
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from server.batches.numbers import NumberSeal

_LEVEL = 1
"""Of the compression: numbers and names shrink to a third with it, three times as fast as by default."""


class Addressee(NamedTuple):
    """One recipient: E.164, the values of the text's columns, and when; None is at once."""

    mobile: str
    values: Sequence[str]
    send_at: datetime | None


def place_of(campaign: str, number: int) -> str:
    """Where a chunk's content opens, and nowhere else."""
    return f"{campaign} {number}"


def packed(those: Sequence[Addressee]) -> bytes:
    """The recipients as bytes: the same for the same, so that they can be hashed."""
    written = json.dumps(those, ensure_ascii=False, separators=(",", ":"), default=datetime.isoformat)
    return zlib.compress(written.encode(), _LEVEL)


def opened(sealed: str, campaign: str, number: int, seal: NumberSeal) -> list[Addressee]:
    """The recipients of a chunk.

    Raises:
        SealedNumberError: it was sealed for another place, or with another key.
    """
    rows = json.loads(zlib.decompress(seal.open_content(sealed, place_of(campaign, number))))
    return [
        Addressee(mobile, tuple(values), at and datetime.fromisoformat(at)) for mobile, values, at in rows
    ]
