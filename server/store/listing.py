"""Pages of the ledger, newest first, by whatever is asked for; and what the sends among them cost.

Every list stays quick at a million actions: what no index finds is looked for among the newest alone, and who
asked is told so.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from server.store.actions import COUNTED, Action, ActionFilter
from server.store.batches import ERASED
from server.store.plans import Connection
from server.store.record_tables import BATCHES, MESSAGES
from server.store.rows import actions_where, fetch, taipei_day
from server.store.schema import ACTIONS
from server.store.statement import NET_POINTS, sum_of_points
from tools.sentence import restored
from tools.taipei import as_taipei, whole_days

COUNT_LIMIT = 1_000
"""How far filtered rows are counted: counting a million takes longer than reading a page."""
SEARCHED = 10_000
"""Among how many of the newest actions words are looked for: each preview is read."""
LOOKED_THROUGH = 50_000
"""The same for several filters at once, of which an index serves one."""
SUMMED = 10_000
"""How many sends are added up at most."""

Columns = TypeVarTuple("Columns")
_COLUMN = ACTIONS.c
_DAY: ColumnElement[str] = bindparam("on_day")
_NEXT_DAY = select(func.min(_COLUMN.day)).where(_COLUMN.day >= _DAY).scalar_subquery()
_LAST_DAY = select(func.max(_COLUMN.day)).where(_COLUMN.day <= _DAY).scalar_subquery()
_FIRST_SINCE = select(func.min(_COLUMN.sequence)).where(_COLUMN.day == _NEXT_DAY)
_LAST_UNTIL = select(func.max(_COLUMN.sequence)).where(_COLUMN.day == _LAST_DAY)
_BEYOND = 2**62
"""No action has this number."""
_ERASED = select(BATCHES.c.id).where(BATCHES.c.state == ERASED)
_IS_ERASED = _ERASED.where(BATCHES.c.id == _COLUMN.id).exists()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What an action must be, to be listed. `searched`: only so many of the newest were looked through.

    `cut`: there may be more that the words stand in.
    """

    conditions: list[ColumnElement[bool]]
    searched: int | None = None
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """The sends of a list that went out, or may have. `points` are less what erased bookings gave back."""

    sends: int
    recipients: int
    points: Decimal
    returned: Decimal


def list_actions(
    conn: Connection, wanted: ActionFilter, page: int = 1, page_size: int = 50
) -> tuple[list[Action], int]:
    """A page of actions, newest first, pages counted from 1; and how many there are.

    The number is exact without a filter. With one it is exact below `COUNT_LIMIT`, or below the end of the
    page where that is further; from there on it means "at least".
    """
    return page_of(conn, choose(conn, wanted), page, page_size)


def choose(conn: Connection, wanted: ActionFilter) -> Chosen:
    """The conditions of a filter, once what cannot be asked of an index is found."""
    conditions = [*_plain(wanted), *_of_time(conn, wanted), *_of_records(wanted)]
    most = _scanned(wanted)
    if most is None:
        return Chosen(conditions=conditions)
    scope = _scope(conn, wanted)
    oldest = _nth_newest(conn, scope, most)
    if oldest is not None:
        conditions.append(_COLUMN.sequence >= oldest)
    searched = None if oldest is None else most
    if not wanted.words:
        return Chosen(conditions=conditions, searched=searched)
    found = _with_words(conn, conditions, wanted.words)
    conditions.append(_COLUMN.sequence.in_(found))
    cut = len(found) == COUNT_LIMIT
    if cut:
        searched = _count(conn, [*scope, _COLUMN.sequence >= found[-1]], most)
    return Chosen(conditions=conditions, searched=searched, cut=cut)


def page_of(conn: Connection, chosen: Chosen, page: int, page_size: int) -> tuple[list[Action], int]:
    """A page of these actions, and how many there are: see `list_actions`."""
    skipped = (page - 1) * page_size
    conditions = chosen.conditions
    if not conditions:
        total = conn.scalar(select(func.max(_COLUMN.sequence))) or 0
        # No row is ever deleted, so the sequence tells where the page starts.
        query = actions_where(_COLUMN.sequence <= total - skipped)
        return fetch(conn, _newest_first(query).limit(page_size)), total
    query = _newest_first(actions_where(*conditions)).limit(page_size).offset(skipped)
    return fetch(conn, query), _count(conn, conditions, max(COUNT_LIMIT, skipped + page_size + 1))


def sums_of(conn: Connection, chosen: Chosen) -> Sums | None:
    """What the sends among these actions cost; None when there are more than are added up."""
    if chosen.cut:
        return None
    went = (_COLUMN.risk == "spend", _COLUMN.recipients > 0, _unindexed(_COLUMN.state).in_(sorted(COUNTED)))
    each = _newest_first(
        select(_COLUMN.recipients, NET_POINTS.label("points"), _COLUMN.points_returned)
        .where(*chosen.conditions, *went)
        .limit(SUMMED + 1)
    ).subquery()
    sends, recipients, points, returned = conn.execute(
        select(
            func.count(),
            func.coalesce(func.sum(each.c.recipients), 0),
            sum_of_points(each.c.points),
            sum_of_points(each.c.points_returned),
        )
    ).one()
    if sends > SUMMED:
        return None
    return Sums(sends=sends, recipients=int(recipients), points=points, returned=returned)


def erased_of(conn: Connection, actions: Sequence[Action]) -> frozenset[str]:
    """The ids of those that are bookings which were erased, as far as the records know."""
    ids = [action.id for action in actions]
    return frozenset(conn.scalars(_ERASED.where(BATCHES.c.id.in_(ids))))


def _plain(wanted: ActionFilter) -> list[ColumnElement[bool]]:
    values = {
        _COLUMN.principal: wanted.principal,
        _COLUMN.tool: wanted.tool,
        _COLUMN.state: wanted.state,
        _COLUMN.campaign: wanted.campaign,
    }
    by_index = not _found_otherwise(wanted)
    found = [
        (column if by_index else _unindexed(column)) == value
        for column, value in values.items()
        if value is not None
    ]
    return found if wanted.batch_id is None else [*found, _COLUMN.batch_id == wanted.batch_id]


def _found_otherwise(wanted: ActionFilter) -> bool:
    """Whether few rows are found by what no list of a principal is in the order of."""
    return wanted.batch_id is not None or wanted.number is not None or bool(wanted.erased)


def _unindexed(column: ColumnElement[str]) -> ColumnElement[str]:
    """A column that no index is used for: another condition finds fewer rows."""
    return column.concat("")


def _of_time(conn: Connection, wanted: ActionFilter) -> list[ColumnElement[bool]]:
    """The times, and between which numbers they can lie: the numbers follow the days."""
    found: list[ColumnElement[bool]] = []
    if wanted.since is not None:
        first = conn.scalar(_FIRST_SINCE, {"on_day": taipei_day(wanted.since)})
        found.append(_COLUMN.sequence >= (first or _BEYOND))
    if wanted.until is not None:
        last = conn.scalar(_LAST_UNTIL, {"on_day": taipei_day(wanted.until)})
        found.append(_COLUMN.sequence <= (last or 0))
    return [*found, *_moments(wanted)]


def _moments(wanted: ActionFilter) -> list[ColumnElement[bool]]:
    """The times themselves. A whole day has an index in the order of the list, and needs no look at a row."""
    since, until = wanted.since, wanted.until
    if since is not None and until is not None:
        day = as_taipei(since).date()
        if (since, until) == whole_days(day):
            return [_COLUMN.day == day.isoformat()]
    found = [_COLUMN.created_at >= since] if since is not None else []
    return found if until is None else [*found, _COLUMN.created_at < until]


def _of_records(wanted: ActionFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.erased is not None:
        found.append(_COLUMN.id.in_(_ERASED) if wanted.erased else ~_IS_ERASED)
    if wanted.number is not None:
        found.append(_COLUMN.id.in_(select(MESSAGES.c.batch).where(MESSAGES.c.number == wanted.number)))
    return found


def _scanned(wanted: ActionFilter) -> int | None:
    """How many rows are looked through at most; None where an index finds them."""
    if wanted.words:
        return SEARCHED
    if _found_otherwise(wanted):
        return None
    served_one_by_one = (wanted.tool, wanted.state, wanted.campaign)
    return LOOKED_THROUGH if sum(each is not None for each in served_one_by_one) > 1 else None


def _scope(conn: Connection, wanted: ActionFilter) -> list[ColumnElement[bool]]:
    """Among which actions it is looked: those of the principal and of the time."""
    return [*_plain(ActionFilter(principal=wanted.principal)), *_of_time(conn, wanted)]


def _nth_newest(conn: Connection, scope: Sequence[ColumnElement[bool]], count: int) -> int | None:
    """The number of the oldest action that is still looked at; None where there are no more than that."""
    query = _newest_first(select(_COLUMN.sequence).where(*scope))
    older = conn.scalars(query.offset(count - 1).limit(2)).all()
    return older[0] if len(older) > 1 else None


def _with_words(conn: Connection, conditions: Sequence[ColumnElement[bool]], words: str) -> list[int]:
    """The numbers of the newest of these whose preview holds the words, as many as are counted."""
    written = json.dumps(words, ensure_ascii=False)[1:-1]
    query = _newest_first(
        select(_COLUMN.sequence, _COLUMN.preview).where(
            *conditions, _COLUMN.preview.icontains(written, autoescape=True)
        )
    )
    found: list[int] = []
    for sequence, preview in conn.stream(query):
        if _says(json.loads(preview), words.casefold()):
            found.append(sequence)
            if len(found) == COUNT_LIMIT:
                break
    return found


def _says(preview: dict[str, Any], words: str) -> bool:
    details: dict[str, object] = preview.get("details") or {}
    told = (preview.get("text"), preview.get("subject"), *details.values())
    return any(words in restored(each).casefold() for each in told if each)


def _newest_first(query: Select[*Columns]) -> Select[*Columns]:
    return query.order_by(_COLUMN.sequence.desc())


def _count(conn: Connection, conditions: Sequence[ColumnElement[bool]], limit: int) -> int:
    some = select(_COLUMN.sequence).where(*conditions).limit(limit).subquery()
    return conn.scalar(select(func.count()).select_from(some)) or 0
