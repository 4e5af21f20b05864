"""A server whose clock stands where it was three months ago, and a batch of which all is known."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx2 as httpx

from server.demo.rows import rows_of
from server.parts import Parts
from tests.delivery.receivers import TOKEN, WITHIN, vendor_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, started, visited

ARRIVES, OFF, REPLIES = "0912345100", "0912345101", "0912345999"
NAME, OWN_WORDS, ANSWER = "王小明", "只給您的話", "收到，謝謝"
PEOPLE = ("12345100", "12345101", "12345999", NAME, OWN_WORDS, ANSWER, "ming@example.com")
FIGURES = (
    "conclusion",
    "batches",
    "counts",
    "median_s",
    "p95_s",
    "points",
    "points_from",
    "points_for_nothing",
)
DAYS = 91


@dataclass(frozen=True, slots=True)
class Old:
    """A server by a clock of the test."""

    house: House
    parts: Parts
    session: Session
    clock: Clock
    month: str
    """Of the sending."""

    async def figures(self) -> Facts:
        """What the desk tells of everything that was sent."""
        delivery = await self.session.facts("summarize_delivery", {"since": "2020-01-01T00:00:00+08:00"})
        return {
            "batches": await self.session.facts("list_batches"),
            "delivery": {name: delivery.get(name) for name in FIGURES},
            "codes": {row["code"]: (row["count"], row["points"]) for row in rows_of(delivery)},
            "statement": await self.session.facts("get_points_statement", {"month": self.month}),
        }


@asynccontextmanager
async def aged(
    house: House, person: Person | None = None, *, ago: int = DAYS, **changed: Any
) -> AsyncGenerator[Old]:
    """A server whose clock stands where it was so many days ago; commands go by the present."""
    clock = Clock()
    clock.advance(days=-ago)
    async with (
        started(house, clock=clock, callbacks={"token": TOKEN}, **changed) as parts,
        visited(parts, house.era, person) as session,
    ):
        yield Old(house, parts, session, clock, f"{clock() + timedelta(hours=8):%Y-%m}")


async def heard(old: Old) -> str:
    """A batch of three of whom one arrived, one failed and one answered, all of it known; the vendor's id."""
    sent = await old.session.facts(
        "send_personalized_sms",
        {
            "template": "您好：%field1%",
            "recipients": [
                {"mobile": ARRIVES, "values": [OWN_WORDS], "name": NAME},
                {"mobile": OFF, "values": ["別的"]},
                {"mobile": REPLIES, "values": ["再一個"]},
            ],
        },
    )
    batch_id = str(sent["batch_id"])
    await old.house.vendor.advance(61)
    await old.session.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
    await old.session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
    async with vendor_of(old.parts) as http:
        await report(http, old, batch_id, ARRIVES, STATUS="100")
    return batch_id


async def report(http: httpx.AsyncClient, old: Old, batch_id: str, mobile: str, **more: str) -> None:
    now = old.clock() + timedelta(hours=8)
    fields = {"BatchID": batch_id, "RM": mobile, "RT": f"{now:%Y%m%d%H%M%S}", "MR": "1"}
    assert (await http.get(WITHIN, params=fields | more)).status_code == 200
