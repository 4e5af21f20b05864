"""A caller's batches, from the records."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from server.batches.memory import Memory
from server.ledger.whose import Whose
from server.store.batches import Batch, BatchFilter
from tools.batch_desk import BatchSummary
from tools.taipei import TAIPEI


class OwnBatches:
    """The `BatchDesk` of one call."""

    def __init__(self, memory: Memory, whose: Whose | None) -> None:
        self._memory = memory
        self._whose = whose

    async def page(  # noqa: PLR0913 - the filters of a list
        self,
        *,
        day: date | None,
        state: str,
        words: str,
        mobile: str | None,
        page: int,
        page_size: int,
    ) -> tuple[Sequence[BatchSummary], int]:
        """A page of this principal's batches, newest first."""
        since = None if day is None else datetime.combine(day, time(), TAIPEI).astimezone(UTC)
        wanted = BatchFilter(
            principal=None if self._whose is None else self._whose.principal,
            elsewhere=self._whose is not None and self._whose.elsewhere,
            since=since,
            before=None if since is None else since + timedelta(days=1),
            state=state or None,
            words=words or None,
            number=None if mobile is None else (await self._memory.keeper.hashes([mobile]))[0],
        )
        found, total = await self._memory.page(wanted, page, page_size)
        return [summary_of_batch(batch) for batch in found], total


def summary_of_batch(batch: Batch) -> BatchSummary:
    """A batch as the desk shows it."""
    as_of = max((moment for moment in (batch.heard_at, batch.asked_at) if moment), default=None)
    return BatchSummary.model_validate(
        {
            "batch_id": batch.batch_id or None,
            "action_id": batch.id if batch.principal else None,
            "sent_at": batch.sent_at,
            "send_at": batch.send_at,
            "state": batch.state,
            "words": batch.words,
            "subject": batch.subject,
            "recipients": batch.recipients,
            "delivered": batch.delivered,
            "failed": batch.failed,
            "pending": 0 if batch.state in ("failed", "erased") else batch.pending,
            "replies": batch.replies,
            "points": batch.points,
            "as_of": as_of,
            "source": None if as_of is None else "asked" if as_of == batch.asked_at else "callbacks",
        }
    )
