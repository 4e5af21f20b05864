"""The messages of a campaign's part in one row, until somebody asks for one of them or one is reported."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, insert, select

from server.store.columns import Moment
from server.store.plans import Connection
from server.store.record_tables import PACKED_MESSAGES

_COLUMNS = PACKED_MESSAGES.c
_INSERT = insert(PACKED_MESSAGES)
_SEALED = select(_COLUMNS.sealed).where(_COLUMNS.batch == bindparam("of_batch"))
_DELETE = delete(PACKED_MESSAGES).where(_COLUMNS.batch == bindparam("of_batch"))
_BEFORE = (
    select(_COLUMNS.batch).where(_COLUMNS.at <= bindparam("before", type_=Moment())).order_by(_COLUMNS.at)
)


def add_packed(conn: Connection, batch: str, at: datetime, sealed: str) -> None:
    """Keep the messages of a batch that has none yet."""
    conn.execute(_INSERT, {"batch": batch, "at": at, "sealed": sealed})


def packed_messages_of(conn: Connection, batch: str) -> str | None:
    """A batch's messages, sealed, where they are packed."""
    return conn.scalar(_SEALED, {"of_batch": batch})


def drop_packed(conn: Connection, batch: str) -> None:
    """A batch's messages have a row each by now."""
    conn.execute(_DELETE, {"of_batch": batch})


def packed_before(conn: Connection, before: datetime) -> Sequence[str]:
    """The batches whose messages have been packed since then or longer, the oldest first."""
    return conn.scalars(_BEFORE, {"before": before}).all()
