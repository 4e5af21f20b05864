"""Sums over batches and their messages: the database counts, and nobody loads the messages for it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from sqlalchemy import ColumnElement, case, func, select, text

from server.store.batches import SENT, UNKNOWN, WENT_OUT, Batch, BatchFilter, conditions_of
from server.store.plans import Connection, Rows
from server.store.record_tables import BATCHES, MESSAGES, REDUCED_CODES, REDUCED_DELAYS
from server.store.reducing import BY_CODE, BY_DELAY, WITH_DELAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Batches that went out, together; those of unknown outcome apart. Points are the ledger's."""

    batches: int
    recipients: int
    points: Decimal
    returned: Decimal
    replies: int
    asked: int
    """How many of them the vendor was asked for."""
    asked_at: datetime | None
    """When it was asked for the one that was asked for longest ago."""
    heard_at: datetime | None
    first_at: datetime | None
    unknown_batches: int
    unknown_recipients: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCount:
    """Messages of one code. `points` is what the vendor said it charged, of all but `unpriced` of them."""

    code: int | None
    state: str
    count: int = 0
    points: Decimal = Decimal(0)
    unpriced: int = 0


_UNKNOWN = BATCHES.c.state == UNKNOWN


def _sum_of(column: ColumnElement[int], of_these: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((of_these, column), else_=0)), 0)


def _points_of(column: ColumnElement[Decimal | None]) -> ColumnElement[Decimal]:
    return func.coalesce(
        func.sum(case((WENT_OUT, column), else_=None)), Decimal(0), type_=BATCHES.c.points.type
    )


def totals(conn: Connection, wanted: BatchFilter) -> Totals:
    """All of these batches together."""
    batch = BATCHES.c
    out = case((WENT_OUT, 1), else_=0)
    query = select(
        func.coalesce(func.sum(out), 0).label("batches"),
        _sum_of(batch.recipients, WENT_OUT).label("recipients"),
        _points_of(batch.points).label("points"),
        _points_of(batch.points_returned).label("returned"),
        _sum_of(batch.replies, WENT_OUT).label("replies"),
        func.count(case((WENT_OUT, batch.asked_at))).label("asked"),
        func.min(case((WENT_OUT, batch.asked_at)), type_=batch.asked_at.type).label("asked_at"),
        func.max(case((WENT_OUT, batch.heard_at)), type_=batch.heard_at.type).label("heard_at"),
        func.min(case((WENT_OUT, batch.sent_at)), type_=batch.sent_at.type).label("first_at"),
        func.coalesce(func.sum(case((_UNKNOWN, 1), else_=0)), 0).label("unknown_batches"),
        _sum_of(batch.recipients, _UNKNOWN).label("unknown_recipients"),
    ).where(*conditions_of(wanted))
    return Totals(**conn.execute(query).mappings().one())


def by_code(conn: Connection, wanted: BatchFilter) -> list[CodeCount]:
    """The messages by code, those that were reduced to counts as well; most first."""
    found: dict[tuple[int | None, str], CodeCount] = {}
    rows = (*_kept_by_code(conn, wanted), *_reduced_by_code(conn, wanted))
    for code, state, count, points, unpriced in rows:
        before = found.get((code, state), CodeCount(code=code, state=state))
        found[code, state] = replace(
            before,
            count=before.count + count,
            points=before.points + points,
            unpriced=before.unpriced + unpriced,
        )
    # No code, and then by code, where as many have it.
    return sorted(found.values(), key=lambda each: (-each.count, each.code is not None, each.code or 0))


def _kept_by_code(conn: Connection, wanted: BatchFilter) -> Rows:
    query = (
        select(*BY_CODE)
        .join(BATCHES, BATCHES.c.id == MESSAGES.c.batch)
        .where(WENT_OUT, *conditions_of(wanted))
        .group_by(MESSAGES.c.code, text("stands"))
    )
    return conn.execute(query)


def _reduced_by_code(conn: Connection, wanted: BatchFilter) -> Rows:
    code = REDUCED_CODES.c
    query = (
        select(
            code.code,
            code.state,
            func.sum(code.count),
            func.sum(code.points, type_=code.points.type),
            func.sum(code.unpriced),
        )
        .join(BATCHES, BATCHES.c.id == code.batch)
        .where(WENT_OUT, *conditions_of(wanted))
        .group_by(code.code, code.state)
    )
    return conn.execute(query)


def reduced(conn: Connection, wanted: BatchFilter) -> int:
    """How many of these batches have counts alone, and no messages any more."""
    query = select(func.count()).select_from(BATCHES)
    return conn.scalar(query.where(WENT_OUT, BATCHES.c.reduced_at.is_not(None), *conditions_of(wanted))) or 0


def delays(conn: Connection, wanted: BatchFilter) -> list[tuple[int, int]]:
    """How long messages took to arrive, by the vendor's times: seconds, and of how many; shortest first."""
    kept = (
        select(*BY_DELAY)
        .join(BATCHES, BATCHES.c.id == MESSAGES.c.batch)
        .where(WENT_OUT, WITH_DELAY, *conditions_of(wanted))
        .group_by(text("seconds"))
    )
    delay = REDUCED_DELAYS.c
    counted = (
        select(delay.seconds, func.sum(delay.count))
        .join(BATCHES, BATCHES.c.id == delay.batch)
        .where(WENT_OUT, *conditions_of(wanted))
        .group_by(delay.seconds)
    )
    found = Counter[int]()
    for took, count in (*conn.execute(kept), *conn.execute(counted)):
        found[int(took)] += int(count)
    return sorted(found.items())


def examples(conn: Connection, wanted: BatchFilter, code: int | None, limit: int) -> list[tuple[str, str]]:
    """Some messages of a code that failed: the sealed number, and the batch that it is sealed for."""
    message = MESSAGES.c
    query = (
        select(message.sealed, message.batch)
        .join(BATCHES, BATCHES.c.id == message.batch)
        .where(
            WENT_OUT,
            message.state.in_(("failed_retryable", "failed_permanent")),
            message.code.is_(None) if code is None else message.code == code,
            *conditions_of(wanted),
        )
        .order_by(message.batch, message.number, message.nth)
        .limit(limit)
    )
    return [(sealed, batch) for sealed, batch in conn.execute(query)]


def texts_of(conn: Connection, wanted: BatchFilter, limit: int = 2) -> list[tuple[str, str]]:
    """The different texts of these batches, as what makes them alike, each with its kind; the first few."""
    query = (
        select(BATCHES.c.alike, BATCHES.c.kind)
        .where(WENT_OUT, *conditions_of(wanted))
        .group_by(BATCHES.c.alike, BATCHES.c.kind)
        .order_by(BATCHES.c.alike)
        .limit(limit)
    )
    return [(alike, kind) for alike, kind in conn.execute(query)]


LAST = 5
"""How many batches new ones are compared with."""


def earlier(
    conn: Connection, whose: BatchFilter, *, kind: str, alike: str | None, before: datetime
) -> list[Batch]:
    """The last batches of this kind that went out before, of one text or of any; newest first."""
    same = [] if alike is None else [BATCHES.c.alike == alike]
    query = (
        select(BATCHES)
        .where(
            BATCHES.c.state == SENT,
            BATCHES.c.kind == kind,
            BATCHES.c.sent_at < before,
            *same,
            *conditions_of(whose),
        )
        .order_by(BATCHES.c.sent_at.desc(), BATCHES.c.id)
        .limit(LAST)
    )
    return [Batch(**row) for row in conn.execute(query).mappings()]


def open_to_ask(
    conn: Connection, wanted: BatchFilter, limit: int, *, kind: str | None = None
) -> tuple[Sequence[Batch], int]:
    """The newest of these batches that the vendor can be asked for, and how many there are."""
    # What was reduced to counts is past: asked anew, its numbers would come back.
    askable = [BATCHES.c.batch_id != "", BATCHES.c.reduced_at.is_(None)]
    if kind is not None:
        askable.append(BATCHES.c.kind == kind)
    total = conn.scalar(
        select(func.count()).select_from(BATCHES).where(WENT_OUT, *askable, *conditions_of(wanted))
    )
    return went_out(conn, wanted, limit, *askable), total or 0


def went_out(
    conn: Connection, wanted: BatchFilter, limit: int, *more: ColumnElement[bool]
) -> Sequence[Batch]:
    """Those of these batches that went out, newest first."""
    query = (
        select(BATCHES)
        .where(WENT_OUT, *more, *conditions_of(wanted))
        .order_by(BATCHES.c.sent_at.desc(), BATCHES.c.id)
        .limit(limit)
    )
    return [Batch(**row) for row in conn.execute(query).mappings()]
