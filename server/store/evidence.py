"""What the store holds of one number in some days, for a complaint; and the audit's lines about it."""

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select

from server.store.audit import export
from server.store.batches import Batch
from server.store.messages import MessageRow
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES, OPT_OUTS, REPLIES
from server.store.schema import DELIVERY_EVENTS, RECIPIENT_TEXTS

_BATCH, _MESSAGE = BATCHES.c, MESSAGES.c
_LINE = re.compile(r'\{"sequence":\d+,"entry":\{"action_id":"(?P<actions>[^"]*)".*"mac":"(?P<mac>\w+)"\}\n')
_FIRST = "0" * 64
"""In the place of the MAC before the first entry."""


class Line(NamedTuple):
    """A line of the audit, exactly as `audit export` writes it, and the MAC of the line before it."""

    before: str
    line: str


def messages_of(
    conn: Connection, half: str, since: datetime, end: datetime
) -> list[tuple[Batch, MessageRow]]:
    """The number's messages that were sent in this time, with their batches, the oldest first."""
    of_batch, of_message = len(BATCHES.c), len(MESSAGES.c)
    query = (
        select(*_BATCH, *_MESSAGE)
        .join(MESSAGES, _MESSAGE.batch == _BATCH.id)
        .where(_MESSAGE.number == half, _BATCH.sent_at >= since, _BATCH.sent_at < end)
        .order_by(_BATCH.sent_at, _BATCH.id, _MESSAGE.nth)
    )
    names, others = _BATCH.keys(), _MESSAGE.keys()
    return [
        (
            Batch(**dict(zip(names, row[:of_batch], strict=True))),
            MessageRow(**dict(zip(others, row[of_batch : of_batch + of_message], strict=True))),
        )
        for row in conn.execute(query)
    ]


def sends_to(conn: Connection, whole: str, first_day: str, last_day: str) -> list[str]:
    """The actions that texted a number on these days, which the caps know for good; by their ids."""
    column = RECIPIENT_TEXTS.c
    query = select(column.action_id).where(column.recipient == whole, column.day.between(first_day, last_day))
    return list(conn.scalars(query.order_by(column.day, column.action_id)))


def reports_on(conn: Connection, whole: str, batch_ids: Collection[str]) -> list[Mapping[str, Any]]:
    """What was reported of the number about these batches (EVERY8D 2.1), in the order in which it came."""
    column = DELIVERY_EVENTS.c
    names = ("batch_id", "record", "status", "reported_at", "sent_at", "received_at", "text", "charge")
    query = select(*(column[name] for name in names)).where(column.number == whole)
    those = {each.lower() for each in batch_ids}
    rows = conn.execute(query.order_by(column.received_at, column.key)).mappings()
    return [row for row in rows if row["batch_id"].lower() in those]


def replies_to(conn: Connection, half: str, batches: Collection[str]) -> list[Mapping[str, Any]]:
    """What the number answered to these batches, by our ids of them."""
    column = REPLIES.c
    query = select(column.batch, column.at, column.heard_at, column.text, column.opts_out)
    chosen = query.where(column.number == half, column.batch.in_(sorted(batches)))
    return list(conn.execute(chosen.order_by(column.heard_at, column.key)).mappings())


def opt_out_of(conn: Connection, whole: str) -> Mapping[str, Any] | None:
    """The number's wish for nothing more, where it has one."""
    column = OPT_OUTS.c
    query = select(column.source, column.words, column.at, column.state).where(column.number == whole)
    return conn.execute(query).mappings().one_or_none()


def lines_about(conn: Connection, actions: Collection[str], whole: str) -> Iterator[Line]:
    """The lines of the audit about these actions, or that name this keyed hash."""
    before, those = _FIRST, set(actions)
    for line in export(conn):
        found = _LINE.fullmatch(line)
        if found is None:
            continue
        if whole in line or not those.isdisjoint(found["actions"].split(",")):
            yield Line(before, line.rstrip("\n"))
        before = found["mac"]
