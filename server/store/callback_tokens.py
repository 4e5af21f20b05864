"""Secrets of the callback's URL that were issued, as keyed hashes, and how long each is taken."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, or_, select, update

from server.store.plans import Connection
from server.store.record_tables import CALLBACK_TOKENS

_COLUMNS = CALLBACK_TOKENS.c


class CallbackToken(NamedTuple):
    """One secret. `issued_at` is None of the one in the settings; without `until` it is taken for good."""

    token: str
    issued_at: datetime | None = None
    used_at: datetime | None = None
    until: datetime | None = None


_ALL = select(*(_COLUMNS[name] for name in CallbackToken._fields))
_THERE = select(_COLUMNS.token).where(_COLUMNS.token == bindparam("of_token"))
_INSERT = insert(CALLBACK_TOKENS)
_THIS = _COLUMNS.token == bindparam("of_token")
_END = (
    update(CALLBACK_TOKENS)
    .where(_THIS, or_(_COLUMNS.until.is_(None), _COLUMNS.until > bindparam("new_until")))
    .values(until=bindparam("new_until"))
)
_USED = update(CALLBACK_TOKENS).where(_THIS).values(used_at=bindparam("new_used_at"))


def tokens_in_force(conn: Connection, given: str, now: datetime) -> list[CallbackToken]:
    """What is taken now, the newest first; `given` is the hash of the one in the settings, '' for none."""
    known = {row[0]: CallbackToken(*row) for row in conn.execute(_ALL)}
    if given:
        known.setdefault(given, CallbackToken(given))
    taken = [
        each
        for each in known.values()
        if (each.issued_at is not None or each.token == given) and (each.until is None or each.until > now)
    ]
    return sorted(taken, key=lambda each: each.issued_at.timestamp() if each.issued_at else 0, reverse=True)


def keep_token(conn: Connection, token: CallbackToken) -> None:
    """Keep a secret's hash that is not kept yet."""
    conn.execute(_INSERT, token._asdict())


def end_token(conn: Connection, token: CallbackToken, until: datetime) -> None:
    """Take it no longer than this. The one in the settings has a row from then on."""
    if not conn.execute(_THERE, {"of_token": token.token}).all():
        keep_token(conn, token)
    conn.execute(_END, {"of_token": token.token, "new_until": until})


def tokens_used(conn: Connection, tokens: Collection[str], now: datetime) -> None:
    """These were used."""
    for token in tokens:
        if not conn.execute(_USED, {"of_token": token, "new_used_at": now}).rowcount:
            keep_token(conn, CallbackToken(token, used_at=now))
