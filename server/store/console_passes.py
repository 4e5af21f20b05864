"""Who may use the page for people: a link that is used once, and a browser that it let in."""

from datetime import datetime
from typing import Literal, NamedTuple

from sqlalchemy import bindparam, delete, insert, select, update

from server.store.console_tables import CONSOLE_PASSES
from server.store.plans import Connection

Kind = Literal["link", "session"]
_COLUMNS = CONSOLE_PASSES.c


class Pass(NamedTuple):
    """One link or one signed-in browser, by the keyed hash of its token."""

    token: str
    kind: Kind
    person: str
    made_at: datetime
    until: datetime
    used_at: datetime | None = None


_AT = bindparam("at_moment", type_=_COLUMNS.until.type)
_THIS = (_COLUMNS.token == bindparam("of_token"), _COLUMNS.kind == bindparam("of_kind"))
_IN_FORCE = (*_THIS, _COLUMNS.used_at.is_(None), _COLUMNS.until > _AT)
_PERSON = select(_COLUMNS.person).where(*_IN_FORCE)
_INSERT = insert(CONSOLE_PASSES)
_USE = update(CONSOLE_PASSES).where(*_IN_FORCE).values(used_at=_AT)
_FORGET = delete(CONSOLE_PASSES).where(_COLUMNS.until <= _AT)


def add_pass(conn: Connection, given: Pass) -> None:
    """Keep it; those that are over are forgotten with the same step."""
    conn.execute(_FORGET, {"at_moment": given.made_at})
    conn.execute(_INSERT, given._asdict())


def person_of(conn: Connection, token: str, kind: Kind, now: datetime) -> str | None:
    """Whose it is; None where it is over, used up, or not known."""
    return conn.scalar(_PERSON, {"of_token": token, "of_kind": kind, "at_moment": now})


def use_up(conn: Connection, token: str, kind: Kind, now: datetime) -> str | None:
    """Whose it was, and it is nobody's from now on; None as for `person_of`."""
    whose = person_of(conn, token, kind, now)
    if whose is not None:
        conn.execute(_USE, {"of_token": token, "of_kind": kind, "at_moment": now})
    return whose
