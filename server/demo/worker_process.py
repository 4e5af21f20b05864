"""A worker as a process of its own, which the demo may kill and start anew."""

import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import Process

from server.campaigns.local import LOCK
from server.demo.home import DemoError, Home
from server.file_locks import is_held

_PATIENCE_SECONDS, _LOOK_SECONDS = 60.0, 0.1


class Worker:
    """Carries campaigns out."""

    def __init__(self, home: Home) -> None:
        self._home = home
        self._process: Process | None = None

    async def start(self) -> None:
        """Start one; the last one has ended."""
        self._process = await anyio.open_process(
            self._home.command("worker"),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._home.folder,
            env=self._home.environment(),
        )

    async def runs(self) -> None:
        """Wait until it does: whoever starts a campaign before has a worker started that outlives the demo.

        Raises:
            DemoError: it does not, after a long while.
        """
        with anyio.move_on_after(_PATIENCE_SECONDS):
            while not is_held(self._home.store / LOCK):
                if self._process is None or self._process.returncode is not None:
                    # This very look can have been taken for another worker.
                    await self.start()
                await anyio.sleep(_LOOK_SECONDS)
            return
        raise DemoError("the worker could not be started")

    async def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.aclose()

    async def end(self) -> None:
        """End it with all that it started."""
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            with anyio.move_on_after(_PATIENCE_SECONDS):
                await self._process.wait()
        await self.kill()


@asynccontextmanager
async def working(home: Home) -> AsyncGenerator[Worker]:
    """A worker that is started, for the length of a block."""
    worker = Worker(home)
    await worker.start()
    try:
        yield worker
    finally:
        with anyio.CancelScope(shield=True):
            await worker.end()
