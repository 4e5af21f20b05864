"""Batches that were sent elsewhere, for the operation of the desk that takes them into the records."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from tools.batch_desk import BatchSummary


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A batch as it stands in the records now."""

    batch: BatchSummary
    fresh: bool
    """Whether it was not there before."""
    complete: bool
    """Whether the vendor told of every message."""
    perhaps: Sequence[str] = ()
    """Sends of ours of unknown outcome that it may be, by their actions' ids."""


class ImportDesk(Protocol):
    """Batches that were sent elsewhere."""

    async def import_batch(self, batch_id: str) -> Imported:
        """Ask the vendor for a batch and keep it as the caller's; one that is there stays as it is.

        Raises:
            RefusedError: the vendor knows no such batch, or it is another's.
        """
        ...
