"""Entry points: the sandbox until it is cancelled, or for the length of a block."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

import anyio

_HOST = "127.0.0.1"


async def serve_sandbox(
    port: int = 0, *, host: str = _HOST, on_ready: Callable[[str], None] | None = None
) -> None:
    """Serve both vendors until cancelled; `on_ready` is given the base URL, `http://127.0.0.1:PORT`.

    No signal handlers are installed and nothing is printed. Raises ValueError when `host` is not 127.0.0.1
    (the sandbox has well-known passwords and moves its clock for whoever asks), OSError when the port is
    taken.
    """
    # Imported here: whoever imports this module to be able to serve need not pay for uvicorn and starlette.
    from server.sandbox.app import build_app  # noqa: PLC0415
    from server.sandbox.listener import Listener  # noqa: PLC0415
    from server.sandbox.sandbox import Sandbox  # noqa: PLC0415

    if host != _HOST:
        raise ValueError(f"the sandbox listens on {_HOST} only")
    listener = Listener(host, port)
    try:
        async with anyio.create_task_group() as tasks:
            sandbox = Sandbox(tasks, listener)
            await listener.open(build_app(sandbox))
            if on_ready is not None:
                on_ready(f"http://{host}:{listener.port}")
            await sandbox.live()
    finally:
        with anyio.CancelScope(shield=True):
            await listener.close()


@asynccontextmanager
async def running_sandbox(port: int = 0) -> AsyncGenerator[str, None]:
    """Serve both vendors inside the block; yields the base URL. Raises OSError when the port is taken."""
    # A task of its own, not a task group around the yield: test fixtures enter and leave in different tasks.
    ready: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    serving = asyncio.create_task(serve_sandbox(port, on_ready=ready.set_result))
    try:
        await asyncio.wait({serving, ready}, return_when=asyncio.FIRST_COMPLETED)
        yield ready.result() if ready.done() else await _failed(serving)
    finally:
        serving.cancel()
        with anyio.CancelScope(shield=True):
            await asyncio.wait({serving})


async def _failed(serving: "asyncio.Task[None]") -> str:
    await serving
    raise RuntimeError("the sandbox ended before it was ready")
