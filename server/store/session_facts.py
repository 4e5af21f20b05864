"""What is known of a session and must outlive the process: that text from outside was read in it."""

from datetime import datetime

from sqlalchemy import bindparam, delete, select

from server.store.columns import Moment
from server.store.covered import CoveredRows
from server.store.plans import Connection
from server.store.schema import SESSION_FACTS
from server.store.sessions import HELD, Session

FACTS = CoveredRows(SESSION_FACTS)
_TABLE = SESSION_FACTS.c
_SINCE = bindparam("since_moment", type_=Moment())
_THIS = (_TABLE.principal == bindparam("of_principal"), _TABLE.session == bindparam("of_session"))
OUTSIDE_TEXT = select(_TABLE.outside_text_at).where(*_THIS, _TABLE.outside_text_at > _SINCE).limit(1)
_FORGET = FACTS.deleting(delete(SESSION_FACTS).where(_TABLE.outside_text_at <= _SINCE))
_FORGET_THIS = FACTS.deleting(delete(SESSION_FACTS).where(*_THIS))


def outside_text_was_read(conn: Connection, session: Session, now: datetime) -> bool:
    """Whether it was, within `HELD`."""
    return conn.scalar(OUTSIDE_TEXT, outside_text_of(session, now)) is not None


def outside_text_at(conn: Connection, session: Session, now: datetime) -> datetime | None:
    """When it was read last, within `HELD`; what is kept is up to `RENEWED` older."""
    return conn.scalar(OUTSIDE_TEXT, outside_text_of(session, now))


def outside_text_of(session: Session, now: datetime) -> dict[str, object]:
    """The values of `OUTSIDE_TEXT`."""
    return {"of_principal": session.principal, "of_session": session.session, "since_moment": now - HELD}


def remember_outside_text(conn: Connection, session: Session, now: datetime) -> None:
    """It was read now. What is past is forgotten, so that there is never more than one row a live session."""
    FACTS.delete(conn, _FORGET, {"since_moment": now - HELD})
    FACTS.delete(conn, _FORGET_THIS, {"of_principal": session.principal, "of_session": session.session})
    FACTS.insert(conn, {**session._asdict(), "outside_text_at": now})
