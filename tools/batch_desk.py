"""What the server remembers of batches, for the operations of the desk."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Protocol

from tools.operation import Result
from tools.values import Minute, OutsideText, Points

BatchState = Literal["sent", "unknown", "failed", "erased"]


class BatchSummary(Result):
    """One batch in a row. `as_of` is when the newest figure came in, `source` from where."""

    batch_id: OutsideText | None
    action_id: str | None
    sent_at: Minute
    send_at: Minute | None = None
    state: BatchState
    words: OutsideText
    subject: OutsideText = ""
    recipients: int
    delivered: int
    failed: int
    pending: int
    replies: int
    points: Points | None = None
    as_of: Minute | None = None
    source: Literal["asked", "callbacks"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberHistory:
    """What the records hold of one number; messages and replies by the fields of the tool's answer."""

    total: int
    messages: Sequence[Mapping[str, Any]]
    replies: Sequence[Mapping[str, Any]]
    blocked_since: datetime | None = None
    blocked_because: str | None = None


class BatchDesk(Protocol):
    """The caller's batches."""

    async def number_history(self, mobile: str, page: int, page_size: int) -> NumberHistory:
        """A page of what a number was sent, newest first, its newest replies, and whether it is blocked."""
        ...

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
        """A page of batches, newest first, and how many there are; empty filters mean any."""
        ...
