"""One table held against the audit's chain: what the chain says of its rows, and what the table holds."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlalchemy import Table

from server.store.changes import BETWEEN, GONE, row_hash
from server.store.plans import Connection
from tools.sentence import sentence

_SHOWN = 5


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

    @property
    def listed(self) -> str:
        """As it is told: `7KQ2-M9XD, 8AAA-0000 and 3 more`."""
        more, names = self.count - len(self.names), ", ".join(self.names)
        return sentence("{names} and {more:,} more", names=names, more=more) if more else names


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
        self._perhaps: set[str] = set()
        """Rows that such entries speak of, and that may be gone: they do not say what became of them."""
        self._meddled: dict[str, None] = {}
        """Rows that were not as the chain said when a step of ours came to them."""

    @abstractmethod
    def rows(self, conn: Connection) -> Iterator[tuple[str, str]]:
        """Every row of the table: its name in the chain, and its values as `changes.Stored` says them."""

    def known_by(self, entry: str) -> Iterable[str]:
        """The rows that an entry of an earlier version, which carries no hash, speaks of."""
        return ()

    def take(self, rows: Mapping[str, str]) -> None:
        """What an entry says of rows of this table."""
        for name, said in rows.items():
            was, _, then = said.partition(BETWEEN)
            if not self._known_earlier(name) and self._last.get(name, b"") != bytes.fromhex(was):
                self._meddled[name] = None
            if then == GONE:
                self._last.pop(name, None)
            else:
                self._last[name] = bytes.fromhex(then)
        self._earlier.difference_update(rows)
        self._perhaps.difference_update(rows)

    def take_earlier(self, entry: str) -> None:
        """An entry of an earlier version."""
        self._earlier.update(self.known_by(entry))

    def compare(self, conn: Connection) -> Comparison:
        """Hold the table against what was taken, once."""
        found, last, earlier = Comparison(table=self.name), self._last, self._earlier
        for name in self._meddled:
            found.altered.add(name)
        for name, row in self.rows(conn):
            said = last.pop(name, None)
            if said is not None:
                same = bytes.fromhex(row_hash(self._key, self.name, name, row)) == said
                if not same and name not in self._meddled:
                    found.altered.add(name)
            elif self._known_earlier(name):
                earlier.discard(name)
                found.not_compared += 1
            else:
                found.unknown.add(name)
        for name in (*last, *sorted(earlier)):
            found.gone.add(name)
        return found

    def _known_earlier(self, name: str) -> bool:
        return name in self._earlier or name in self._perhaps
