"""The ASGI application: control below /_sandbox, both vendors below any prefix."""

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.sandbox.control.control import control_app
from server.sandbox.control.faults import PLAYS, Exchange
from server.sandbox.every8d.pages import answer_every8d
from server.sandbox.omis.pages import answer_omis
from server.sandbox.sandbox import Sandbox
from server.sandbox.state.call_log import Entry
from server.sandbox.vendor_call import VendorCall, read_call

_EVERY8D = "/api21/http/"
_OMIS = "/webapi/"
_CONTROL = "/_sandbox/"


def build_app(sandbox: Sandbox) -> ASGIApp:
    """The whole sandbox as one ASGI application."""
    control = control_app(sandbox)

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"].startswith(_CONTROL):
            await control(scope, receive, send)
            return
        try:
            call = await read_call(Request(scope, receive))
        except ClientDisconnect:
            return
        await _serve(sandbox, call, scope, receive, _dated(sandbox, send))

    return app


def _dated(sandbox: Sandbox, send: Send) -> Send:
    """Every answer has the header `Date`, as of a web server."""

    async def dated(message: Message) -> None:
        if message["type"] == "http.response.start":
            date = (b"date", sandbox.world.clock.date().encode())
            message = {**message, "headers": [*message["headers"], date]}
        await send(message)

    return dated


async def _serve(sandbox: Sandbox, call: VendorCall, scope: Scope, receive: Receive, send: Send) -> None:
    world = sandbox.world
    world.clock.run_due()
    entry = world.log.add(call, world.clock.now())
    fault = world.faults.take(call.last_segment)

    async def process() -> Response:
        return await _process(sandbox, entry)

    if fault is None:
        await (await process())(scope, receive, send)
        return
    entry.fault = fault.name
    exchange = Exchange(fault=fault, process=process, scope=scope, receive=receive, send=send)
    await PLAYS[fault.name](exchange)


async def _process(sandbox: Sandbox, entry: Entry) -> Response:
    """Let the vendor do what the call asks."""
    entry.processed = True
    call, path = entry.call, entry.call.path.lower()
    response: Response | None = None
    if _EVERY8D in path:
        response = answer_every8d(sandbox.world, path.partition(_EVERY8D)[2], call)
    elif _OMIS in path:
        response = await answer_omis(sandbox.world, path.partition(_OMIS)[2], call)
    return response or HTMLResponse("<h1>404 - File or directory not found.</h1>", status_code=404)
