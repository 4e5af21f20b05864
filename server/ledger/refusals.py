"""What a claim meets that changed since the question, beside a cap: then nothing is claimed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from server.store.sent_texts import Repeated


@dataclass(frozen=True, slots=True, kw_only=True)
class Blocked:
    """Numbers that were blocked since the call was checked."""

    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeats:
    """Earlier sends of the same texts, which nobody was told of yet."""

    sends: "tuple[Repeated, ...]"
