"""Whether the audit is intact and the store is what it says, and how that is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from server.command.common import person
from server.ledger.notes import Note
from server.parts import Parts
from server.store import audit, triggers
from server.store.audit import Verification
from server.store.comparing import Comparing, Comparison
from server.store.head_file import Head
from server.store.plans import Connection

_WORDS = {
    "unknown": "that no entry of the audit knows: something other than this program inserted",
    "altered": "that are not as the audit's last entry about them says: something else edited",
    "gone": "that the audit knows and the store has not: something else deleted",
}
_WHAT_TO_DO = (
    "Until this is settled, neither what the ledger says was sent nor what the caps count can be relied on. "
    "Find out who writes the store, and compare with the vendor's own records. To go back, put a backup of "
    "the store in its place and run `campaign-ops-mcp audit accept-loss`."
)
_UNGUARDED = (
    "The database would let rows be deleted: its triggers {names} are gone, which something else took away. "
    "`campaign-ops-mcp doctor` puts them back."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found. Tables are compared with an intact audit only."""

    chain: Verification
    tables: list[Comparison]
    missing: list[str]
    """The triggers that are gone."""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to say against the store."""
        return self.chain.ok and not self.missing and all(each.ok for each in self.tables)

    def told(self) -> Iterator[str]:
        """A line for each thing that is wrong, what it means and what to do."""
        if not self.chain.ok:
            yield f"The audit is NOT intact: {self.chain.problem} (entry {self.chain.first_bad})."
        found = list(self._differences())
        if found:
            yield "The store is NOT as the audit says."
            yield from found
            yield _WHAT_TO_DO
        if self.missing:
            yield _UNGUARDED.format(names=", ".join(self.missing))

    def not_compared(self) -> Iterator[str]:
        """What nothing can be said of."""
        for each in self.tables:
            if each.not_compared:
                yield f"{each.not_compared:,} rows of {each.table} of an earlier version are not compared."

    def _differences(self) -> Iterator[str]:
        for each in self.tables:
            for kind, words in _WORDS.items():
                found = getattr(each, kind)
                if found.count:
                    yield f"{found.count:,} rows of {each.table} {words} them ({found})."


async def examined(parts: Parts, expected: Head | None) -> Examined:
    """Every entry of the audit, every row of every table that it covers, and the store's own triggers.

    Raises:
        StoreUnavailableError: the store cannot be read.
    """
    key = await parts.journal.key()

    def work(conn: Connection) -> Examined:
        comparing = Comparing(key)
        chain = audit.verify(conn, key, expected, take=comparing.take)
        tables = comparing.compare(conn) if chain.ok else []
        return Examined(chain=chain, tables=tables, missing=triggers.missing(conn))

    return await parts.store.read(work)


async def put_back(parts: Parts, missing: list[str]) -> None:
    """Make the triggers anew that are gone; the audit says so.

    Raises:
        StoreUnavailableError: the store cannot be written.
    """

    def work(conn: Connection, _: datetime) -> tuple[None, Note]:
        triggers.create(conn, missing)
        return None, Note(
            what="triggers_restored", by=person(), channel="terminal", outcome=",".join(missing)
        )

    await parts.journal.write(work)
