"""A summary of 100,000 messages that asks the vendor anew, and what is told of a million stored ones.

The vendor is a process whose pages are ready and take 100 ms each, as one over the Internet would. The bare
loop fetches the same pages, 4 at once, and counts their lines. `BENCH_MESSAGES` makes the million smaller.
"""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx2 as httpx
from sqlalchemy import insert, literal, select

from bench.filtered import BATCH, bare_sum
from bench.processes import listening, peer
from bench.rows import Measured, Row
from bench.sending import CALLER, parts_at
from bench.stalls import beating
from server.batches.numbers import Who
from server.gate.words.answers import Question
from server.parts import Parts
from server.store.batches import Batch, add_batch
from server.store.keys import half_hash
from server.store.messages import MessageRow, add_messages
from server.store.plans import Connection
from server.store.record_tables import MESSAGES
from server.store.rows import taipei_day
from tools.catalog import every_operation

SUMMARY = Row(measure="summary of 100,000 recipients, asked anew / bare loop", unit="×", bar=1.5)
MEMORY = Row(measure="memory that it takes beside", unit="MB", bar=60.0)
STALL = Row(measure="longest stall of the loop while it is summed up", unit="ms", bar=20.0)
LIST = Row(measure="list_batches over a million messages", unit="ms", bar=50.0)
HISTORY = Row(measure="get_number_history over a million messages", unit="ms", bar=50.0)
ROWS = (SUMMARY, MEMORY, STALL, LIST, HISTORY)

_PAGES, _A_PAGE, _RUNS = 100, 1_000, 9
_MESSAGES = int(os.environ.get("BENCH_MESSAGES", "1_000_000"))
_NOW = datetime.now(UTC)
_TOOLS = {operation.name: operation for operation in every_operation()}


def measure() -> Iterator[Measured]:
    """All rows."""
    with listening(peer("pages", str(_PAGES), "100")) as vendor:
        yield from asyncio.run(_summary(vendor))
        yield from asyncio.run(_stored(vendor))


async def _summary(vendor: str) -> list[Measured]:
    async with parts_at(vendor) as parts, httpx.AsyncClient(base_url=vendor, trust_env=False) as http:
        await sent(parts)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        async with beating() as beat:
            facts = await answer(parts, "summarize_delivery", batch_id=BATCH, refresh=True)
        ours = time.perf_counter() - began
        grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
        if sum(facts["counts"].values()) != _PAGES * _A_PAGE:
            raise RuntimeError(f"not all messages: {facts}")
        began = time.perf_counter()
        if await bare_sum(http, _PAGES, len) != _PAGES * _A_PAGE:
            raise RuntimeError("the bare loop did not find all rows")
        bare = time.perf_counter() - began
    return [
        SUMMARY.at(ours / bare, f"{ours:.1f} s, bare {bare:.1f} s"),
        MEMORY.at(grown),
        STALL.at(beat.longest * 1000),
    ]


async def sent(parts: Parts) -> None:
    """The batch as it stands after its send: every message known, nothing heard of any."""
    keeper = parts.memory.keeper
    key, seal = await keeper.key(), await keeper.seal()
    batch = _batch("B00000000", BATCH, _PAGES * _A_PAGE)
    await keeper.write(lambda conn: add_batch(conn, batch))
    for page in range(_PAGES):
        rows = [
            MessageRow(
                batch=batch.id,
                number=half_hash(key, mobile),
                nth=0,
                sealed=seal.seal(Who(mobile), batch.id),
            )
            for mobile in _mobiles(page)
        ]
        await keeper.write(lambda conn, rows=rows: add_messages(conn, rows))


def _mobiles(page: int) -> list[str]:
    return [f"+8869{12_000_000 + n:08d}" for n in range(page * _A_PAGE, (page + 1) * _A_PAGE)]


async def _stored(vendor: str) -> list[Measured]:
    """What is told of many messages: the best of several, since the neighbours use the machine too."""
    async with parts_at(vendor) as parts:
        await _fill(parts)
        lists = await _least(lambda: answer(parts, "list_batches"))
        history = await _least(lambda: answer(parts, "get_number_history", mobile="0912000007"))
    note = f"{_MESSAGES:,} messages"
    return [LIST.at(lists * 1000, note), HISTORY.at(history * 1000, note)]


async def _fill(parts: Parts) -> None:
    """Batches of 1,000 to the same people, all delivered."""
    keeper = parts.memory.keeper
    key, seal = await keeper.key(), await keeper.seal()
    batches = [
        _batch(f"B{number:08d}", f"{number:08d}{BATCH[8:]}", _A_PAGE)
        for number in range(_MESSAGES // _A_PAGE)
    ]
    rows = [
        MessageRow(
            batch=batches[0].id,
            number=half_hash(key, mobile),
            nth=0,
            sealed=seal.seal(Who(mobile), batches[0].id),
            code=100,
            state="delivered",
            heard=2,
        )
        for mobile in _mobiles(0)
    ]
    await keeper.write(lambda conn: add_messages(conn, rows))
    others = [column for column in MESSAGES.c if column.name != "batch"]

    def copy(conn: Connection, batch: Batch) -> None:
        add_batch(conn, batch)
        if batch is not batches[0]:
            first = select(literal(batch.id), *others).where(MESSAGES.c.batch == batches[0].id)
            conn.execute(insert(MESSAGES).from_select(["batch", *(column.name for column in others)], first))

    for batch in batches:
        await keeper.write(lambda conn, batch=batch: copy(conn, batch))


def _batch(id_: str, batch_id: str, recipients: int) -> Batch:
    number = int(id_[1:])
    sent_at = _NOW - timedelta(minutes=number)
    return Batch(
        id=id_,
        batch_id=batch_id,
        principal=CALLER.principal,
        tool="send_sms",
        kind="sms",
        state="sent",
        subject="",
        words="您好",
        alike="0" * 64,
        day=taipei_day(sent_at),
        sent_at=sent_at,
        send_at=None,
        recipients=recipients,
        parts=1,
        points=Decimal(recipients),
    )


async def answer(parts: Parts, tool: str, **arguments: Any) -> Mapping[str, Any]:
    """What a tool answers."""
    told = await parts.gate.call(_TOOLS[tool], arguments, CALLER)
    if isinstance(told, Question) or told.is_error:
        raise RuntimeError(f"{tool} did not answer: {told}")
    return told.facts


async def _least(work: Callable[[], Awaitable[object]]) -> float:
    best = float("inf")
    for _ in range(_RUNS):
        began = time.perf_counter()
        await work()
        best = min(best, time.perf_counter() - began)
    return best
