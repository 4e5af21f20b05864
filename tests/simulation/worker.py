"""A process of the server: the real gate over a shared store, with a crash or a fault at any await."""

import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, TypeVar

from pydantic import SecretStr

from server.batches.memory import Memory
from server.campaigns.campaigns import Campaigns
from server.files import Files
from server.gate.context import GateContext
from server.gate.gate import Gate
from server.gate.rules.rate_limiter import RateLimiter
from server.ledger.book import Book
from server.ledger.finishing import Known, sealed
from server.ledger.journal import Journal
from server.ledger.outside import OutsideReading
from server.ledger.past import HeadFile
from server.settings.policy import ApprovalSettings, PolicySettings
from server.settings.settings import Every8dSettings, FilesSettings, OmisSettings, Settings
from server.store.actions import Caps
from server.store.errors import StoreGoneError, StoreUnavailableError
from server.store.head_file import Head
from server.store.outbox import Outbox
from server.store.transactions import Store
from tests.simulation.campaign_lists import MemoryKeeper, MemoryLists, WithinTheCall
from tests.simulation.database import SharedStore, raw
from tests.simulation.loop import Life
from tests.simulation.vendor import LossyVendors
from tools.operation import Request

if TYPE_CHECKING:
    from server.store.plans import Connection
    from tests.simulation.world import World

T = TypeVar("T")
KEY = bytes(range(32))
TEST_NUMBER = "+886912345601"
TEST_POINTS = 1
_FAULT = 0.004
"""How often a transaction fails, before it began or after its commit."""
_AFTER_A_POST = 0.1
CAPS = (
    Caps(),
    Caps(points_per_day=Decimal(5), points_per_month=Decimal(8)),
    Caps(texts_per_recipient_per_day=2),
    Caps(points_per_day=Decimal(3), texts_per_recipient_per_day=1),
)
_NOBODY = SecretStr("none")


@cache
def settings(*, wait_seconds: float, out_of_band: bool) -> Settings:
    """Settings in which a send to two needs a proof, one test number needs nobody, and a call holds two."""
    return Settings.model_construct(
        every8d=Every8dSettings(uid="none", password=_NOBODY, max_recipients=2),
        omis=OmisSettings(login_name="none", password=_NOBODY),
        policy=PolicySettings(
            test_numbers=(TEST_NUMBER,),
            test_recipients=1,
            test_points=Decimal(TEST_POINTS),
            calls_per_minute=60,
        ),
        approval=ApprovalSettings(
            typed_above_recipients=1, wait_seconds=wait_seconds, out_of_band=out_of_band
        ),
    )


class FaultyStore(Store):
    """The shared store as one process has it: watched inside each transaction, and sometimes failing."""

    def __init__(
        self, inner: SharedStore, random: Random, look: "Callable[[sqlite3.Connection], None]"
    ) -> None:
        self._inner = inner
        self._random = random
        self._look = look
        self._away = 0
        self._gone = False

    def go_away(self, transactions: int) -> None:
        """Fail so often from now on."""
        self._away = transactions

    def lose_the_file(self) -> None:
        """Find at the next transaction that the file is another one."""
        self._gone = True

    def _notice(self) -> None:
        gone, self._gone = self._gone, False
        if gone:
            raise StoreGoneError("the store could not be used (its file was moved or deleted).")

    def _fails(self) -> bool:
        away, self._away = self._away, max(0, self._away - 1)
        return away > 0

    async def write(self, work: "Callable[[Connection], T]") -> T:
        def watched(conn: "Connection") -> T:
            value = work(conn)
            self._look(raw(conn))
            return value

        self._notice()
        fault = self._random.random()
        if self._fails() or fault < _FAULT:
            raise StoreUnavailableError("the store could not be written (disk I/O error).")
        value = await self._inner.write(watched)
        if fault > 1 - _FAULT:
            raise StoreUnavailableError("the store could not be written (disk I/O error).")
        return value

    async def jot(self, work: "Callable[[Connection], T]") -> T:
        return await self.write(work)

    async def read(self, work: "Callable[[Connection], T]") -> T:
        self._notice()
        if self._random.random() < _FAULT or self._fails():
            raise StoreUnavailableError("the store could not be read (disk I/O error).")
        return await self._inner.read(work)

    glance = read

    async def close(self) -> None:
        await self._inner.close()


@dataclass(slots=True)
class MemoryHead(HeadFile):
    """The file that remembers the audit's head, in memory: like it, it never goes back."""

    head: Head | None = None
    accepted: Callable[[], None] | None = None
    """Told when a person's acceptance of a loss is in force."""

    def named(self) -> tuple[int, str]:
        """The entry that it names."""
        return (0, "") if self.head is None else (self.head.sequence, self.head.mac)

    def read(self, *, alone: bool = False) -> Head | None:
        return self.head

    def write(self, head: Head, *, after_loss: bool = False, lasting: bool = True) -> None:
        if after_loss or self.head is None or self._follows(self.head, head):
            self.head = head
        if after_loss and self.accepted is not None:
            self.accepted()

    def check(self) -> None:
        """Memory can be written."""

    async def until_nobody_writes(self) -> None:
        """Nobody else writes it."""

    def _follows(self, known: Head, head: Head) -> bool:
        return known.generation in ("", head.generation) and known.sequence < head.sequence


class MemoryOutbox(Outbox):
    """The folder beside the store, in memory: it outlives a crash, as a disk does."""

    def __init__(self) -> None:
        super().__init__(Path("outbox"))
        self._kept: dict[str, bytes] = {}

    def keep(self, name: str, content: bytes) -> None:
        self._kept[name] = content

    def due(self) -> dict[str, bytes]:
        return dict(self._kept)

    def remove(self, name: str) -> None:
        self._kept.pop(name, None)


class MemoryJournal(Journal):
    """The journal without files: the key is given, and the head is kept in memory."""

    def __init__(
        self,
        store: Store,
        *,
        clock: Callable[[], datetime],
        heads: MemoryHead,
        turn: Callable[[], Awaitable[None]],
        outbox: MemoryOutbox,
    ) -> None:
        super().__init__(store, key_file=Path("audit.key"), heads=heads, clock=clock)
        self.outbox = outbox
        self._turn = turn

    async def key(self) -> bytes:
        return KEY

    @property
    def held(self) -> bytes:
        return KEY

    @asynccontextmanager
    async def room(self) -> AsyncGenerator[None]:
        self._sealing = KEY
        yield

    async def keep(self, known: Known) -> None:
        await self._turn()
        self.outbox.keep(known.action_id, sealed(known, KEY))

    async def _write_head(self, head: Head, *, after_loss: bool = False) -> None:
        await self._turn()
        self.past.heads.write(head, after_loss=after_loss)


class Worker:
    """One process, from its start to its crash."""

    def __init__(self, world: "World", name: str, caps: Caps, chosen: Settings) -> None:
        self.life = Life(name=name)
        store = FaultyStore(
            world.store.beside(self._turn), world.random, lambda raw: world.changed(raw, self.life)
        )
        self._world = world
        self._store = store
        self.journal = MemoryJournal(
            store, clock=world.clock, heads=world.heads, turn=self._turn, outbox=world.outbox
        )
        self.book = Book(self.journal, owner=name, caps=caps)
        vendors = LossyVendors(
            chosen,
            self.book,
            truth=world.truth,
            life=self.life,
            turn=world.loop.take_turn,
            seen=self._posted,
            told=world.watch.note,
        )
        memory = Memory(MemoryKeeper(self.journal, Path("numbers.key")), chosen.policy)
        self.context = GateContext(
            settings=chosen,
            vendors=vendors,
            book=self.book,
            files=Files(FilesSettings(), world.clock),
            outside=OutsideReading(self.journal, world.clock),
            memory=memory,
            campaigns=Campaigns(memory.keeper, MemoryLists(world.lists)),
            background=WithinTheCall(),
            limiter=RateLimiter(chosen.policy.calls_per_minute),
            clock=world.clock,
        )
        self.gate = Gate(self.context)

    def lose_the_file(self) -> None:
        """Somebody replaced the store's file under this process."""
        self._store.lose_the_file()

    async def _turn(self) -> None:
        await self._world.loop.take_turn(self.life)

    def _posted(self, request: Request, life: Life) -> None:
        """A POST, right after which the store may fail, so that its outcome meets that."""
        self._world.watch.post(request, life)
        faults = self._world.faults
        if faults.random() < _AFTER_A_POST:
            self._world.watch.note("* the store fails after the POST")
            self._store.go_away(faults.choice((1, 2, 4)))
