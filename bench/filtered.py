"""20,000 messages filtered through the gate, against a bare loop that reads the pages 4 at once and filters.

The vendor is a process whose pages are ready beforehand. The two take turns, and the quickest run of each
counts; so does the run in which the event loop stood still the least.
"""

import asyncio
import time
from collections.abc import Callable, Iterator

import httpx2 as httpx

from bench.processes import listening, peer
from bench.rows import Measured, Row
from bench.sending import CALLER, parts_at
from bench.stalls import beating
from server.gate.words.answers import Question
from server.parts import Parts
from tools.every8d.delivery import GET_SMS_DELIVERY, SMS_DELIVERY

FILTERED = Row(measure="20,000 rows filtered / bare loop with 4 at once", unit="×", bar=3.0)
STALL = Row(measure="longest stall of the loop meanwhile", unit="ms", bar=20.0)
ROWS = (FILTERED, STALL)
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"
_PAGES, _FAILED, _RUNS = 20, 500, 8


def measure() -> Iterator[Measured]:
    """Both rows."""
    with listening(peer("pages", str(_PAGES), "0")) as vendor:
        yield from asyncio.run(_both(vendor))


async def _both(vendor: str) -> list[Measured]:
    ours = bare = stall = float("inf")
    async with (
        parts_at(vendor) as parts,
        httpx.AsyncClient(base_url=vendor, trust_env=False) as http,
    ):
        for _ in range(_RUNS):
            began = time.perf_counter()
            async with beating() as beat:
                await _filtered(parts)
            ours = min(ours, time.perf_counter() - began)
            stall = min(stall, beat.longest)
            began = time.perf_counter()
            await _bare(http)
            bare = min(bare, time.perf_counter() - began)
    return [
        FILTERED.at(ours / bare, f"{ours * 1000:.0f} ms, bare {bare * 1000:.0f} ms"),
        STALL.at(stall * 1000),
    ]


async def _filtered(parts: Parts) -> None:
    wanted = {"batch_id": BATCH, "status_class": "failed"}
    answer = await parts.gate.call(GET_SMS_DELIVERY, wanted, CALLER)
    if isinstance(answer, Question) or answer.facts.get("matched") != _FAILED:
        raise RuntimeError(f"not the rows that failed: {answer}")


async def _bare(http: httpx.AsyncClient) -> None:
    if await bare_sum(http, _PAGES, _failed_of) != _FAILED:
        raise RuntimeError("the bare loop did not find the rows that failed")


def _failed_of(lines: list[str]) -> int:
    return sum(line.split("\t")[4] == "101" for line in lines)


async def bare_sum(http: httpx.AsyncClient, pages: int, counted: Callable[[list[str]], int]) -> int:
    """What is counted of the lines of all pages of the batch, which are read 4 at once after the first."""
    places = asyncio.Semaphore(4)

    async def counted_of(number: int) -> int:
        fields = {"UID": "sandbox", "PWD": "sandbox", "BID": BATCH, "PNO": str(number)}
        async with places:
            text = (await http.post(f"/{SMS_DELIVERY.path}", data=fields)).text
        return counted(text.splitlines()[1:])

    first = await counted_of(1)
    return first + sum(await asyncio.gather(*(counted_of(number) for number in range(2, pages + 1))))
