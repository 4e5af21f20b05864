"""Whether the audit is intact and the store is what it says, and how that is told."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from server.command.common import person
from server.ledger.notes import Note
from server.ledger.passkeys import unsigned
from server.ledger.phone import unanswered
from server.parts import Parts
from server.store import audit, triggers
from server.store.audit import Verification
from server.store.comparing import Comparing, Comparison
from server.store.head_file import Head
from server.store.plans import Connection
from tools.sentence import Sentence, plural, sentence

_WHAT_TO_DO = sentence(
    "Until this is settled, neither what the ledger says was sent nor what the caps count can be relied on. "
    "Find out who writes the store, and compare with the vendor's own records. To go back, put a backup of "
    "the store in its place and run `campaign-ops-mcp audit accept-loss`."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found. Tables are compared with an intact audit only."""

    chain: Verification
    tables: list[Comparison]
    missing: list[str]
    """The triggers that are gone."""
    unsigned: list[str]
    """Actions whose approval is not what a passkey signed."""
    unanswered: list[str]
    """Actions that are said to be decided by a text, and no reply to it stands for that."""

    @property
    def ok(self) -> bool:
        """Whether there is nothing to say against the store."""
        sound = self.chain.ok and not self.missing and not self.unsigned and not self.unanswered
        return sound and all(each.ok for each in self.tables)

    def told(self) -> Iterator[str]:
        """A line for each thing that is wrong, what it means and what to do."""
        if not self.chain.ok:
            yield sentence(
                "The audit is NOT intact: {problem} (entry {number}).",
                problem=self.chain.problem,
                number=self.chain.first_bad or 0,
            )
        found = list(self._differences())
        if found:
            yield sentence("The store is NOT as the audit says.")
            yield from found
            yield _WHAT_TO_DO
        if self.unsigned:
            yield sentence(
                "What is kept of the approval of {names} is not what a passkey signed for it.",
                names=", ".join(self.unsigned),
            )
        if self.unanswered:
            yield sentence(
                "What is kept of the approval of {names} is not what the approver's phone answered.",
                names=", ".join(self.unanswered),
            )
        if self.missing:
            yield sentence(
                "The database would let rows be deleted: its triggers {names} are gone, which something else "
                "took away. `campaign-ops-mcp doctor` puts them back.",
                names=", ".join(self.missing),
            )

    def not_compared(self) -> Iterator[str]:
        """What nothing can be said of."""
        for each in self.tables:
            if each.not_compared:
                yield plural(
                    "{count:,} row of {table} of an earlier version is not compared.",
                    "{count:,} rows of {table} of an earlier version are not compared.",
                    each.not_compared,
                    table=each.table,
                )

    def _differences(self) -> Iterator[str]:
        for each in self.tables:
            for found, words in ((each.unknown, _unknown), (each.altered, _altered), (each.gone, _gone)):
                if found.count:
                    yield words(found.count, each.table, found.listed)


def _unknown(count: int, table: str, which: str) -> Sentence:
    return plural(
        "{count:,} row of {table} that no entry of the audit knows: something other than this program "
        "inserted it ({which}).",
        "{count:,} rows of {table} that no entry of the audit knows: something other than this program "
        "inserted them ({which}).",
        count,
        table=table,
        which=which,
    )


def _altered(count: int, table: str, which: str) -> Sentence:
    return plural(
        "{count:,} row of {table} that is not as the audit's last entry about it says: something else edited "
        "it ({which}).",
        "{count:,} rows of {table} that are not as the audit's last entry about them says: something else "
        "edited them ({which}).",
        count,
        table=table,
        which=which,
    )


def _gone(count: int, table: str, which: str) -> Sentence:
    return plural(
        "{count:,} row of {table} that the audit knows and the store has not: something else deleted it "
        "({which}).",
        "{count:,} rows of {table} that the audit knows and the store has not: something else deleted them "
        "({which}).",
        count,
        table=table,
        which=which,
    )


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
        return Examined(
            chain=chain,
            tables=tables,
            missing=triggers.missing(conn),
            unsigned=unsigned(conn),
            unanswered=unanswered(conn),
        )

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
