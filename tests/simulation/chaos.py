"""What goes wrong around the calls: crashes, jumps of the clock, cancellations, other rules."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import anyio

from server.ledger.notes import Note
from server.ledger.records import Reported
from server.store import blocked
from server.store.errors import StoreUnavailableError
from tests.simulation.loop import CrashedError, Life
from tests.simulation.worker import CAPS

if TYPE_CHECKING:
    from datetime import datetime

    from server.store.plans import Connection
    from tests.simulation.world import World

_JUMPS = (
    timedelta(seconds=205),
    timedelta(minutes=11),
    timedelta(minutes=25),
    timedelta(hours=3),
    timedelta(hours=24, seconds=-30),
    timedelta(hours=24, seconds=1),
)
_EVENTS = (
    *("crash",) * 3,
    *("jump",) * 3,
    *("cancel",) * 3,
    *("reap",) * 3,
    *("callback",) * 2,
    *("stall",) * 2,
    *("block",) * 2,
    "unblock",
    "other caps",
    "launch",
)
_CAMPAIGN_EVENTS = (
    *("worker crash",) * 4,
    *("silence",) * 6,
    *("callback",) * 3,
    *("block",) * 3,
    *("reap",) * 2,
    *("jump",) * 2,
    "crash",
    "cancel",
    "stall",
    "unblock",
)
_SILENCE = timedelta(seconds=65)
"""A worker that is not heard of for so long is replaced by another, and comes back."""


class Chaos:
    """Plays one event after another while anybody works."""

    def __init__(self, world: "World") -> None:
        self._world = world
        self._random = world.random
        self._life = Life(name="chaos")

    async def run(self) -> None:
        """A handful of events, each at some await of the others."""
        if self._world.couriers is None:
            events, times, turns = _EVENTS, (0, 1, 2, 3, 5), 25
        else:
            events, times, turns = _CAMPAIGN_EVENTS, (0, 2, 4, 6), 80
        for _ in range(self._random.choice(times)):
            await self._world.loop.take_turn(self._life, self._random.randrange(1, turns))
            if not self._world.working:
                return
            if self._random.random() < 0.3:
                await anyio.sleep(self._random.choice((1, 10, 100)))
            await self._play(self._random.choice(events))

    async def _play(self, event: str) -> None:
        self._world.watch.note(f"* {event}")
        match event:
            case "crash":
                self._world.crash(self._random.randrange(2))
            case "worker crash" if self._world.couriers is not None:
                self._world.couriers.crash(self._random.randrange(2))
            case "silence" if self._world.couriers is not None:
                self._world.jumped += _SILENCE
                self._world.couriers.another()
            case "jump":
                self._world.jumped += self._random.choice(_JUMPS)
            case "stall":
                # A process stands still in mid-request: others reap its action, and reports come in.
                self._world.jumped += _JUMPS[0]
                await self._in_the_store("reap")
                await self._in_the_store("callback")
            case "cancel":
                self._random.choice(self._world.clients).cancel()
            case "other caps":
                self._world.caps = self._random.choice(CAPS)
                self._world.crash(0)
                self._world.crash(1)
            case "launch":
                self._world.truth.launch = self._random.choice(("running", "paused"))
            case _:
                await self._in_the_store(event)

    async def _in_the_store(self, event: str) -> None:
        try:
            match event:
                case "reap":
                    book = self._random.choice(self._world.workers).book
                    await book.remember_head()
                    await book.reap()
                case "callback":
                    await self._callback()
                case _:
                    await self._block(adding=event == "block")
        except StoreUnavailableError:
            self._world.watch.note("the store failed")
        except CrashedError:
            self._world.watch.note("the process has crashed")

    async def _callback(self) -> None:
        """A delivery report of a text that really went out (EVERY8D 2.1)."""
        if not self._world.truth.texts:
            return
        text = self._random.choice(self._world.truth.texts)
        values: dict[str, Any] = {
            "key": f"{text.reference}{text.number}",
            "batch_id": self._world.truth.done[text.reference],
            "record": "",
            "mobile": "",
            "status": "100",
            "reported_at": self._world.clock(),
            "reference": text.reference,
        }
        self._world.truth.reported.add((text.reference, text.number))
        await self._world.terminal.book.keep_events([Reported(values, "+886" + text.number[1:])])

    async def _block(self, *, adding: bool) -> None:
        mobile, number = self._random.choice(tuple(self._world.watch.hashes.items()))

        def work(conn: "Connection", now: "datetime") -> tuple[bool, Note]:
            if adding:
                return blocked.add(conn, number, "masked", "", now), Note(what="blocked")
            return blocked.remove(conn, number), Note(what="unblocked")

        witness = self._world.witness
        if not adding:
            witness.blocked(mobile, lifted=True)
        await self._world.terminal.journal.write(work)
        if adding and mobile in self._world.watch.blocked:
            witness.blocked(mobile)

    async def rest(self) -> None:
        """Time passes, and the reaper of a new process looks."""
        self._world.jumped += timedelta(seconds=300)
        worker = self._world.start_worker()
        for _ in range(20):
            try:
                await worker.book.reap()
            except StoreUnavailableError:
                continue
            return
