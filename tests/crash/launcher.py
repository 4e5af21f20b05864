"""The server as `campaign-ops-mcp serve` starts it, with a lease of a second so that a test can see its end.

`--naive` plants the mistake that the order of a call's steps exists to avoid: the ledger after the POST.
"""

import argparse
import os
from pathlib import Path
from typing import Any

import anyio

from server.ledger import campaign_claiming, claiming, reaper
from server.ledger.book import Book
from server.mcp.transports import leave
from server.serving import Serving

LEASE_SECONDS = 1.0


def plant_naive_order() -> None:
    """Claim when the outcome is known: whoever dies before it leaves an approval that is used again."""
    real_claim: Any = Book.claim
    real_finish: Any = Book.finish

    async def approve_and_claim(
        self: Any, proposal: Any, expires_s: float, decision: Any, recipients: Any, _messages: Any = ()
    ) -> Any:
        entry, _ = await self.propose(proposal, expires_s, recipients)
        approved = await self.approve(entry.id, decision)
        return approved or entry, approved

    async def claim(self: Any, action_id: str, _recipients: Any, _messages: Any = ()) -> Any:
        return await self.get(action_id)

    async def finish(self: Any, action_id: str, ending: Any) -> Any:
        await real_claim(self, action_id, ())
        return await real_finish(self, action_id, ending)

    for name, naive in {"approve_and_claim": approve_and_claim, "claim": claim, "finish": finish}.items():
        setattr(Book, name, naive)


def main() -> None:
    """Serve on stdio until the client leaves."""
    options = argparse.ArgumentParser()
    options.add_argument("--pid", type=Path, required=True)
    options.add_argument("--naive", action="store_true")
    options.add_argument("--toolsets", default="sms")
    given = options.parse_args()
    for module in (claiming, campaign_claiming):
        setattr(module, "LEASE_SECONDS", LEASE_SECONDS)  # noqa: B010 - a constant that only tests change
    setattr(reaper, "_EVERY_SECONDS", 0.2)  # noqa: B010 - as above
    if given.naive:
        plant_naive_order()
    given.pid.write_text(str(os.getpid()))
    serving = Serving(
        sandbox=False, http=False, port=0, toolsets=given.toolsets, read_only=False, config=None
    )
    anyio.run(serving.run)
    leave()


if __name__ == "__main__":
    main()
