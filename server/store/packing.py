"""Keyed hashes of one part, joined into few texts: pure, so that it can be done away from the store.

Of each hash the marks have the first bytes alone; whoever looks for one reads the rest where they fit.
"""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

_HASH_DIGITS = 64
MARK_BYTES = 4
"""Of each hash: that two of 200,000 share it with a third by chance is rare, and costs one look more."""


@dataclass(frozen=True)
class Packing:
    """What one part texts, joined: the keyed hash of each text's number, and of each message by its time."""

    recipients: str
    recipient_marks: str
    messages: Mapping[datetime | None, str]
    """By the time that they are booked for; None is at once."""
    message_marks: str

    @cached_property
    def hashes(self) -> list[str]:
        """Of the numbers, in hexadecimal."""
        return parted(self.recipients)

    @cached_property
    def message_hashes(self) -> list[str]:
        """Of the messages, one time after the other."""
        return [each for those in self.messages.values() for each in parted(those)]


def packing(recipients: Sequence[bytes], messages: Iterable[tuple[bytes, datetime | None]]) -> Packing:
    """Join the hashes of a part's numbers, and those of its messages."""
    by_time: dict[datetime | None, list[bytes]] = {}
    for hashed, send_at in messages:
        by_time.setdefault(send_at, []).append(hashed)
    return Packing(
        recipients=_joined(recipients),
        recipient_marks=_marked(recipients),
        messages={send_at: _joined(those) for send_at, those in by_time.items()},
        message_marks=_marked(each for those in by_time.values() for each in those),
    )


def parted(joined: str) -> list[str]:
    """The hashes of such a text, in hexadecimal.

    Raises:
        ValueError: it was damaged.
    """
    written = base64.b64decode(joined).hex()
    return [written[start : start + _HASH_DIGITS] for start in range(0, len(written), _HASH_DIGITS)]


def _joined(hashes: Iterable[bytes]) -> str:
    return base64.b64encode(b"".join(hashes)).decode("ascii")


def _marked(hashes: Iterable[bytes]) -> str:
    return _joined([each[:MARK_BYTES] for each in hashes])
