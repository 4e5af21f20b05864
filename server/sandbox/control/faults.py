"""How each fault is played on the connection."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import anyio
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from server.sandbox.connection import Connection
from server.sandbox.state.fault_list import Fault

REFUSE = "refuse"
_GARBAGE_BYTES = 256
_MAINTENANCE = (
    "<!DOCTYPE html><html><head><title>系統維護中</title></head><body><h1>系統維護中</h1></body></html>"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request that has been read; `process` lets the vendor do what was asked."""

    fault: Fault
    process: Callable[[], Awaitable[Response]]
    scope: Scope
    receive: Receive
    send: Send

    @property
    def connection(self) -> Connection:
        """The connection that the request came by."""
        return self.scope["state"]["connection"]

    async def answer(self, response: Response) -> None:
        """Send an answer."""
        await response(self.scope, self.receive, self.send)

    async def until_client_leaves(self) -> None:
        """Return when the connection is gone."""
        while (await self.receive())["type"] != "http.disconnect":
            pass


async def _reset_before(exchange: Exchange) -> None:
    exchange.connection.reset()
    await exchange.until_client_leaves()


async def _reset_after(exchange: Exchange) -> None:
    await exchange.process()
    await _reset_before(exchange)


async def _hang(exchange: Exchange) -> None:
    await exchange.until_client_leaves()


async def _accepted_then_timeout(exchange: Exchange) -> None:
    await exchange.process()
    await exchange.until_client_leaves()


async def _half(exchange: Exchange) -> None:
    response = await exchange.process()
    start = {"type": "http.response.start", "status": response.status_code, "headers": response.raw_headers}
    body = bytes(response.body)
    if not body:
        await _reset_before(exchange)
        return
    await exchange.send(start)
    await exchange.send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    exchange.connection.hang_up()
    await exchange.until_client_leaves()


async def _garbage(exchange: Exchange) -> None:
    await exchange.process()
    await exchange.answer(Response(os.urandom(_GARBAGE_BYTES), media_type="text/plain"))


async def _http_500(exchange: Exchange) -> None:
    if exchange.fault.processed:
        await exchange.process()
    await exchange.answer(PlainTextResponse("Internal Server Error", status_code=500))


async def _html(exchange: Exchange) -> None:
    await exchange.answer(HTMLResponse(_MAINTENANCE))


async def _slow(exchange: Exchange) -> None:
    """Done at once, answered later; a client that leaves ends the wait."""
    response = await exchange.process()
    with anyio.move_on_after(exchange.fault.seconds):
        await exchange.until_client_leaves()
        return
    await exchange.answer(response)


PLAYS: dict[str, Callable[[Exchange], Awaitable[None]]] = {
    "reset_before": _reset_before,
    "reset_after": _reset_after,
    "hang": _hang,
    "accepted_then_timeout": _accepted_then_timeout,
    "half": _half,
    "garbage": _garbage,
    "http_500": _http_500,
    "html": _html,
    "slow": _slow,
}
