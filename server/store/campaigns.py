"""Campaigns in the store: the plan, and who carries it out."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, or_, select, update

from server.store.campaign_seals import is_sealed, seal_of
from server.store.campaign_tables import CAMPAIGNS, RECIPIENTS
from server.store.changes import Row, changed
from server.store.plans import Connection
from tools.sentence import sentence, written

PLANNING, PLANNED, RUNNING, HOLDING, PAUSED = "planning", "planned", "running", "holding", "paused"
DONE, CANCELLED = "done", "cancelled"
"""The states of a campaign; `planning` as long as its chunks are written."""
STANDING = (PAUSED, HOLDING)
"""Begun, and waiting for a person."""
OVER = (DONE, CANCELLED)
"""Nothing is sent for it any more."""
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


_SEALED = sorted({each.name for each in fields(Campaign)} - {"worker", "heartbeat", "epoch", "seal"})


class Held(NamedTuple):
    """A campaign that a worker carries out, and under which epoch."""

    campaign: str
    epoch: int


_CAMPAIGN = CAMPAIGNS.c
_BY_ID = select(CAMPAIGNS).where(_CAMPAIGN.id == bindparam("wanted_id"))
_SEAL = update(CAMPAIGNS).where(_CAMPAIGN.id == bindparam("wanted_id")).values(seal=bindparam("new_seal"))
_ADD_CAMPAIGN, _ADD_RECIPIENT = insert(CAMPAIGNS), insert(RECIPIENTS)
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
