"""The tables held against the audit's chain, both ways.

The last entry of each transaction says what became of every row that was changed in it (`changes`). What the
chain says last of a row must be what the table holds: a row that the chain does not know was inserted by
something else, one that differs was edited, and one that the chain knows and the table lacks was deleted.

Each table that is compared is one `Compared`, listed in `tables`.
"""

import json
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Connection, Table

from server.store.changes import GONE, row_hash
from server.store.rows import STORED, actions_where
from server.store.schema import ACTIONS

_ROWS = '"rows":'
_ACTION = re.compile(r'\{"action_id":"([^"]*)"')
_SHOWN = 5
_PIECE = 1_000
_ACTIONS = actions_where().order_by(ACTIONS.c.sequence).execution_options(yield_per=_PIECE)
_decode = json.JSONDecoder().raw_decode


@dataclass(slots=True)
class Found:
    """Rows of one kind: the names of the first few, and how many there are."""

    names: list[str] = field(default_factory=list[str])
    count: int = 0

    def add(self, name: str) -> None:
        """One more."""
        self.count += 1
        if self.count <= _SHOWN:
            self.names.append(name)

    def __str__(self) -> str:
        """As it is told: `7KQ2-M9XD, 8AAA-0000 and 3 more`."""
        more = self.count - len(self.names)
        return ", ".join(self.names) + (f" and {more:,} more" if more else "")


@dataclass(slots=True, kw_only=True)
class Comparison:
    """What was found of one table."""

    table: str
    unknown: Found = field(default_factory=Found)
    """Rows that no entry of the chain knows."""
    altered: Found = field(default_factory=Found)
    """Rows that are not as the last entry about them says."""
    gone: Found = field(default_factory=Found)
    """Rows that the chain knows, and the table has not."""
    not_compared: int = 0
    """Rows that only an earlier version wrote, whose entries carry no hash."""

    @property
    def ok(self) -> bool:
        """Whether chain and table agree."""
        return not (self.unknown.count or self.altered.count or self.gone.count)


class Compared(ABC):
    """What the chain says of one table: `take` each entry in their order, then `compare`."""

    def __init__(self, table: Table, key: bytes) -> None:
        self.name = table.name
        self._key = key
        self._last: dict[str, bytes] = {}
        """What the chain says last of each row that is there; bytes, which take half of a text's memory."""
        self._earlier: set[str] = set()
        """Rows that only entries of an earlier version speak of."""

    @abstractmethod
    def rows(self, conn: Connection) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Every row of the table: its name in the chain, and its values as `changes.Stored` says them."""

    def known_by(self, entry: str) -> Iterable[str]:
        """The rows that an entry of an earlier version, which carries no hash, speaks of."""
        return ()

    def take(self, rows: Mapping[str, str]) -> None:
        """What an entry says of rows of this table."""
        self._earlier.difference_update(rows)
        for name, said in rows.items():
            if said == GONE:
                self._last.pop(name, None)
            else:
                self._last[name] = bytes.fromhex(said)

    def take_earlier(self, entry: str) -> None:
        """An entry of an earlier version."""
        self._earlier.update(self.known_by(entry))

    def compare(self, conn: Connection) -> Comparison:
        """Hold the table against what was taken, once."""
        found, last, earlier = Comparison(table=self.name), self._last, self._earlier
        for name, row in self.rows(conn):
            said = last.pop(name, None)
            if said is not None:
                if bytes.fromhex(row_hash(self._key, self.name, name, row)) != said:
                    found.altered.add(name)
            elif name in earlier:
                earlier.discard(name)
                found.not_compared += 1
            else:
                found.unknown.add(name)
        for name in (*last, *sorted(earlier)):
            found.gone.add(name)
        return found


class ComparedActions(Compared):
    """The ledger, by the action's id."""

    def __init__(self, key: bytes) -> None:
        super().__init__(ACTIONS, key)

    def rows(self, conn: Connection) -> Iterator[tuple[str, Mapping[str, object]]]:
        """Every action, whatever its columns hold by now."""
        for row in conn.execute(_ACTIONS):
            yield str(row[0]), STORED.row(row)

    def known_by(self, entry: str) -> Iterable[str]:
        """The action whose step it is; of dispatches without an owner, one entry named several."""
        found = _ACTION.match(entry)
        return () if found is None else filter(None, found[1].split(","))


def tables(key: bytes) -> list[Compared]:
    """Everything that is compared."""
    return [ComparedActions(key)]


class Comparing:
    """Takes the chain, entry by entry, and compares all tables with it."""

    def __init__(self, key: bytes) -> None:
        self._tables = {each.name: each for each in tables(key)}
        self._earlier = True

    def take(self, entry: str) -> None:
        """The next entry of the chain, whose MAC was checked."""
        # Canonical JSON escapes quotes within a text, so this is found as a name alone.
        at = entry.find(_ROWS)
        if at >= 0:
            self._earlier = False
            said: dict[str, dict[str, str]] = _decode(entry, at + len(_ROWS))[0]
            for name, rows in said.items():
                if name in self._tables:
                    self._tables[name].take(rows)
        elif self._earlier:
            for table in self._tables.values():
                table.take_earlier(entry)

    def compare(self, conn: Connection) -> list[Comparison]:
        """What each table holds against what the chain says of it, in one transaction with the taking."""
        return [table.compare(conn) for table in self._tables.values()]
