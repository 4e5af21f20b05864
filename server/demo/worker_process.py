"""A worker as a process of its own, which the demo may kill and start anew."""

import subprocess
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio
from anyio.abc import Process

from server.demo.home import Home


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

    async def kill(self) -> None:
        """End it at once, whatever it is doing."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._process.aclose()


@asynccontextmanager
async def working(home: Home) -> AsyncGenerator[Worker]:
    """A worker that is started, for the length of a block."""
    worker = Worker(home)
    await worker.start()
    try:
        yield worker
    finally:
        with anyio.CancelScope(shield=True):
            await worker.kill()
