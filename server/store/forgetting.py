"""One number is forgotten: its rows stay for what they count, and nothing in them leads to it any more."""

from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, func, select, update

from server.store.aging import SETTLES
from server.store.keys import HALF, forgotten_hash
from server.store.messages import sealed_of
from server.store.others_words import naming, unname
from server.store.plans import Connection
from server.store.record_tables import MESSAGES, OPT_OUTS, REPLIES
from server.store.schema import DELIVERY_EVENTS

_HALF, _WHOLE = MESSAGES.c.number == bindparam("half"), OPT_OUTS.c.number == bindparam("whole")
_REPLIED = REPLIES.c.number == bindparam("half")
_REPORTED = and_(DELIVERY_EVENTS.c.number == bindparam("whole"), ~SETTLES)
_WISHED = and_(_WHOLE, OPT_OUTS.c.sealed.concat(OPT_OUTS.c.words) != "")
_MESSAGES = select(func.count()).select_from(MESSAGES).where(_HALF)
_REPLIES = select(func.count()).select_from(REPLIES).where(_REPLIED)
_REPORTS = select(func.count()).select_from(DELIVERY_EVENTS).where(_REPORTED)
_WISHES = select(func.count()).select_from(OPT_OUTS).where(_WISHED)
_STANDS = bindparam("stands_for_it", type_=MESSAGES.c.number.type)
_FORGET = (
    update(MESSAGES).where(_HALF).values(number=_STANDS, sealed="", record=""),
    update(REPLIES).where(_REPLIED).values(number=_STANDS, sealed="", text=""),
)
_FORGET_WISH = update(OPT_OUTS).where(_WHOLE).values(sealed="", words="")
_DROP_REPORTS = delete(DELIVERY_EVENTS).where(_REPORTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberRows:
    """How many rows hold something of a number."""

    messages: int
    replies: int
    reports: int
    opt_outs: int
    named: int
    """Replies of others in whose words it stands."""


def rows_of_number(conn: Connection, whole: str, mobile: str) -> NumberRows:
    """What there is of a number (E.164), by its whole keyed hash, and by itself in others' words."""
    by_half, by_whole = {"half": whole[:HALF]}, {"whole": whole}
    return NumberRows(
        messages=conn.scalar(_MESSAGES, by_half) or 0,
        replies=conn.scalar(_REPLIES, by_half) or 0,
        reports=conn.scalar(_REPORTS, by_whole) or 0,
        opt_outs=conn.scalar(_WISHES, by_whole) or 0,
        named=naming(conn, mobile),
    )


def forget_rows(conn: Connection, key: bytes, whole: str, mobile: str) -> None:
    """Take the number, its names and its words out of every row; who opted out stays known by the hash."""
    half = whole[:HALF]
    for each in _FORGET:
        conn.execute(each, {"half": half, "stands_for_it": forgotten_hash(key, half)})
    conn.execute(_FORGET_WISH, {"whole": whole})
    conn.execute(_DROP_REPORTS, {"whole": whole})
    unname(conn, mobile)


def is_forgotten(conn: Connection, batch: str, half: str, key: bytes) -> bool:
    """Whether a message of this batch was this number's, until it was forgotten."""
    return sealed_of(conn, batch, forgotten_hash(key, half)) is not None
