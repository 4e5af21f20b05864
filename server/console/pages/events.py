"""What tells an open page that something changed: server-sent events without a word of what it was."""

from collections.abc import AsyncGenerator

import anyio
from sqlalchemy import func, select
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from server.console.site import Site, get
from server.store.audit import backwards
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from server.store.record_tables import BATCHES

LOOK_SECONDS = 1.0
LOOKED_THROUGH = 500
"""Lines of the audit that are read for the newest change; where all of them are looks, none is told."""
LOOKED = "looked"
MOST = 16
"""Open pages that are told at once; another one is shown as it was, until it is loaded again."""
_BEGIN, _AWAY, _OVER = b": open\n\n", b": the store is away\n\n", b"event: over\ndata: -\n\n"


class Events:
    """Looks at the store once a second for each page that listens."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._listening = 0

    async def listen(self, request: Request) -> Response:
        """Events until the browser leaves, or signs out."""
        if self._listening >= MOST:
            return Response(status_code=503)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        session = self._site.session(request)
        return StreamingResponse(self._told(session), media_type="text/event-stream", headers=headers)

    async def _told(self, session: str) -> AsyncGenerator[bytes]:
        self._listening += 1
        known = ""
        try:
            yield _BEGIN
            while await self._site.passes.person(session) is not None:
                now = await self._site.parts.store.read(standing)
                if now != known:
                    yield f"event: changed\ndata: {now}\n\n".encode()
                known = now
                await anyio.sleep(LOOK_SECONDS)
            # The sign-in has ended: what the page shows is nobody's any more.
            yield _OVER
        except StoreUnavailableError:
            # The browser comes back by itself.
            yield _AWAY
        finally:
            self._listening -= 1


def standing(conn: Connection) -> str:
    """Another text after every change: a step adds a line of the audit, a report leaves a batch uncounted.

    A look changes nothing: a page that is shown anew is one itself, and would never come to rest.
    """
    lines = backwards(conn, LOOKED_THROUGH)
    newest = next((line.sequence for line in lines if line.entry.get("event") != LOOKED), 0)
    return f"{newest}.{conn.scalar(_UNCOUNTED) or 0}"


_UNCOUNTED = select(func.count()).select_from(BATCHES).where(BATCHES.c.uncounted)


def routes(site: Site) -> list[Route]:
    """The address."""
    return [get("/events", Events(site).listen)]
