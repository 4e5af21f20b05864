"""A caller's batches, from the records."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from server.batches.memory import Memory
from server.batches.own import own
from server.ledger.whose import Whose
from server.store.batches import ELSEWHERE, Batch
from server.store.keys import HALF
from server.store.number_history import blocking_of, messages_to, replies_from
from server.store.plans import Connection
from tools.batch_desk import BatchSummary, NumberHistory
from tools.every8d.codes import read_status
from tools.taipei import midnight

_REPLIES = 10


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
        since = None if day is None else midnight(day)
        wanted = replace(
            own(self._whose),
            since=since,
            before=None if since is None else since + timedelta(days=1),
            state=state or None,
            words=words or None,
            number=None if mobile is None else (await self._memory.keeper.hashes([mobile]))[0],
        )
        found, total = await self._memory.page(wanted, page, page_size)
        return [summary_of_batch(batch) for batch in found], total

    async def number_history(self, mobile: str, page: int, page_size: int) -> NumberHistory:
        """What this principal sent to a number, and what came back."""
        await self._memory.catch_up()
        keeper = self._memory.keeper
        (whole,) = await keeper.whole_hashes([mobile])
        whose = own(self._whose)

        def look(conn: Connection) -> NumberHistory:
            messages, total = messages_to(conn, whole[:HALF], whose, page, page_size)
            replies = replies_from(conn, whole[:HALF], whose, _REPLIES)
            blocking = blocking_of(conn, whole)
            return NumberHistory(
                total=total,
                messages=[_message(row) for row in messages],
                replies=[
                    {"at": row["at"] or row["heard_at"], "text": row["text"], "opts_out": row["opts_out"]}
                    for row in replies
                ],
                blocked_since=None if blocking is None else blocking["added_at"],
                blocked_because=None if blocking is None else blocking["note"],
            )

        return await keeper.read(look)


def _message(row: Mapping[str, Any]) -> dict[str, Any]:
    status = read_status(row["code"]) if row["code"] is not None else None
    return {
        "sent_at": row["send_at"] or row["sent_at"],
        "words": row["words"],
        "status_code": row["code"],
        "status": "" if status is None else status.meaning,
        "status_class": row["state"] or ("pending" if row["batch_state"] == "sent" else row["batch_state"]),
        "received_at": row["received_at"],
        "by": row["principal"],
        "approved_by": row["channel"] or None,
        "batch_id": row["batch_id"] or None,
    }


def summary_of_batch(batch: Batch) -> BatchSummary:
    """A batch as the desk shows it."""
    as_of = max((moment for moment in (batch.heard_at, batch.asked_at) if moment), default=None)
    return BatchSummary.model_validate(
        {
            "batch_id": batch.batch_id or None,
            "action_id": None if batch.tool == ELSEWHERE else batch.id,
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
