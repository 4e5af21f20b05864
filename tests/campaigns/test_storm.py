"""kill -9 at random moments, faults at 5 % of the calls, on both engines: nobody is texted twice.

`SOAK=1` makes it 20,000 recipients and 60 kills on each. FIGURES names a file that gets a line of JSON a run.
"""

import json
import os
import random
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import anyio
import pytest
from sqlalchemy import func, select

from server.parts import Parts
from server.store.schema import ACTIONS
from tests.campaigns.playing import charged, people, planned, progress, texts_at_the_vendor, write_list
from tests.campaigns.storm import PAGE, CampaignStorm
from tests.delivery.receivers import receiving
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import until
from tests.judge.history import Posted, Terms
from tests.judge.judge import judge
from tests.judge.witness import Witness
from tests.patience import PATIENCE
from tests.store.postgres_server import Postgres

SOAK = bool(os.environ.get("SOAK"))
KILLS = int(os.environ.get("KILLS", "60" if SOAK else "2"))
RECIPIENTS = int(os.environ.get("RECIPIENTS", "20000" if SOAK else "400"))
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
SIZE = 20
TEXT = "【測試】您好，明天見"
SMALL = {"every8d": {"max_recipients": SIZE}}
pytestmark = pytest.mark.usefixtures("quick_start")
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@pytest.mark.parametrize("engine", ENGINES)
async def test_nobody_is_texted_twice_whoever_is_killed_and_whatever_fails(
    engine: str, house: House, request: pytest.FixtureRequest
) -> None:
    store: dict[str, Any] = {}
    if engine == "postgresql":
        postgres: Postgres = request.getfixturevalue("postgres")
        store = {"store": {"url": postgres.fresh_database()}}
    async with receiving(house, Person(), **SMALL, **store) as (opened, url):
        witness = Witness(Terms(human_minimum=0))
        session = replace(opened, witness=witness)
        assert session.parts
        parts, rows = session.parts, people(RECIPIENTS)
        write_list(house, rows)
        witness.listed("due.csv", [row["手機"] for row in rows])
        await house.vendor.control("credit", uid="sandbox", points=RECIPIENTS)
        campaign = (await planned(session, text=TEXT))["campaign_id"]
        storm = CampaignStorm(
            house=house,
            session=opened,
            parts=parts,
            campaign=campaign,
            dice=random.Random(SEED),
            lanes=3 if engine == "postgresql" else 1,
            one_stays_away=engine == "postgresql",
        )
        await house.vendor.control("callbacks", url=url)
        await storm.faults(RECIPIENTS // SIZE, 0.05)
        begun = await session.facts("start_campaign", {"campaign_id": campaign})
        witness.decided(begun["action_id"], "yes")
        await storm.rage(KILLS, RECIPIENTS, _never)
        await storm.calm()

        await house.vendor.control("clock", advance_seconds=7200)
        texts = await texts_at_the_vendor(house)
        assert max(texts.values()) == 1, f"SEED={SEED}"

        async def all_ended() -> bool:
            return not (await progress(parts, campaign)).sending

        await until(all_ended, 300)
        witness.history.events += await _posted(house)
        await session.facts("get_campaign", {"campaign_id": campaign})
        assert judge(witness.history) == [], f"SEED={SEED}"
        ended = await progress(parts, campaign)
        assert ended.sent + ended.unknown + ended.failed + ended.left_out == RECIPIENTS, f"SEED={SEED}"
        assert ended.sent <= len(texts) <= ended.sent + ended.unknown
        ours, theirs = await charged(parts, house)
        assert ours == theirs == Decimal(ended.sent), f"SEED={SEED}"

        _keep(engine, storm, len(texts), ended.unknown, await _settled(parts))


async def test_the_naive_order_texts_somebody_twice(house: House) -> None:
    """The same storm finds the mistake, so that it proves something when it finds none."""
    async with receiving(house, Person(), **SMALL) as (session, _url):
        assert session.parts
        write_list(house, people(1_000))
        campaign = (await planned(session))["campaign_id"]
        storm = CampaignStorm(
            house=house,
            session=session,
            parts=session.parts,
            campaign=campaign,
            dice=random.Random(SEED),
            naive=True,
        )
        await house.vendor.control("faults", path=PAGE, fault="slow", seconds=0.3, times=10**6)
        await session.facts("start_campaign", {"campaign_id": campaign})

        async def doubled() -> bool:
            return max((await texts_at_the_vendor(house)).values(), default=0) > 1

        try:
            with anyio.fail_after(PATIENCE):
                await storm.rage(40, 1_000, doubled)
        finally:
            with anyio.CancelScope(shield=True):
                await storm.end()
        assert await doubled(), f"SEED={SEED}"


async def _never() -> bool:
    return False


async def _posted(house: House) -> list[Posted]:
    """The vendor's batches, as the judge reads them."""
    found: list[Posted] = []
    for batch in (await house.vendor.state())["batches"]:
        messages = batch["messages"]
        numbers = tuple(message["mobile"] for message in messages)
        posted = Posted(
            at=datetime.fromisoformat(batch["created"]).timestamp(),
            reference=messages[0]["mr"].partition("-")[0],
            numbers=numbers,
            text=messages[0]["text"],
            texted=numbers,
        )
        found.append(posted)
    return found


async def _settled(parts: Parts) -> int:
    """Recipients of parts whose outcome was unknown until a report came."""
    query = select(func.sum(ACTIONS.c.recipients)).where(ACTIONS.c.outcome.contains('"reconciled"'))
    return int(await parts.memory.keeper.read(lambda conn: conn.scalar(query)) or 0)


def _keep(engine: str, storm: CampaignStorm, texts: int, still: int, settled: int) -> None:
    if path := os.environ.get("FIGURES"):
        found = {
            "engine": engine,
            "workers": storm.lanes + storm.one_stays_away,
            "recipients": RECIPIENTS,
            "kills": storm.kills,
            "texts": texts,
            "unknown": still + settled,
            "settled": settled,
            "never_arrived": RECIPIENTS - texts,
            "seed": SEED,
        }
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(json.dumps(found) + "\n")
