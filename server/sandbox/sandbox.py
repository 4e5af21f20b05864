"""The running sandbox: its world, and what happens in the world without a request."""

from anyio.abc import TaskGroup

from server.sandbox.listener import Listener
from server.sandbox.outbox import Outbox
from server.sandbox.world import World


class Sandbox:
    """Holds the present world, which a reset replaces, and the listener, which a fault can close."""

    def __init__(self, tasks: TaskGroup, listener: Listener) -> None:
        self._tasks = tasks
        self._listener = listener
        self.world = World(outbox=Outbox(tasks))

    def reset(self) -> None:
        """Begin anew; what is still under way belongs to the old world and changes nothing."""
        old = self.world
        self.world = World(outbox=Outbox(self._tasks))
        old.outbox.close()
        old.clock.wake()

    def refuse(self, seconds: float) -> None:
        """Refuse connections for so many seconds of real time."""
        self._listener.refuse(seconds, self._tasks)

    async def live(self) -> None:
        """Let everything that falls due happen, for ever."""
        while True:
            clock = self.world.clock
            clock.run_due()
            await clock.wait()

    async def advance(self, seconds: float) -> None:
        """Move the clock; return when all that fell due has happened, reports and their retries included."""
        world = self.world
        world.clock.advance(seconds)
        world.clock.run_due()
        await world.outbox.drained()
