"""The tables that are held against the audit's chain: those that guard something.

`delivery_events` is not one: what a report settles is a step of an action, and in the audit as such; and an
entry for each report of each recipient would bury the decisions of people.
"""

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from server.store.blocked import BLOCKED
from server.store.compared import Compared
from server.store.counting import TEXTS, USAGE
from server.store.covered import CoveredRows, CoveredSets
from server.store.key_mark import MARK
from server.store.locks import LOCKS
from server.store.meta import VALUES
from server.store.packed_texts import PACKED
from server.store.passkeys import EVIDENCE, KEYS
from server.store.phone_asks import ASKS
from server.store.plans import Connection
from server.store.rows import STORED, actions_where, taipei_day
from server.store.schema import ACTIONS
from server.store.sent_texts import SENT
from server.store.session_facts import FACTS

_ACTION = re.compile(r'\{"action_id":"([^"]*)"')
_ACTIONS = actions_where().order_by(ACTIONS.c.sequence)


class ComparedActions(Compared):
    """The ledger, by the action's id."""

    def __init__(self, key: bytes) -> None:
        super().__init__(ACTIONS, key)

    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """Every action, whatever its columns hold by now."""
        for row in conn.stream(_ACTIONS):
            yield str(row[0]), STORED.row(row)

    def known_by(self, entry: str) -> Iterable[str]:
        """The action whose step it is; of dispatches without an owner, one entry named several."""
        found = _ACTION.match(entry)
        return () if found is None else filter(None, found[1].split(","))


class ComparedRows(Compared):
    """A table whose rows are known each by its key, or together by their action."""

    def __init__(self, covered: CoveredRows | CoveredSets, key: bytes) -> None:
        super().__init__(covered.table, key)
        self._covered = covered

    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """What the table says of itself."""
        return self._covered.rows(conn)


class ComparedBlocked(ComparedRows):
    """The blocked numbers, by their hash."""

    def __init__(self, key: bytes) -> None:
        super().__init__(BLOCKED, key)

    def take_earlier(self, entry: str) -> None:
        """What a person blocked and let go."""
        for event, number in _outcome(entry, "blocked", "unblocked"):
            (self._earlier.add if event == "blocked" else self._earlier.discard)(number)


class ComparedLocks(ComparedRows):
    """The stopped logins, by vendor."""

    def __init__(self, key: bytes) -> None:
        super().__init__(LOCKS, key)

    def take_earlier(self, entry: str) -> None:
        """What a refused login stopped, and a person let go."""
        for event, outcome in _outcome(entry, "login_stopped", "login_unlocked"):
            vendor = outcome.partition(" ")[0]
            (self._earlier.add if event == "login_stopped" else self._earlier.discard)(vendor)


class ComparedUsage(ComparedRows):
    """The totals, by day."""

    def __init__(self, key: bytes) -> None:
        super().__init__(USAGE, key)

    def known_by(self, entry: str) -> Iterable[str]:
        """The day on which something was begun."""
        for values in _entry(entry, "dispatching"):
            yield taipei_day(datetime.fromisoformat(values["at"]))


class ComparedMeta(ComparedRows):
    """What the store says of itself."""

    def __init__(self, key: bytes) -> None:
        super().__init__(VALUES, key)

    def take_earlier(self, entry: str) -> None:
        """An earlier version kept which key it was, without an entry of it."""
        self._perhaps.add(MARK)


class ComparedTexts(ComparedRows):
    """What is kept of the texts of each send."""

    def take_earlier(self, entry: str) -> None:
        """What was begun; what became of its rows such an entry does not say."""
        self._perhaps.update(values["action_id"] for values in _entry(entry, "dispatching"))


def tables(key: bytes) -> list[Compared]:
    """Everything that is compared."""
    return [
        ComparedActions(key),
        ComparedUsage(key),
        ComparedTexts(TEXTS, key),
        ComparedTexts(SENT, key),
        ComparedRows(PACKED, key),
        ComparedBlocked(key),
        ComparedRows(KEYS, key),
        ComparedRows(EVIDENCE, key),
        ComparedRows(ASKS, key),
        ComparedRows(FACTS, key),
        ComparedLocks(key),
        ComparedMeta(key),
    ]


def _entry(text: str, *events: str) -> Iterator[dict[str, Any]]:
    """An entry of an earlier version, when it is of one of these events."""
    # Canonical JSON: looked for as text, since a chain may have a million entries of other events.
    if any(f'"event":"{event}"' in text for event in events):
        values = json.loads(text)
        if values["event"] in events:
            yield values


def _outcome(text: str, *events: str) -> Iterator[tuple[str, str]]:
    for values in _entry(text, *events):
        yield values["event"], values["details"].get("outcome", "")
