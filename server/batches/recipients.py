"""Whom a reference stands for, by what the vendor itself said of each message when it was asked."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from server.batches.numbers import NumberSeal
from server.store.messages import BY_ASKING
from server.store.plans import Connection
from server.store.record_tables import MESSAGES
from tools.every8d.references import FAILED, NO_REPLY, REPLIED

_RETRYABLE, _PERMANENT, _DELIVERED = "failed_retryable", "failed_permanent", "delivered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipients:
    """The numbers, each once, in the order of the records; and how many failed for good beside.

    `had` are those whom a later send of the same words reached, or may have.
    """

    mobiles: tuple[str, ...]
    left_out: int = 0
    had: tuple[str, ...] = ()


def recipients_of(
    conn: Connection, batch: str, which: str, seal: NumberSeal, answered: Collection[str] = ()
) -> Recipients:
    """The numbers of a batch's messages that are `which`; `answered` are those who replied, by half hashes.

    A number that got another text of the batch is not among those who failed.
    """

    def opened(those: Iterable[Sequence[Any]]) -> tuple[str, ...]:
        return seal.mobiles((row[1], batch) for row in those)

    columns = MESSAGES.c
    rows = conn.execute(
        select(columns.number, columns.sealed, columns.state, columns.code, columns.heard).where(
            columns.batch == batch
        )
    ).all()
    certain = [row for row in rows if row[4] == BY_ASKING]
    if which == REPLIED:
        return Recipients(mobiles=opened(row for row in rows if row[0] in answered))
    if which == FAILED:
        reached = {row[0] for row in rows if row[2] not in (_RETRYABLE, _PERMANENT)}
        retryable = [row for row in certain if row[2] == _RETRYABLE and row[0] not in reached]
        dead = {row[0] for row in certain if row[2] == _PERMANENT}
        worth = [row for row in retryable if row[0] not in dead]
        return Recipients(mobiles=opened(worth), left_out=len(dead))
    if which == NO_REPLY:
        return Recipients(
            mobiles=opened(row for row in certain if row[2] == _DELIVERED and row[0] not in answered)
        )
    if which == _DELIVERED:
        return Recipients(mobiles=opened(row for row in certain if row[2] == _DELIVERED))
    return Recipients(mobiles=opened(row for row in certain if str(row[3]) == which))
