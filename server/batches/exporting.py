"""What was sent and what was answered, as rows of a file with whole numbers in it."""

from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

from server.batches.keeper import Keeper
from server.batches.numbers import NumberSeal
from server.store.batches import SENT, Batch, BatchFilter
from server.store.exporting import PART, every_batch, messages_after, replies_after
from server.store.messages import BY_ASKING, BY_CALLBACK, MessageRow
from server.store.plans import Connection
from server.store.replies import ReplyRow
from tools.every8d.codes import read_status
from tools.export_desk import Cell, Phone
from tools.taipei import iso

T = TypeVar("T", MessageRow, ReplyRow)
Rows = Iterator[Sequence[Cell]]

DELIVERY = (
    "batch_id",
    "sent_at",
    "words",
    "mobile",
    "name",
    "status_code",
    "status",
    "status_class",
    "received_at",
    "points",
    "told_by",
    "as_of",
)
REPLIES = ("batch_id", "mobile", "name", "text", "at", "opts_out")
_TOLD_BY = {BY_CALLBACK: "callback", BY_ASKING: "delivery query"}


class _After(Protocol[T]):
    def __call__(self, conn: Connection, batch: str, last: T | None) -> Sequence[T]: ...


def delivery_rows(keeper: Keeper, wanted: BatchFilter) -> AsyncGenerator[Rows]:
    """Each message of these batches, part by part, by the columns of `DELIVERY`."""
    return _parts(keeper, wanted, messages_after, _delivery)


def reply_rows(keeper: Keeper, wanted: BatchFilter) -> AsyncGenerator[Rows]:
    """Each reply to these batches, part by part, by the columns of `REPLIES`."""
    return _parts(keeper, wanted, replies_after, _reply)


async def _parts(
    keeper: Keeper,
    wanted: BatchFilter,
    after: "_After[T]",
    row: Callable[[T, Batch, NumberSeal], Sequence[Cell]],
) -> AsyncGenerator[Rows]:
    """A part's numbers are opened when its rows are written, in the thread that writes them."""
    seal = await keeper.seal()
    for batch in await keeper.read(lambda conn: every_batch(conn, wanted)):
        last: T | None = None
        full = True
        while full:
            part = await keeper.read(partial(after, batch=batch.id, last=last))
            if part:
                yield (row(each, batch, seal) for each in part)
                last = part[-1]
            full = len(part) == PART


def _delivery(message: MessageRow, batch: Batch, seal: NumberSeal) -> Sequence[Cell]:
    status = None if message.code is None else read_status(message.code)
    return (
        batch.batch_id,
        _time(message.sent_at or batch.send_at or batch.sent_at),
        batch.words,
        *_who(message.sealed, batch, seal),
        message.code,
        "" if status is None else status.meaning,
        message.state or ("pending" if batch.state == SENT else batch.state),
        _time(message.received_at),
        message.points,
        _TOLD_BY.get(message.heard),
        _time(message.heard_at),
    )


def _reply(reply: ReplyRow, batch: Batch, seal: NumberSeal) -> Sequence[Cell]:
    return (
        batch.batch_id,
        *_who(reply.sealed, batch, seal),
        reply.text,
        _time(reply.at or reply.heard_at),
        "yes" if reply.opts_out else None,
    )


def _who(sealed: str, batch: Batch, seal: NumberSeal) -> tuple[Cell, Cell]:
    """Number and name; a number that cannot be read any more is no reason to leave the row out."""
    who = seal.who(sealed, batch.id)
    return ("***", None) if who is None else (Phone(who.mobile), who.name)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else iso(moment)
