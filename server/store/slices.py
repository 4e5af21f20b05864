"""Long lists a piece at a time."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")
PARAMETERS = 500
"""Of one statement; both engines take more."""


def slices(those: Sequence[T], size: int = PARAMETERS) -> Iterator[Sequence[T]]:
    """So many of them at a time, in their order."""
    return (those[start : start + size] for start in range(0, len(those), size))
