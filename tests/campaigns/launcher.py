"""`campaign-ops-mcp worker` that is replaced after a few seconds of silence, so that a test can see it.

`--naive` plants the mistake that the order of a chunk's steps exists to avoid: the claim after the POST.
`--lease SECONDS` is how long a part that it claimed is its own.
`--cut HOW MOMENT…` kills or stops it by itself (`tests.crash.cut`).
"""

import argparse
import sys
from contextvars import ContextVar
from datetime import timedelta
from typing import Any

from server.campaigns import engine, worker
from server.command.options import run, settings_from
from server.command.worker import carry_campaigns_out
from server.gate.dispatching import Dispatching
from server.ledger import campaign_claiming, reaper
from server.vendors.vendors import Vendors
from tests.crash.cut import cut_of, plant
from tools.operation import Reply

_posted: ContextVar[Reply | None] = ContextVar("posted", default=None)


def plant_naive_order() -> None:
    """Post, then claim: whoever dies in between leaves a chunk that waits, and is posted again."""
    real_send: Any = Vendors.send
    real_way: Any = Dispatching.carry_out_claimed

    async def send(self: Any, request: Any, **how: Any) -> Reply:
        return _posted.get() or await real_send(self, request, **how)

    async def carry_out_claimed(self: Any, call: Any, world: Any, claim: Any, turn: Any) -> Any:
        request = call.request(world)
        _posted.set(await real_send(self._context.vendors, request))
        try:
            return await real_way(self, call, world, claim, turn)
        finally:
            _posted.set(None)

    setattr(Vendors, "send", send)  # noqa: B010 - a method that only tests change
    setattr(Dispatching, "carry_out_claimed", carry_out_claimed)  # noqa: B010 - as above


def main() -> None:
    """Carry campaigns out until nothing is left to do."""
    options = argparse.ArgumentParser()
    options.add_argument("--naive", action="store_true")
    options.add_argument("--lease", type=float, default=10.0)
    options.add_argument("--cut", nargs="+")
    told = options.parse_args()
    setattr(worker, "STALE", timedelta(seconds=4))  # noqa: B010 - as above
    setattr(worker, "AGAIN_SECONDS", 1.0)  # noqa: B010 - as above
    setattr(engine, "_LATER_SECONDS", 0.2)  # noqa: B010 - as above
    setattr(campaign_claiming, "LEASE_SECONDS", told.lease)  # noqa: B010 - as above
    setattr(reaper, "_EVERY_SECONDS", 0.5)  # noqa: B010 - as above
    if told.naive:
        plant_naive_order()
    if told.cut:
        plant(cut_of(told.cut))
    given = settings_from(sys.stdin)
    run(lambda: carry_campaigns_out(given, until_idle=True))


if __name__ == "__main__":
    main()
