"""Tells clients that listen of changes in batches, campaigns, inbox and brief: `subscriptions/listen`.

The store is looked at once a second for each that listens, by indexes, so changes of other processes are seen
too; where nobody listens, nothing is looked at. Each is told of its own batches alone.
"""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection
from typing import Any

import anyio
import mcp_types as types
from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.server.session import ServerSession
from mcp.server.subscriptions import InMemorySubscriptionBus, ListenHandler, ResourceUpdated, SubscriptionBus
from mcp.shared.exceptions import MCPError

from server.late_parts import LateParts
from server.mcp.identity import principal
from server.mcp.uris import BATCH_URI, BRIEF_URI, CAMPAIGN_URI, INBOX_URI
from server.store.errors import StoreUnavailableError

EVERY_SECONDS = 1.0
MOST_STREAMS, MOST_URIS = 64, 50
"""What one server looks after; each costs it a look a second."""

Marks = dict[str, tuple[object, ...]]
"""What was seen of each resource; whatever changed in it, its mark is another."""
_Context = ServerRequestContext[Any, Any]


class Subscriptions:
    """Who listens to one server."""

    def __init__(self, parts: LateParts) -> None:
        self._parts = parts
        self._streams = 0
        self._session: ServerSession | None = None
        self._subscribed: Marks = {}
        self._somebody = anyio.Event()

    def serve(self, server: Server[Any]) -> None:
        """Serve `subscriptions/listen` (2026-07-28): its answer is the stream."""
        server.add_request_handler(
            "subscriptions/listen", types.SubscriptionsListenRequestParams, self._listen
        )

    def serve_older(self, server: Server[Any]) -> None:
        """Serve `resources/subscribe`, where one client has the connection for itself (stdio)."""
        server.add_request_handler("resources/subscribe", types.SubscribeRequestParams, self._subscribe)
        server.add_request_handler("resources/unsubscribe", types.UnsubscribeRequestParams, self._unsubscribe)

    async def keep_telling(self) -> None:
        """Tell the client of `resources/subscribe`, until cancelled."""
        while True:
            await self._somebody.wait()
            if self._session is not None:
                await self._tell_changes(self._subscribed, principal(), self._session.send_resource_updated)

    async def _listen(
        self, ctx: _Context, params: types.SubscriptionsListenRequestParams
    ) -> types.SubscriptionsListenResult:
        wanted, who = params.notifications.resource_subscriptions or [], principal()
        if self._streams >= MOST_STREAMS or len(wanted) > MOST_URIS:
            raise MCPError(types.INVALID_REQUEST, "That is more than this server listens for.")
        seen, bus = await self._first_marks(wanted, who), InMemorySubscriptionBus()
        heard = params.notifications.model_copy(update={"resource_subscriptions": [*seen] or None})
        async with self._watched(seen, who, bus):
            return await ListenHandler(bus)(ctx, params.model_copy(update={"notifications": heard}))

    @contextlib.asynccontextmanager
    async def _watched(self, seen: Marks, who: str, bus: SubscriptionBus) -> AsyncGenerator[None]:
        async def watch() -> None:
            while seen:
                await self._tell_changes(seen, who, lambda uri: bus.publish(ResourceUpdated(uri=uri)))

        self._streams += 1
        try:
            async with anyio.create_task_group() as beside:
                beside.start_soon(watch)
                yield
                beside.cancel_scope.cancel()
        finally:
            self._streams -= 1

    async def _subscribe(self, ctx: _Context, params: types.SubscribeRequestParams) -> types.EmptyResult:
        found = await self._first_marks([params.uri], principal())
        if not found or len(self._subscribed) >= MOST_URIS:
            raise MCPError(types.INVALID_PARAMS, "There is no such resource to listen for, or too many are.")
        self._session = ctx.session
        self._subscribed |= found
        self._somebody.set()
        return types.EmptyResult()

    async def _unsubscribe(self, ctx: _Context, params: types.UnsubscribeRequestParams) -> types.EmptyResult:
        self._subscribed.pop(params.uri, None)
        if not self._subscribed:
            self._somebody = anyio.Event()
        return types.EmptyResult()

    async def _first_marks(self, uris: Collection[str], who: str) -> Marks:
        """The marks of those that this principal can read; of the others nothing is ever told."""
        try:
            await (await self._parts.opened()).memory.catch_up()
            return await self._marks(uris, who)
        except StoreUnavailableError:
            raise MCPError(types.INTERNAL_ERROR, "The store is away: nothing is listened for.") from None

    async def _tell_changes(self, seen: Marks, who: str, tell: Callable[[str], Awaitable[None]]) -> None:
        """A second later, tell of what changed. A store that is away has not changed."""
        await anyio.sleep(EVERY_SECONDS)
        with contextlib.suppress(StoreUnavailableError):
            for uri, mark in (await self._marks([*seen], who)).items():
                if seen.get(uri, mark) != mark:
                    seen[uri] = mark
                    await tell(uri)

    async def _marks(self, uris: Collection[str], who: str) -> Marks:
        parts = await self._parts.opened()
        found: Marks = {}
        if batches := _batches(uris):
            found |= await parts.watching.marks(parts.gate.limits_of(who), batches)
        if BRIEF_URI in uris:
            found[BRIEF_URI] = await parts.watching.brief_mark(parts.gate.limits_of(who))
        if campaigns := _campaigns(uris):
            found |= await parts.campaigns.marks(campaigns, who)
        return found


def _batches(uris: Collection[str]) -> dict[str, str]:
    """The batch that each of these is of; '' of the inbox."""
    inbox = {uri: "" for uri in uris if uri == INBOX_URI}
    batches = {uri: uri.removeprefix(BATCH_URI) for uri in uris if uri.startswith(BATCH_URI)}
    return inbox | {uri: batch_id for uri, batch_id in batches.items() if batch_id}


def _campaigns(uris: Collection[str]) -> dict[str, str]:
    """The campaign that each of these is of."""
    return {uri: uri.removeprefix(CAMPAIGN_URI) for uri in uris if uri.startswith(CAMPAIGN_URI)}
