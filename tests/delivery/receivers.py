"""The receiver of delivery reports, served as the server serves it, and clients that play the vendor."""

import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2 as httpx

from server.delivery.callbacks import callback_app, serve_callbacks
from server.demo.rows import rows_of
from server.parts import Parts
from tests.e2e.answer_facts import facts_of
from tests.e2e.house import NO_TLS, Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import started, visited
from tests.patience import PATIENCE
from tools.every8d.callbacks import PATH

TOKEN = "a-long-token-for-tests"
WITHIN = f"http://callbacks{PATH}/{TOKEN}"


@asynccontextmanager
async def receiving(
    house: House, person: Person | None = None, **changed: Any
) -> AsyncGenerator[tuple[Session, str]]:
    """A running server whose receiver listens on a free port; the session, and the receiver's URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    callbacks = {"token": TOKEN, "port": port, **changed.pop("callbacks", {})}
    async with (
        started(house, callbacks=callbacks, **changed) as parts,
        visited(parts, "auto", person) as session,
        anyio.create_task_group() as group,
    ):
        group.start_soon(serve_callbacks, parts)
        await listening(port)
        yield session, f"http://127.0.0.1:{port}{PATH}/{TOKEN}"
        group.cancel_scope.cancel()


async def listening(port: int) -> None:
    """Wait until somebody listens on a port."""
    with anyio.fail_after(PATIENCE):
        while True:
            try:
                stream = await anyio.connect_tcp("127.0.0.1", port)
            except OSError:
                await anyio.sleep(0.01)
            else:
                await stream.aclose()
                return


@asynccontextmanager
async def vendor_of(parts: Parts | None = None) -> AsyncGenerator[httpx.AsyncClient]:
    """A client that calls the receiver: over the network, or at `WITHIN` where a thousand runs are wanted."""
    transport = None if parts is None else httpx.ASGITransport(callback_app(parts))
    async with httpx.AsyncClient(transport=transport, timeout=20, trust_env=False, verify=NO_TLS) as http:
        yield http


async def events(session: Session, batch_id: str = "") -> list[Facts]:
    """What the assistant sees, without the order of arrival."""
    wanted = {"batch_id": batch_id} if batch_id else {}
    result = await session.client.call_tool("list_delivery_events", {**wanted, "page_size": 200})
    facts = facts_of(result)
    return sorted(rows_of(facts), key=str)
