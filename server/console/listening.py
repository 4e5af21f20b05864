"""The page's port: the first server of a machine has it, and the next one takes over when that one ends."""

import contextlib
import logging
import socket
from collections.abc import Callable
from functools import partial

import anyio

from server.console.app import console_app
from server.http_door import Listener, listening_socket, once_free
from server.parts import Parts
from server.settings.page_address import Address, port_of

_LOOPBACK, _LOOPBACK_6 = "127.0.0.1", "::1"
_log = logging.getLogger(__name__)


async def keep_the_page(parts: Parts) -> None:
    """Show the page as soon as its port can be had, until cancelled."""

    def tell(error: OSError) -> None:
        _log.info("the page for people is another server's as long as it runs: %s", error.strerror)

    await show(parts, await once_free(partial(bind, port_of(parts.settings)), tell))


def bind(port: int) -> list[socket.socket]:
    """The page's sockets, both loopbacks where there are two: `localhost` may mean either.

    Raises:
        OSError: the port cannot be had.
    """
    first = listening_socket(_LOOPBACK, port)
    try:
        return [first, listening_socket(_LOOPBACK_6, first.getsockname()[1])]
    except OSError as error:
        if _has_no_such_address(error):
            return [first]
        first.close()
        raise


def _has_no_such_address(error: OSError) -> bool:
    with contextlib.suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
        probe.bind((_LOOPBACK_6, 0))
        return False
    return True


async def show(
    parts: Parts, bound: list[socket.socket], on_ready: Callable[[Address], None] | None = None
) -> None:
    """Show the page on these sockets until cancelled."""
    address = Address(port=bound[0].getsockname()[1])
    web = Listener(console_app(parts, address), lifespan="off")
    parts.context.shown_at = address
    try:
        _log.info("the page for people is at %s", address.origin)
        if on_ready is not None:
            on_ready(address)
        await web.serve(sockets=bound)
    finally:
        parts.context.shown_at = None
        # A cancelled `serve` leaves this to us.
        with anyio.CancelScope(shield=True):
            await web.shutdown(sockets=bound)
