"""The bare peer of the receiver of delivery reports: the same listener, and a route that stores nothing."""

import asyncio
import sys

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.http_door import Listener, listening_socket
from tools.every8d.callbacks import read_callback_fields


async def receive(request: Request) -> Response:
    """Read it, and forget it."""
    read_callback_fields(request.scope["query_string"])
    return PlainTextResponse("OK")


async def main() -> None:
    """Serve until ended."""
    bound = listening_socket("127.0.0.1", 0)
    print(f"at http://127.0.0.1:{bound.getsockname()[1]}/{{token}}", file=sys.stderr, flush=True)
    app = Starlette(routes=[Route("/{token}", receive)])
    await Listener(app, lifespan="off").serve(sockets=[bound])


asyncio.run(main())
