"""The audit: a chain of entries in which an edit, a deletion, a swap or a cut end shows.

Each entry's MAC is HMAC-SHA256 over the MAC before it, its own number and its canonical JSON text. An entry
is appended in the same transaction as the step that it records.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from json.encoder import encode_basestring_ascii as _quoted
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from server.store.columns import moment_of, moment_text
from server.store.head_file import Head
from server.store.keys import hash_number
from server.store.macs import mac_with
from server.store.plans import Connection
from server.store.schema import AUDIT
from tools.sentence import sentence

__all__ = [
    "AuditEntry",
    "Head",
    "Newest",
    "Verification",
    "Written",
    "about",
    "append",
    "append_all",
    "backwards",
    "carried",
    "export",
    "hash_number",
    "head",
    "newest",
    "verify",
]

_START = Head(0, "0" * 64)
_BATCH = 10_000
_CARRIED = "the end of the audit's chain"
_LOWEST = -(2**63)
"""Somebody may have inserted entries before the first."""

_KNOWN = AUDIT.alias("known")
_MAC_OF = select(_KNOWN.c.mac).where(_KNOWN.c.sequence == bindparam("wanted_sequence")).scalar_subquery()
_NEWEST = (
    select(AUDIT.c.sequence, AUDIT.c.mac, AUDIT.c.entry, _MAC_OF.label("known_mac"))
    .order_by(AUDIT.c.sequence.desc())
    .limit(1)
)
_LINES = select(AUDIT.c.sequence, AUDIT.c.entry, AUDIT.c.mac).order_by(AUDIT.c.sequence)
_NEXT = _LINES.where(AUDIT.c.sequence > bindparam("after")).limit(_BATCH)
_ENDS = select(func.min(AUDIT.c.sequence), func.max(AUDIT.c.sequence))
_AT = _LINES.with_only_columns(AUDIT.c.entry).where(AUDIT.c.sequence >= bindparam("wanted_sequence")).limit(1)
_ABOUT_SINCE = _LINES.where(
    AUDIT.c.sequence >= bindparam("first"),
    AUDIT.c.sequence < bindparam("behind"),
    AUDIT.c.entry.startswith(bindparam("beginning")),
)
_INSERT = insert(AUDIT)
_TIMES = re.compile(r'\{"action_id":"(?:[^"\\]|\\.)*",(?:"after":"(?P<after>[^"]*)",)?"at":"(?P<at>[^"]*)",')
"""How every entry begins (`_canonical`)."""
_encoded = json.JSONEncoder(sort_keys=True, separators=(",", ":"), allow_nan=False).encode

Json = None | bool | int | str | list["Json"] | Mapping[str, "Json"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """What happened. `details` holds no numbers and no texts of people: numbers only as `hash_number`."""

    event: str
    principal: str
    action_id: str = ""
    tool: str = ""
    details: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What checking the chain found: `first_bad` is the number of the first entry that is not as written."""

    ok: bool
    entries: int
    head: Head
    first_bad: int | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """An entry as it stands in the chain, with its MAC and its moment."""

    sequence: int
    entry: Mapping[str, Json]
    mac: str
    at: datetime


class Newest(NamedTuple):
    """The end of the chain."""

    tip: Head
    """The newest entry's number and MAC; number 0 when there is none."""
    latest: datetime | None
    """The latest moment that the chain knows: None when there is no entry.

    An entry that was written while the clock was back carries the moment that it is behind.
    """
    holds: bool
    """Whether a remembered head is still in the chain: to be asked before more is appended.

    Otherwise the first entry after a cut would move the remembered head past it.
    """


def append(conn: Connection, entry: AuditEntry, key: bytes, now: datetime) -> Head:
    """Add an entry to the chain; the new head, for `write_head` after the commit."""
    return append_all(conn, [entry], key, now)


def append_all(conn: Connection, entries: Sequence[AuditEntry], key: bytes, now: datetime) -> Head:
    """Add entries to the chain in one step; the new head, or the present one when there are no entries."""
    tip, latest, _ = newest(conn)
    return append_after(conn, entries, key, now, tip=tip, latest=latest)


def append_after(  # noqa: PLR0913 - what `newest` found in this transaction, and what is added
    conn: Connection,
    entries: Sequence[AuditEntry],
    key: bytes,
    now: datetime,
    *,
    tip: Head,
    latest: datetime | None,
) -> Head:
    """The same for whoever has read the newest entry in this transaction."""
    mac_of, at = mac_with(key).of, tip
    rows: list[dict[str, object]] = []
    for entry in entries:
        sequence, text = at.sequence + 1, _canonical(entry, now, latest)
        at = Head(sequence, mac_of(f"{at.mac}:{sequence}:{text}".encode()))
        rows.append({"sequence": sequence, "entry": text, "mac": at.mac})
    if rows:
        conn.execute(_INSERT, rows)
        conn.carried[_CARRIED] = Newest(at, now if latest is None else max(now, latest), holds=True)
    return at


def carried(conn: Connection) -> Newest | None:
    """The end of the chain as somebody left it in this transaction, in which nobody else writes."""
    return conn.carried.get(_CARRIED)


def head(conn: Connection) -> Head:
    """The newest entry's number and MAC; number 0 when there is none."""
    return newest(conn).tip


def newest(conn: Connection, known: Head = _START) -> Newest:
    """The end of the chain, and whether it still holds the head that is `known`."""
    row = conn.execute(_NEWEST, {"wanted_sequence": known.sequence}).one_or_none()
    if row is None:
        return Newest(_START, None, holds=known[:2] == _START[:2])
    holds = known.sequence == 0 or row.known_mac == known.mac
    return Newest(Head(row.sequence, row.mac), _moment_of(row.entry), holds)


def _moment_of(text: str) -> datetime | None:
    """None for what was not written by `append`: the check of the chain is what finds it."""
    found = _TIMES.match(text)
    try:
        return None if found is None else moment_of(found["after"] or found["at"])
    except ValueError:
        return None


def verify(
    conn: Connection,
    key: bytes,
    expect_head: Head | None = None,
    *,
    take: Callable[[str], None] | None = None,
) -> Verification:
    """Check every entry, in pieces. `expect_head` is what `read_head` remembers: what it names must stand.

    Entries after the expected head are allowed: the file is written after the commit, so it can be behind.
    `take` is given each entry that is as it was written, in their order.
    """
    mac_of = mac_with(key).of
    number, before = _START.sequence, _START.mac
    expected = expect_head or _START
    expected_stands = expected.sequence == 0
    # A million entries in seconds: nothing is made for an entry that can be done without.
    for sequence, text, mac in _rows(conn):
        if sequence != number + 1:
            return _broken(Head(number, before), sentence("an entry is missing"))
        if mac_of(f"{before}:{sequence}:{text}".encode()) != mac:
            return _broken(Head(number, before), sentence("an entry is not as it was written"))
        number, before = sequence, mac
        if take is not None:
            take(text)
        if number == expected.sequence:
            expected_stands = mac == expected.mac
    if not expected_stands:
        problem = sentence("the end is missing: the remembered head is not in the chain")
        return _broken(Head(number, before), problem)
    return Verification(ok=True, entries=number, head=Head(number, before))


def about(conn: Connection, action_id: str) -> list[tuple[int, Mapping[str, Json]]]:
    """The entries of one action with their numbers, in their order. Looks through the whole chain."""
    written = AUDIT.c.entry.startswith(_beginning(action_id))
    query = select(AUDIT.c.sequence, AUDIT.c.entry).where(written).order_by(AUDIT.c.sequence)
    return [(sequence, json.loads(entry)) for sequence, entry in conn.execute(query)]


def backwards(conn: Connection, limit: int) -> Iterator[Written]:
    """The newest entries, the last one first, at most so many, until one that `append` did not write."""
    query = select(AUDIT.c.sequence, AUDIT.c.entry, AUDIT.c.mac).order_by(AUDIT.c.sequence.desc())
    for sequence, text, mac in conn.stream(query.limit(limit)):
        at = _moment_of(text)
        if at is None:
            return
        yield Written(sequence=sequence, entry=json.loads(text), mac=mac, at=at)


def since(conn: Connection, moment: datetime, action_id: str, limit: int) -> Iterator[Written]:
    """The entries of one action from this moment on, among so many of all: they stand in their order.

    Where they begin is found by halving.
    """
    first, last = conn.execute(_ENDS).one()
    if first is None:
        return
    while first < last:
        middle = (first + last) // 2
        at = _moment_of(conn.scalar(_AT, {"wanted_sequence": middle}) or "")
        if at is None:
            return
        first, last = (middle + 1, last) if at < moment else (first, middle)
    wanted = {"first": first, "behind": first + limit, "beginning": _beginning(action_id)}
    for sequence, text, mac in conn.stream(_ABOUT_SINCE, wanted):
        at = _moment_of(text)
        if at is not None and at >= moment:
            yield Written(sequence=sequence, entry=json.loads(text), mac=mac, at=at)


def _beginning(action_id: str) -> str:
    """How an entry about it begins (`_canonical`); no id needs to be escaped in JSON or in a pattern."""
    return f'{{"action_id":"{action_id}",'


def export(conn: Connection) -> Iterator[str]:
    """The chain as JSON lines: number, entry and MAC."""
    for sequence, text, mac in _rows(conn):
        yield f'{{"sequence":{sequence},"entry":{text},"mac":"{mac}"}}\n'


def _rows(conn: Connection) -> Iterator[tuple[int, str, str]]:
    """All rows in order, a piece at a time: none is kept."""
    last = _LOWEST
    while rows := _piece(conn, last):
        yield from rows
        last = rows[-1][0]


def _piece(conn: Connection, after: int) -> Sequence[tuple[int, str, str]]:
    """The rows after this number, as many as are kept at a time."""
    return conn.execute(_NEXT, {"after": after}).all()


def _canonical(entry: AuditEntry, now: datetime, latest: datetime | None) -> str:
    after = "" if latest is None or now >= latest else f'"after":"{moment_text(latest)}",'
    # ASCII: no engine and no client can change what the MAC was taken of.
    return (
        f'{{"action_id":{_quoted(entry.action_id)},{after}"at":"{moment_text(now)}",'
        f'"details":{_encoded(entry.details)},"event":{_quoted(entry.event)},'
        f'"principal":{_quoted(entry.principal)},"tool":{_quoted(entry.tool)}}}'
    )


def _broken(last_good: Head, problem: str) -> Verification:
    return Verification(
        ok=False,
        entries=last_good.sequence,
        head=last_good,
        first_bad=last_good.sequence + 1,
        problem=problem,
    )
