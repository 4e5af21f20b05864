"""The HTTP connection of the sandbox's server: uvicorn's own, which can also be broken on purpose."""

import asyncio
import socket
import struct
from typing import Any

from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

_LINGER_ZERO = struct.pack("ii", 1, 0)


class Connection(H11Protocol):
    """Reaches the application as `scope["state"]["connection"]`."""

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self}, _loop)
        self.access_log = False

    @property
    def idle(self) -> bool:
        """Whether no request is being answered."""
        # Declared as if it were always there; None before the first request.
        cycle: RequestResponseCycle | None = getattr(self, "cycle", None)
        return cycle is None or cycle.response_complete

    def reset(self) -> None:
        """Close with RST: what was not delivered is lost."""
        sock = self.transport.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_ZERO)
        self.transport.abort()

    def hang_up(self) -> None:
        """Close after what has been written, finished or not."""
        self.transport.close()
