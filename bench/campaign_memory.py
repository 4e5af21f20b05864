"""What a campaign takes of memory: while it is planned in a server, and while a worker sends it.

A worker's peak, less that of one that had nothing to do; and by how much planning raised the peak of a
server. BENCH_LONG=1 plans and sends a million in place of 300,000 (`make bench-million`: 15 minutes).
"""

import asyncio
import os
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from bench.dispatch import CHUNK, House, Sent, dispatched
from bench.processes import listening, peer
from bench.rows import Measured, Row

LONG = bool(os.environ.get("BENCH_LONG"))
HELD = Row(measure="peak of a campaign's memory above idle, planned and sent", unit="MB", bar=60.0)
GROWTH = Row(measure="growth of a worker's peak from 100,000 recipients on", unit="MB", bar=5.0)
PLANNING = Row(measure="growth of planning's peak from 100,000 recipients on", unit="MB", bar=5.0)
ROWS = (HELD, GROWTH, PLANNING)
FEW, MANY = 100_000, 1_000_000 if LONG else 300_000


def measure() -> Iterator[Measured]:
    """All rows."""
    with listening(peer("vendor", "0")) as url:
        with TemporaryDirectory() as folder:
            idle = House(folder=folder, url=url).work()
        # The first one imports what every plan needs.
        _, few, many = (_sent(url, count) for count in (CHUNK, FEW, MANY))
    worker = many.peak - idle
    note = f"{MANY:,} recipients: worker {worker:.0f} MB above {idle:.0f}, planning {many.planned:.0f}"
    yield HELD.at(max(worker, many.planned), note)
    yield GROWTH.at(many.peak - few.peak, f"to {MANY:,}, from {few.peak - idle:.0f} MB above idle")
    yield PLANNING.at(many.planned - few.planned, f"to {MANY:,}, from {few.planned:.0f} MB")


def _sent(url: str, count: int) -> Sent:
    with TemporaryDirectory() as folder:
        return asyncio.run(dispatched(House(folder=folder, url=url), count))
