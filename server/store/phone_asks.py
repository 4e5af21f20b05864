"""What was texted to the approver's phone about an action, and what was answered."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select, update

from server.store.actions import State
from server.store.covered import CoveredRows
from server.store.phone_tables import PHONE_ASKS
from server.store.plans import Connection
from server.store.schema import ACTIONS

ASKS = CoveredRows(PHONE_ASKS)


class PhoneAsk(NamedTuple):
    """One text to the approver's phone. `number` and `code` are keyed hashes, `text_id` is its own action.

    `said` is '' until it was answered, then `yes` or `no`, with the batch and the time of that reply.
    """

    action_id: str
    text_id: str
    number: str
    code: str
    masked: str
    preview_digest: str
    asked_at: datetime
    wrong: int = 0
    said: str = ""
    batch_id: str = ""
    replied_at: datetime | None = None


_THIS = PHONE_ASKS.c.action_id == bindparam("of_action")
_OF_ACTION = select(PHONE_ASKS).where(_THIS)
_BEFORE = select(*ASKS.columns).where(_THIS)
_ANSWER = (
    update(PHONE_ASKS)
    .where(_THIS)
    .values(
        said=bindparam("new_said"),
        batch_id=bindparam("new_batch"),
        replied_at=bindparam("new_replied_at", type_=PHONE_ASKS.c.replied_at.type),
    )
    .returning(*ASKS.columns)
)
_COUNT_WRONG = update(PHONE_ASKS).where(_THIS).values(wrong=bindparam("new_wrong")).returning(*ASKS.columns)
_SINCE = select(func.count()).where(
    PHONE_ASKS.c.asked_at >= bindparam("since", type_=PHONE_ASKS.c.asked_at.type)
)
_EVERY = select(PHONE_ASKS).order_by(PHONE_ASKS.c.action_id)
_OPEN = (
    select(PHONE_ASKS.c.action_id)
    .join(ACTIONS, ACTIONS.c.id == PHONE_ASKS.c.action_id)
    .where(
        ACTIONS.c.state == State.PROPOSED.value,
        ACTIONS.c.expires_at > bindparam("now", type_=ACTIONS.c.expires_at.type),
    )
    .order_by(PHONE_ASKS.c.asked_at)
)
_TEXTS = ACTIONS.alias("texts")
_ASKED_ABOUT = (
    select(PHONE_ASKS.c.action_id, PHONE_ASKS.c.masked)
    .join(ACTIONS, ACTIONS.c.id == PHONE_ASKS.c.action_id)
    .join(_TEXTS, _TEXTS.c.id == PHONE_ASKS.c.text_id)
    .where(ACTIONS.c.state == State.PROPOSED.value, _TEXTS.c.state == State.SUCCEEDED.value)
)
_NEWEST = select(PHONE_ASKS).order_by(PHONE_ASKS.c.asked_at.desc()).limit(1)
_BY_CHANNEL = select(ACTIONS.c.id).where(ACTIONS.c.channel == bindparam("by_channel"), ACTIONS.c.rule == "")


def add_ask(conn: Connection, ask: PhoneAsk) -> None:
    """Keep what is texted about an action that nothing was texted about yet."""
    ASKS.insert(conn, ask._asdict())


def ask_of(conn: Connection, action_id: str) -> PhoneAsk | None:
    """What was texted about this action."""
    row = conn.execute(_OF_ACTION, {"of_action": action_id}).one_or_none()
    return None if row is None else PhoneAsk(*row)


def newest_ask(conn: Connection) -> PhoneAsk | None:
    """What was texted last, about whatever action."""
    row = conn.execute(_NEWEST).one_or_none()
    return None if row is None else PhoneAsk(*row)


def note_answer(conn: Connection, action_id: str, said: str, batch_id: str, replied_at: datetime) -> None:
    """Keep the reply that decided."""
    before = conn.execute(_BEFORE, {"of_action": action_id}).one()
    values = {"new_said": said, "new_batch": batch_id, "new_replied_at": replied_at}
    ASKS.updated(conn, before, conn.execute(_ANSWER, {"of_action": action_id, **values}).one())


def count_wrong(conn: Connection, action_id: str, wrong: int) -> None:
    """How many wrong codes were answered by now."""
    before = conn.execute(_BEFORE, {"of_action": action_id}).one()
    ASKS.updated(conn, before, conn.execute(_COUNT_WRONG, {"of_action": action_id, "new_wrong": wrong}).one())


def asks_since(conn: Connection, since: datetime) -> int:
    """How many texts asked since then."""
    return conn.scalar(_SINCE, {"since": since}) or 0


def every_ask(conn: Connection) -> Iterator[PhoneAsk]:
    """All that was asked, an action at a time."""
    return (PhoneAsk(*row) for row in conn.stream(_EVERY))


def open_asks(conn: Connection, now: datetime) -> list[str]:
    """The actions that wait for an answer, the oldest text first."""
    return list(conn.scalars(_OPEN, {"now": now}).all())


def phones_asked(conn: Connection) -> dict[str, str]:
    """The actions that wait and that a text went out about, each with the masked number."""
    return {str(action_id): str(masked) for action_id, masked in conn.execute(_ASKED_ABOUT)}


def decided_in(conn: Connection, channel: str) -> list[str]:
    """The actions that were decided through this channel, without the parts of what was."""
    return list(conn.scalars(_BY_CHANNEL, {"by_channel": channel}).all())
