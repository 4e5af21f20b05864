"""What the audit knows of an action and of what came before it: for whoever has to decide on it.

Read from the newest entry backwards, no further than a person's question needs.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from typing import cast

from server.store.actions import Action
from server.store.audit import Written, backwards, since
from server.store.plans import Connection
from server.store.session_facts import outside_text_at
from server.store.sessions import HELD, Session

LOOKED_BACK = 5_000
"""Entries that are read at most: some hours of a busy assistant."""
_NAMED = 12
_LOOKED = "looked"
_TOLD = (_LOOKED, "called")
"""Events of what only tells, and of what changes something without a person's yes, a plan say."""
_NEAR = 5_000
"""Entries from the moment of a decision on, among which its line stands: another machine may be ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """The newest look of this kind before an action was proposed."""

    tool: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Trail:
    """Through which client it was asked, and what its principal had looked at within a day before."""

    through: str = ""
    """The client's own name and version, text from outside; '' where it gave none."""
    looks: tuple[Look, ...] = ()
    """The newest kinds of looks, each once, the newest first."""
    told: tuple[str, ...] = ()
    """Every tool and resource that told something, the newest first: looks, plans, watches."""
    outside_at: datetime | None = None
    """When its session last read text from outside; None when it did not within a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The audit's line of a decision: whoever keeps it can find it in the chain, and see that it stands."""

    sequence: int
    mac: str
    at: datetime


def trail_of(conn: Connection, action: Action, now: datetime) -> Trail:
    """What led to this action, which waits."""
    session = Session(action.principal, action.session)
    outside_at = outside_text_at(conn, session, now)
    through, looks, told = "", dict[str, Look](), dict[str, None]()
    for line in _since(conn, action.created_at - HELD):
        entry = line.entry
        if entry.get("action_id") == action.id and entry.get("event") == "proposed":
            through = _detail(entry, "through")
        elif entry.get("event") in _TOLD and entry.get("principal") == action.principal:
            if _detail(entry, "channel"):
                # A person looked, on a page: no assistant learned anything by it.
                continue
            tool = str(entry.get("tool"))
            if line.at > action.created_at:
                continue
            told.setdefault(tool)
            if entry.get("event") == _LOOKED and len(looks) < _NAMED:
                looks.setdefault(tool, Look(tool=tool, at=line.at))
    return Trail(through=through, looks=tuple(looks.values()), told=tuple(told), outside_at=outside_at)


def receipt_of(conn: Connection, action: Action) -> Receipt | None:
    """The audit's line of the decision on this action; None while nobody has decided."""
    if action.decided_at is None:
        return None
    for line in since(conn, action.decided_at, action.id, _NEAR):
        if line.entry.get("event") in ("approved", "denied"):
            return Receipt(sequence=line.sequence, mac=line.mac, at=line.at)
    return None


def _since(conn: Connection, moment: datetime) -> Iterator[Written]:
    return takewhile(lambda line: line.at >= moment, backwards(conn, LOOKED_BACK))


def _detail(entry: Mapping[str, object], name: str) -> str:
    details = entry.get("details")
    if not isinstance(details, Mapping):
        return ""
    return str(cast("Mapping[str, object]", details).get(name, ""))
