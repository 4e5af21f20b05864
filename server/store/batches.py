"""Batches: each send that went out or may have, and what is known of it in numbers."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import cache

from sqlalchemy import ColumnElement, Select, Update, and_, bindparam, func, insert, or_, select, update

from server.store.actions import ERASINGS, Action
from server.store.plans import Connection, cells_of
from server.store.record_tables import BATCHES, MESSAGES, REPLIES
from server.store.rows import actions_where, fetch
from server.store.schema import ACTIONS

SENT, UNKNOWN, FAILED, ERASED = "sent", "unknown", "failed", "erased"
"""The states of a batch. `failed`: it turned out that nothing was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Batch:
    """One send. `batch_id` is '' as long as the vendor's is not known; counts are those counted last."""

    id: str
    batch_id: str
    principal: str
    tool: str
    kind: str
    state: str
    subject: str
    words: str
    alike: str
    day: str
    sent_at: datetime
    send_at: datetime | None
    recipients: int
    parts: int | None
    points: Decimal | None
    points_returned: Decimal = Decimal(0)
    delivered: int = 0
    failed_retryable: int = 0
    failed_permanent: int = 0
    cancelled: int = 0
    unknown: int = 0
    replies: int = 0
    uncounted: bool = False
    heard_at: datetime | None = None
    asked_at: datetime | None = None
    asks: int = 0
    next_at: datetime | None = None
    replies_asked_at: datetime | None = None
    reduced_at: datetime | None = None
    last_at: datetime | None = None

    @property
    def pending(self) -> int:
        """Messages of which no end is known: on their way, booked, or nothing heard yet."""
        known = self.delivered + self.failed + self.cancelled + self.unknown
        return max(0, self.recipients - known)

    @property
    def failed(self) -> int:
        """Messages that did not arrive, for whatever reason."""
        return self.failed_retryable + self.failed_permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFilter:
    """Which batches to list; None means any. `words` may stand anywhere in first words or subject."""

    principal: str | None = None
    elsewhere: bool = False
    """Whether batches that were sent elsewhere count as the principal's."""
    since: datetime | None = None
    before: datetime | None = None
    state: str | None = None
    words: str | None = None
    number: str | None = None
    """The first half of a keyed hash."""
    campaign: str | None = None
    batch_id: str | None = None
    """In capitals or not."""
    id: str | None = None


ELSEWHERE = "import"
"""The tool of a batch that was sent elsewhere."""
FOREIGN = ""
"""The principal of a batch of which nobody said whose it is."""

_KNOWN = select(BATCHES.c.id).where(BATCHES.c.id == ACTIONS.c.id).exists()
# Not by the vendor's or the tool's index: every send that ever was would be looked at, again and again.
_VENDOR, _TOOL = ACTIONS.c.vendor.concat(""), ACTIONS.c.tool.concat("")
_SENDS = and_(ACTIONS.c.risk == "spend", _VENDOR == "every8d", ACTIONS.c.recipients > 0)
_FINISHED = actions_where(
    _SENDS, ACTIONS.c.state == "succeeded", ACTIONS.c.finished_at >= bindparam("finished_since"), ~_KNOWN
).limit(bindparam("at_most"))
_OPEN = actions_where(_SENDS, ACTIONS.c.state == "unknown", ~_KNOWN).limit(bindparam("at_most"))
_SETTLED = actions_where(
    ACTIONS.c.state.in_(("succeeded", "failed")),
    ACTIONS.c.id == BATCHES.c.id,
    BATCHES.c.state == UNKNOWN,
)
_TARGET_SPELT = (ACTIONS.c.target, func.lower(ACTIONS.c.target), func.upper(ACTIONS.c.target))
_ERASINGS = actions_where(
    _TOOL.in_(ERASINGS),
    ACTIONS.c.state == "succeeded",
    # The vendor had no such booking any more: it went out.
    ~ACTIONS.c.outcome.contains('"found": false'),
    ACTIONS.c.finished_at >= bindparam("finished_since"),
    select(BATCHES.c.id).where(BATCHES.c.batch_id.in_(_TARGET_SPELT), BATCHES.c.state == SENT).exists(),
)
_INSERT = insert(BATCHES)
_BY_ID = select(BATCHES).where(BATCHES.c.id == bindparam("wanted_id"))
_SPELT = or_(*(BATCHES.c.batch_id == bindparam(f"spelt_{how}") for how in ("as_given", "lower", "upper")))
_BY_BATCH = select(BATCHES).where(_SPELT).order_by(BATCHES.c.sent_at).limit(1)

COUNTS = ("delivered", "failed_retryable", "failed_permanent", "cancelled", "unknown")
"""The states of messages that a batch has a count of."""
_BY_STATE = (
    select(MESSAGES.c.state, func.count())
    .where(MESSAGES.c.batch == bindparam("wanted_id"))
    .group_by(MESSAGES.c.state)
)
_REPLIED = select(func.count()).select_from(REPLIES).where(REPLIES.c.batch == bindparam("wanted_id"))
_COUNTED = (
    update(BATCHES)
    .where(BATCHES.c.id == bindparam("wanted_id"))
    .values(uncounted=False, **{name: bindparam(f"new_{name}") for name in (*COUNTS, "replies")})
)
_REDUCED = select(BATCHES.c.reduced_at).where(BATCHES.c.id == bindparam("wanted_id"))
_UNCOUNTED = select(BATCHES.c.id).where(BATCHES.c.uncounted.is_(True)).limit(bindparam("at_most"))


WENT_OUT = BATCHES.c.state.in_((SENT, ERASED))
"""What a batch must be, to count among those that went out."""


def unrecorded(conn: Connection, since: datetime, limit: int) -> list[Action]:
    """Sends that ended well since this time, or whose outcome is unknown, and that have no batch yet."""
    ended = fetch(conn, _FINISHED, {"finished_since": since, "at_most": limit})
    return [*ended, *fetch(conn, _OPEN, {"at_most": limit})]


def settled(conn: Connection) -> list[Action]:
    """Actions that are settled by now, and whose batch says that its outcome is unknown."""
    return fetch(conn, _SETTLED)


def erasings(conn: Connection, since: datetime) -> list[Action]:
    """Erasings that ended since this time and whose batch does not know of it."""
    return fetch(conn, _ERASINGS, {"finished_since": since})


def add_batch(conn: Connection, batch: Batch) -> None:
    """Keep a batch that is not there yet."""
    conn.execute(_INSERT, cells_of(replace(batch, last_at=batch.last_at or batch.send_at)))


def batch_of(conn: Connection, id_: str) -> Batch | None:
    """The batch of this action."""
    row = conn.execute(_BY_ID, {"wanted_id": id_}).mappings().one_or_none()
    return None if row is None else Batch(**row)


def batch_by_vendor_id(conn: Connection, batch_id: str) -> Batch | None:
    """The batch that the vendor calls so, in capitals or not."""
    if not batch_id:
        return None
    spelt = {"spelt_as_given": batch_id, "spelt_lower": batch_id.lower(), "spelt_upper": batch_id.upper()}
    row = conn.execute(_BY_BATCH, spelt).mappings().one_or_none()
    return None if row is None else Batch(**row)


def set_batch(conn: Connection, id_: str, **values: object) -> None:
    """Change these values of a batch."""
    given = {f"new_{name}": value for name, value in values.items()}
    conn.execute(_setting(tuple(values)), {"wanted_id": id_, **given})


@cache
def _setting(names: tuple[str, ...]) -> Update:
    """The statement that changes these: each send needs it again."""
    chosen = update(BATCHES).where(BATCHES.c.id == bindparam("wanted_id"))
    return chosen.values({name: bindparam(f"new_{name}") for name in names})


def list_batches(
    conn: Connection, wanted: BatchFilter, page: int = 1, page_size: int = 20
) -> tuple[list[Batch], int]:
    """A page of batches, newest first, and how many there are."""
    conditions = conditions_of(wanted)
    query = select(BATCHES).where(*conditions).order_by(BATCHES.c.sent_at.desc(), BATCHES.c.id)
    rows = conn.execute(query.limit(page_size).offset((page - 1) * page_size)).mappings()
    total = conn.scalar(select(func.count()).select_from(BATCHES).where(*conditions)) or 0
    return [Batch(**row) for row in rows], total


def conditions_of(wanted: BatchFilter) -> list[ColumnElement[bool]]:
    """What a batch must be, to be one of these."""
    column = BATCHES.c
    found: list[ColumnElement[bool]] = []
    if wanted.principal is not None:
        whose = (wanted.principal, FOREIGN) if wanted.elsewhere else (wanted.principal,)
        found.append(column.principal.in_(whose))
    if wanted.since is not None:
        found.append(column.sent_at >= wanted.since)
    if wanted.before is not None:
        found.append(column.sent_at < wanted.before)
    if wanted.state is not None:
        found.append(column.state == wanted.state)
    if wanted.words:
        found.append(
            or_(
                column.words.icontains(wanted.words, autoescape=True),
                column.subject.icontains(wanted.words, autoescape=True),
            )
        )
    if wanted.number is not None:
        of_number = select(MESSAGES.c.batch).where(MESSAGES.c.number == wanted.number)
        found.append(column.id.in_(of_number))
    if wanted.campaign is not None:
        found.append(column.id.in_(select(ACTIONS.c.id).where(ACTIONS.c.campaign == wanted.campaign)))
    if wanted.batch_id is not None:
        spelt = (wanted.batch_id, wanted.batch_id.lower(), wanted.batch_id.upper())
        found.append(column.batch_id.in_(spelt))
    if wanted.id is not None:
        found.append(column.id == wanted.id)
    return found


def ids_of(wanted: BatchFilter) -> Select[str]:
    """Our ids of these batches, for use within a query."""
    return select(BATCHES.c.id).where(*conditions_of(wanted))


def is_reduced(conn: Connection, id_: str) -> bool:
    """Whether a batch's messages were reduced to counts: nothing that comes later brings a number back."""
    return conn.scalar(_REDUCED, {"wanted_id": id_}) is not None


def count_again(conn: Connection, id_: str) -> None:
    """Count a batch's messages and replies; of one that was reduced to its counts, these stand."""
    if is_reduced(conn, id_):
        set_batch(conn, id_, uncounted=False)
        return
    found: dict[str, int] = dict(conn.execute(_BY_STATE, {"wanted_id": id_}).all())
    counts = {f"new_{name}": found.get(name, 0) for name in COUNTS}
    replies = conn.scalar(_REPLIED, {"wanted_id": id_}) or 0
    conn.execute(_COUNTED, {"wanted_id": id_, "new_replies": replies, **counts})


def uncounted(conn: Connection, limit: int = 100) -> list[str]:
    """Batches of which something changed since they were counted."""
    return conn.scalars(_UNCOUNTED, {"at_most": limit}).all()
