"""Campaigns in the store: the plan, which chunks wait, who carries it out."""

import json
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, insert, or_, select, update

from server.store.actions import State
from server.store.batches import ERASED
from server.store.campaign_seals import is_sealed, seal_of
from server.store.campaign_tables import CAMPAIGNS, CHUNKS, RECIPIENTS
from server.store.changes import Row, changed
from server.store.columns import Points
from server.store.plans import Connection
from server.store.record_tables import BATCHES
from server.store.schema import ACTIONS
from tools.sentence import sentence, written

PLANNING, PLANNED, RUNNING, HOLDING, PAUSED = "planning", "planned", "running", "holding", "paused"
DONE, CANCELLED = "done", "cancelled"
"""The states of a campaign; `planning` as long as its chunks are written."""
STANDING = (PAUSED, HOLDING)
"""Begun, and waiting for a person."""
OVER = (DONE, CANCELLED)
"""Nothing is sent for it any more."""
TRIAL, REST = "trial", "rest"
"""The phases of its chunks."""
WAITING, TAKEN, LEFT, SKIPPED, UNTIMED = "waiting", "taken", "cancelled", "skipped", "untimed"
"""The states of a chunk. How a taken one ended is what its action says; an untimed one was erased whole."""

LOST = sentence("the store's past was lost: parts of it may have been sent already")
"""Why a campaign stands after a person went on without the past; nothing else writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """One campaign. `plan` is sealed; `action` is the id of its start, '' before.

    `released`: there is no trial, or what follows it may be sent.
    """

    id: str
    principal: str
    name: str
    state: str
    reason: str = ""
    plan: str
    list_name: str
    list_digest: str
    digest: str
    account: str
    recipients: int
    parts: int
    points: Decimal
    action: str = ""
    created_at: datetime
    started_at: datetime | None = None
    ended_at: datetime | None = None
    released: bool = True
    at_once: bool = False
    resumed: int = 0
    worker: str = ""
    heartbeat: datetime | None = None
    epoch: int = 0
    seal: str = ""

    @property
    def content(self) -> list[str]:
        """What its seal is made of: all but who carries it out."""
        return [str(getattr(self, name)) for name in _SEALED]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """Some of a campaign's recipients: what goes in one call of the vendor."""

    campaign: str
    number: int
    phase: str
    recipients: int
    points: Decimal
    sealed: str
    state: str = WAITING
    action: str | None = None
    left_out: int = 0


_SEALED = sorted({each.name for each in fields(Campaign)} - {"worker", "heartbeat", "epoch", "seal"})


class Held(NamedTuple):
    """A campaign that a worker carries out, and under which epoch."""

    campaign: str
    epoch: int


class Waiting(NamedTuple):
    """A chunk that waits."""

    number: int
    phase: str
    points: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a campaign is, in recipients; `points` are those of its sends, less what came back."""

    waiting: int = 0
    sending: int = 0
    sent: int = 0
    unknown: int = 0
    failed: int = 0
    left_out: int = 0
    cancelled: int = 0
    points: Decimal = Decimal(0)
    delivered: int = 0
    not_delivered: int = 0
    untimed: int = 0
    """Of the cancelled ones those whose bookings were erased whole: they can have another time."""
    untimed_parts: int = 0
    untimed_points: Decimal = Decimal(0)


_CAMPAIGN, _CHUNK = CAMPAIGNS.c, CHUNKS.c
_BY_ID = select(CAMPAIGNS).where(_CAMPAIGN.id == bindparam("wanted_id"))
_ONE_CHUNK = select(CHUNKS).where(
    _CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number == bindparam("wanted_number")
)
_WAITING = (
    select(_CHUNK.number, _CHUNK.phase, _CHUNK.points)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == WAITING)
    .order_by(_CHUNK.number)
    .limit(bindparam("at_most"))
)
_WAITING_POINTS = select(func.sum(_CHUNK.points, type_=Points())).where(
    _CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == WAITING
)
_SEAL = update(CAMPAIGNS).where(_CAMPAIGN.id == bindparam("wanted_id")).values(seal=bindparam("new_seal"))
_TAKE_CHUNK = (
    update(CHUNKS)
    .where(
        _CHUNK.campaign == bindparam("wanted_id"),
        _CHUNK.number == bindparam("wanted_number"),
        _CHUNK.state == WAITING,
    )
    .values(state=TAKEN, action=bindparam("by_action"), left_out=bindparam("were_left_out"))
)
_FAILED = (
    select(_CHUNK.number, _CHUNK.points, _CHUNK.recipients)
    .join(ACTIONS, ACTIONS.c.id == _CHUNK.action)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state == TAKEN, ACTIONS.c.state == State.FAILED)
)
_WAIT = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number == bindparam("wanted_number"))
    .values(state=WAITING, action=None, left_out=0)
)
_SKIP = (
    update(CHUNKS)
    .where(
        _CHUNK.campaign == bindparam("wanted_id"),
        _CHUNK.number == bindparam("wanted_number"),
        _CHUNK.state == WAITING,
    )
    .values(state=SKIPPED, sealed="", left_out=bindparam("were_left_out"))
)
_LEAVE = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.state.in_((WAITING, UNTIMED)))
    .values(state=LEFT, sealed="")
)
_CANCELLED = select(_CAMPAIGN.id).where(_CAMPAIGN.state == CANCELLED)
_TAKE_OFF_TIME = (
    update(CHUNKS)
    .where(_CHUNK.action == bindparam("by_action"), _CHUNK.state == TAKEN)
    .values(state=case((_CHUNK.campaign.in_(_CANCELLED), LEFT), else_=UNTIMED))
)
_LEAVE_OUT = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.action == bindparam("by_action"))
    .values(left_out=_CHUNK.left_out + bindparam("more_left_out"))
)
_EMPTY_ALL = update(CHUNKS).where(_CHUNK.campaign == bindparam("wanted_id")).values(sealed="")
_AHEAD = select(BATCHES.c.id).where(BATCHES.c.last_at > bindparam("at_moment", type_=BATCHES.c.last_at.type))
_EMPTY_SENT = (
    update(CHUNKS)
    .where(
        _CHUNK.campaign == bindparam("wanted_id"),
        _CHUNK.sealed != "",
        _CHUNK.state == TAKEN,
        _CHUNK.action.in_(select(ACTIONS.c.id).where(ACTIONS.c.state == State.SUCCEEDED)),
        # What is booked can be moved: it is booked anew, then.
        _CHUNK.action.not_in(_AHEAD),
    )
    .values(sealed="")
)
_EMPTY_THESE = _EMPTY_SENT.where(_CHUNK.number.in_(bindparam("those", expanding=True)))
_EMPTY_GONE_OUT = (
    update(CHUNKS)
    .where(
        _CHUNK.sealed != "",
        _CHUNK.state == TAKEN,
        _CHUNK.action.in_(
            select(BATCHES.c.id).where(
                BATCHES.c.last_at <= bindparam("at_moment", type_=BATCHES.c.last_at.type)
            )
        ),
        _CHUNK.action.in_(select(ACTIONS.c.id).where(ACTIONS.c.state == State.SUCCEEDED)),
    )
    .values(sealed="")
)
_FIRST_ONES = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number <= bindparam("last_number"))
    .values(phase=TRIAL)
)
_HALF = (
    update(CHUNKS)
    .where(_CHUNK.campaign == bindparam("wanted_id"), _CHUNK.number == bindparam("wanted_number"))
    .values(
        recipients=bindparam("half_recipients"),
        points=bindparam("half_points", type_=Points()),
        sealed=bindparam("half_sealed"),
    )
)
_ADD_CAMPAIGN, _ADD_CHUNK, _ADD_RECIPIENT = insert(CAMPAIGNS), insert(CHUNKS), insert(RECIPIENTS)
_FREE = or_(
    _CAMPAIGN.worker == "", _CAMPAIGN.heartbeat < bindparam("stale_before", type_=_CAMPAIGN.heartbeat.type)
)
_DUE = select(_CAMPAIGN.id).where(_CAMPAIGN.state == RUNNING, _FREE).order_by(_CAMPAIGN.started_at)
_ANY_RUNNING = select(_CAMPAIGN.id).where(_CAMPAIGN.state == RUNNING).limit(1)
_TAKE = (
    update(CAMPAIGNS)
    .where(_CAMPAIGN.id == bindparam("wanted_id"), _CAMPAIGN.state == RUNNING, _FREE)
    .values(
        worker=bindparam("new_worker"),
        heartbeat=bindparam("at_moment", type_=_CAMPAIGN.heartbeat.type),
        epoch=_CAMPAIGN.epoch + 1,
    )
    .returning(_CAMPAIGN.epoch)
)
_HEARD = func.coalesce(_CAMPAIGN.heartbeat, _CAMPAIGN.started_at)
_HELD_UP = select(CAMPAIGNS).where(
    _CAMPAIGN.state == RUNNING,
    _CAMPAIGN.at_once.is_(True),
    bindparam("heard_before", type_=_CAMPAIGN.heartbeat.type) > _HEARD,
)
_HELD = select(_CAMPAIGN.id, _CAMPAIGN.epoch).where(
    _CAMPAIGN.worker == bindparam("by_worker"), _CAMPAIGN.state == RUNNING
)
_BEAT = (
    update(CAMPAIGNS)
    .where(_CAMPAIGN.worker == bindparam("by_worker"), _CAMPAIGN.state == RUNNING)
    .values(heartbeat=bindparam("at_moment", type_=_CAMPAIGN.heartbeat.type))
)
_NOT_SENT = case(
    (
        # Of what was erased the vendor may not have been asked yet.
        BATCHES.c.state == ERASED,
        BATCHES.c.recipients
        - BATCHES.c.delivered
        - BATCHES.c.failed_retryable
        - BATCHES.c.failed_permanent
        - BATCHES.c.unknown,
    ),
    else_=BATCHES.c.cancelled,
)
_SUMS = (
    select(
        _CHUNK.state,
        ACTIONS.c.state.label("ended"),
        func.sum(_CHUNK.recipients - _CHUNK.left_out).label("recipients"),
        func.sum(_CHUNK.left_out).label("left_out"),
        func.count().label("parts"),
        func.sum(_CHUNK.points, type_=Points()).label("planned"),
        func.sum(
            func.coalesce(ACTIONS.c.points_final, ACTIONS.c.points) - ACTIONS.c.points_returned,
            type_=Points(),
        ).label("points"),
        func.sum(BATCHES.c.delivered).label("delivered"),
        func.sum(_NOT_SENT).label("erased"),
        func.sum(BATCHES.c.failed_retryable + BATCHES.c.failed_permanent).label("not_delivered"),
    )
    .select_from(
        CHUNKS.outerjoin(ACTIONS, ACTIONS.c.id == _CHUNK.action).outerjoin(
            BATCHES, BATCHES.c.id == _CHUNK.action
        )
    )
    .where(_CHUNK.campaign == bindparam("wanted_id"))
    .group_by(_CHUNK.state, ACTIONS.c.state)
)


def add_campaign(conn: Connection, campaign: Campaign) -> None:
    """Keep a campaign that is being planned."""
    conn.execute(_ADD_CAMPAIGN, asdict(campaign))


def campaign_of(conn: Connection, id_: str) -> Campaign | None:
    """The campaign with this id."""
    row = conn.execute(_BY_ID, {"wanted_id": id_}).mappings().one_or_none()
    return None if row is None else Campaign(**row)


def running_under(conn: Connection, id_: str, epoch: int) -> Campaign | None:
    """The campaign with this id, where it runs under this epoch."""
    found = campaign_of(conn, id_)
    return found if found is not None and (found.state, found.epoch) == (RUNNING, epoch) else None


def list_campaigns(
    conn: Connection, principal: str | None, page: int, page_size: int
) -> tuple[list[Campaign], int]:
    """A page of a principal's campaigns (None: everybody's), newest first, and how many there are."""
    mine = [_CAMPAIGN.state != PLANNING]
    if principal is not None:
        mine.append(_CAMPAIGN.principal == principal)
    query = select(CAMPAIGNS).where(*mine).order_by(_CAMPAIGN.created_at.desc(), _CAMPAIGN.id)
    rows = conn.execute(query.limit(page_size).offset((page - 1) * page_size)).mappings()
    total = conn.scalar(select(func.count()).select_from(CAMPAIGNS).where(*mine)) or 0
    return [Campaign(**row) for row in rows], total


def change(conn: Connection, key: bytes, id_: str, of: Collection[str], **values: object) -> bool:
    """Change a campaign that is in one of these states, and seal it; False when it is in none of them.

    Of a campaign that was started this is a step of the audit, which knows the new seal then. One that
    something else changed stays unsealed. Its `reason` is kept as `tools.sentence.read` reads it.
    """
    if isinstance(reason := values.get("reason"), str):
        values["reason"] = written(reason)
    before = campaign_of(conn, id_)
    chosen = update(CAMPAIGNS).where(_CAMPAIGN.id == id_, _CAMPAIGN.state.in_(sorted(of)))
    if before is None or conn.execute(chosen.values(**values)).rowcount != 1:
        return False
    after = campaign_of(conn, id_)
    if after is not None and (before.state == PLANNING or is_sealed(key, before)):
        after = replace(after, seal=seal_of(key, after))
        conn.execute(_SEAL, {"wanted_id": id_, "new_seal": after.seal})
    changed(conn, CAMPAIGNS, id_, said_of(after), before=said_of(before))
    return True


def said_of(campaign: Campaign | None) -> Row:
    """What the chain knows of a campaign: its seal, from its start on. A plan is forgotten after a day."""
    if campaign is None or campaign.state in (PLANNING, PLANNED):
        return None
    return json.dumps({"seal": campaign.seal})


def add_recipients(conn: Connection, campaign: str, numbers: Sequence[str]) -> None:
    """Put these half hashes into the campaign, in which none of them is yet."""
    if numbers:
        conn.execute(_ADD_RECIPIENT, [{"campaign": campaign, "number": number} for number in numbers])


def add_chunk(conn: Connection, chunk: Chunk) -> None:
    """Keep a chunk."""
    conn.execute(_ADD_CHUNK, asdict(chunk))


def first_ones(conn: Connection, campaign: str, last: int) -> None:
    """The chunks up to this one are the trial."""
    conn.execute(_FIRST_ONES, {"wanted_id": campaign, "last_number": last})


def split_chunk(conn: Connection, first: Chunk, second: Chunk) -> None:
    """Keep the second beside the first, which was both."""
    values = {"wanted_id": first.campaign, "wanted_number": first.number}
    halved = {"half_recipients": first.recipients, "half_points": first.points, "half_sealed": first.sealed}
    conn.execute(_HALF, {**values, **halved})
    add_chunk(conn, second)


def chunk_of(conn: Connection, campaign: str, number: int) -> Chunk | None:
    """One chunk."""
    values = {"wanted_id": campaign, "wanted_number": number}
    row = conn.execute(_ONE_CHUNK, values).mappings().one_or_none()
    return None if row is None else Chunk(**row)


def waiting_chunks(conn: Connection, campaign: str, at_most: int) -> list[Waiting]:
    """The first chunks that wait: the trial's come first."""
    rows = conn.execute(_WAITING, {"wanted_id": campaign, "at_most": at_most})
    return [Waiting(*row) for row in rows]


def take_chunk(conn: Connection, chunk: Chunk, action: str, left_out: int) -> bool:
    """Waiting → taken by this action; False when it does not wait."""
    values = {"wanted_id": chunk.campaign, "wanted_number": chunk.number}
    taken = conn.execute(_TAKE_CHUNK, {**values, "by_action": action, "were_left_out": left_out})
    return taken.rowcount == 1


def wait_again(conn: Connection, campaign: str) -> tuple[Decimal, int]:
    """Chunks that were certainly not sent wait again; their points and recipients."""
    again = conn.execute(_FAILED, {"wanted_id": campaign}).all()
    for row in again:
        conn.execute(_WAIT, {"wanted_id": campaign, "wanted_number": row.number})
    return sum((row.points for row in again), Decimal(0)), sum(row.recipients for row in again)


def skip_chunk(conn: Connection, chunk: Chunk) -> None:
    """Nobody of it is sent to."""
    values = {"wanted_id": chunk.campaign, "wanted_number": chunk.number}
    conn.execute(_SKIP, {**values, "were_left_out": chunk.recipients})


def leave_out(conn: Connection, campaign: str, action: str, count: int) -> None:
    """So many more of the chunk that this action took were not sent to."""
    values = {"wanted_id": campaign, "by_action": action, "more_left_out": count}
    conn.execute(_LEAVE_OUT, values)


def take_off_time(conn: Connection, action: str) -> None:
    """Nothing is left of what this action booked: its chunk has no time until its campaign is moved."""
    conn.execute(_TAKE_OFF_TIME, {"by_action": action})


def leave_waiting(conn: Connection, campaign: str) -> None:
    """What waits is not sent any more; whom any of it was for is forgotten."""
    conn.execute(_LEAVE, {"wanted_id": campaign})
    conn.execute(_EMPTY_ALL, {"wanted_id": campaign})


def empty_sent(conn: Connection, campaign: str, now: datetime) -> None:
    """Forget whom the sent chunks were for, of which a crash may have left some."""
    conn.execute(_EMPTY_SENT, {"wanted_id": campaign, "at_moment": now})


def empty_these(conn: Connection, campaign: str, numbers: Sequence[int], now: datetime) -> None:
    """The same for these alone: the many that wait need not be looked through."""
    conn.execute(_EMPTY_THESE, {"wanted_id": campaign, "at_moment": now, "those": numbers})


def empty_gone_out(conn: Connection, now: datetime) -> None:
    """Forget whom booked chunks were for, once the last of each has gone out."""
    conn.execute(_EMPTY_GONE_OUT, {"at_moment": now})


def running_of(conn: Connection, principal: str | None) -> list[Campaign]:
    """The running campaigns of a principal (None: everybody's)."""
    return [each for each in _in_states(conn, [RUNNING]) if principal in (None, each.principal)]


def pause_all(conn: Connection, key: bytes, reason: str, principal: str | None = None) -> list[Campaign]:
    """Pause what runs of a principal (None: of everybody); those that ran."""
    found = running_of(conn, principal)
    for each in found:
        change(conn, key, each.id, [RUNNING], state=PAUSED, reason=reason, worker="")
    return found


def doubt_all(conn: Connection, key: bytes) -> list[Campaign]:
    """Note of all that can still send that parts of it may be out, and pause what runs; those that ran."""
    for each in _in_states(conn, [PLANNED, *STANDING]):
        change(conn, key, each.id, [each.state], reason=LOST)
    return pause_all(conn, key, LOST)


def every_campaign(conn: Connection) -> list[Campaign]:
    """All that are planned to their end."""
    rows = conn.execute(select(CAMPAIGNS).where(_CAMPAIGN.state != PLANNING)).mappings()
    return [Campaign(**row) for row in rows]


def _in_states(conn: Connection, states: Sequence[str]) -> list[Campaign]:
    rows = conn.execute(select(CAMPAIGNS).where(_CAMPAIGN.state.in_(states))).mappings()
    return [Campaign(**row) for row in rows]


def some_run(conn: Connection) -> bool:
    """Whether any campaign runs."""
    return conn.scalar(_ANY_RUNNING) is not None


def due_campaigns(conn: Connection, stale_before: datetime) -> list[str]:
    """Running campaigns that nobody carries out, or whose worker was not heard of since."""
    return conn.scalars(_DUE, {"stale_before": stale_before}).all()


def take_campaign(
    conn: Connection, id_: str, worker: str, now: datetime, stale_before: datetime
) -> int | None:
    """The epoch under which this worker carries it out from now on; None when another does."""
    values = {"wanted_id": id_, "new_worker": worker, "at_moment": now, "stale_before": stale_before}
    return conn.scalar(_TAKE, values)


def let_go(conn: Connection, held: Held, worker: str) -> None:
    """This worker carries it out no longer: whoever looks next takes it over."""
    mine = (_CAMPAIGN.id == held.campaign, _CAMPAIGN.epoch == held.epoch, _CAMPAIGN.worker == worker)
    conn.execute(update(CAMPAIGNS).where(*mine).values(worker=""))


def held_up(conn: Connection, heard_before: datetime) -> list[Campaign]:
    """Those that were to go out at once, and that nobody carried out since then."""
    rows = conn.execute(_HELD_UP, {"heard_before": heard_before}).mappings()
    return [Campaign(**row) for row in rows]


def held_by(conn: Connection, worker: str) -> list[Held]:
    """The running campaigns that this worker carries out."""
    return [Held(*row) for row in conn.execute(_HELD, {"by_worker": worker})]


def beat(conn: Connection, worker: str, now: datetime) -> int:
    """Say that this worker lives; how many campaigns it carries out."""
    return conn.execute(_BEAT, {"by_worker": worker, "at_moment": now}).rowcount


def waiting_points(conn: Connection, campaign: str) -> Decimal:
    """The points of the chunks that wait, or would wait again."""
    waiting = conn.scalar(_WAITING_POINTS, {"wanted_id": campaign}) or Decimal(0)
    return waiting + sum((row.points for row in conn.execute(_FAILED, {"wanted_id": campaign})), Decimal(0))


def progress_of(conn: Connection, campaign: str) -> Progress:
    """How far it is."""
    found: Counter[str] = Counter()
    left_out = delivered = not_delivered = 0
    points = untimed_points = Decimal(0)
    for row in conn.execute(_SUMS, {"wanted_id": campaign}):
        erased = int((row.recipients if row.state == UNTIMED else row.erased) or 0)
        found[_kind(row.state, row.ended)] += int(row.recipients or 0) - erased
        found["cancelled"] += erased
        if row.state == UNTIMED:
            found["untimed"] += erased
            found["untimed_parts"] += int(row.parts)
            untimed_points += row.planned or Decimal(0)
        left_out += int(row.left_out or 0)
        delivered += int(row.delivered or 0)
        not_delivered += int(row.not_delivered or 0)
        if row.ended in (State.SUCCEEDED, State.UNKNOWN, State.DISPATCHING):
            points += row.points or Decimal(0)
    return Progress(
        **found,
        left_out=left_out,
        points=points,
        delivered=delivered,
        not_delivered=not_delivered,
        untimed_points=untimed_points,
    )


def _kind(state: str, ended: str | None) -> str:
    if state != TAKEN or ended is None:
        # Of a chunk that is skipped nothing is left to count.
        return "waiting" if state == WAITING else "cancelled"
    return {"succeeded": "sent", "unknown": "unknown", "dispatching": "sending"}.get(ended, "failed")
