"""The server as `campaign-ops-mcp serve` starts it, with a lease of a second so that a test can see its end.

`--naive` plants the mistake that the order of a call's steps exists to avoid: the POST first, the ledger after it.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import anyio

from server.gate import book, reaper
from server.gate.dispatching import Dispatching
from server.gate.telling import told
from server.serving import Serving
from server.transports import leave

LEASE_SECONDS = 1.0


async def naive(self: Any, call: Any, world: Any, entry: Any, request: Any) -> Any:
    """Post, and only then say so: whoever dies in between finds the action approved, and posts again."""
    outcome = await self._post(call, world, request)
    claimed = await self._context.book.claim(entry.id, call.audience(world).recipients)
    if claimed is None:
        return told(call.operation, await self._context.book.get(entry.id))

    async def posted(_call: Any, _world: Any, _request: Any) -> Any:
        return outcome

    self._post = posted
    try:
        return await self._post_and_record(call, world, claimed, request)
    finally:
        del self._post


def main() -> None:
    """Serve on stdio until the client leaves."""
    options = argparse.ArgumentParser()
    options.add_argument("--pid", type=Path, required=True)
    options.add_argument("--naive", action="store_true")
    given = options.parse_args()
    setattr(book, "LEASE_SECONDS", LEASE_SECONDS)  # noqa: B010 - a constant that only tests change
    setattr(reaper, "_EVERY_SECONDS", 0.2)  # noqa: B010 - as above
    if given.naive:
        setattr(Dispatching, "_claim_and_post", naive)  # noqa: B010 - as above
    given.pid.write_text(str(os.getpid()))
    serving = Serving(sandbox=False, http=False, port=0, toolsets="sms", read_only=False, config=None)
    anyio.run(serving.run)
    leave()


if __name__ == "__main__":
    main()
