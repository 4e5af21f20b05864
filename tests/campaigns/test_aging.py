"""What a campaign knows of people goes with its age; what it counted stays."""

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from server.batches.chunk_content import opened
from server.batches.retention import Gone
from server.command.forget import forget
from server.command.purge import purge
from server.parts import Parts
from server.store import campaigns
from server.store.campaign_aging import PLANS
from server.store.campaign_tables import CHUNKS
from tests.batches.aged import DAYS, Old, aged
from tests.batches.stored import rows_in
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import config_file

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
COUNTED = ("state", "recipients", "sent", "unknown", "points")


async def started_campaign(old: Old) -> str:
    campaign = (await planned(old.session))["campaign_id"]
    started = await old.session.facts("start_campaign", {"campaign_id": campaign})
    assert started["outcome"] == "done"
    return str(campaign)


async def ended(old: Old) -> str:
    """A campaign of 30 that is done, of whom 10 may have been texted or not."""
    write_list(old.house, people(30))
    campaign = await started_campaign(old)
    await old.house.vendor.control("faults", path="SendParamSMS.ashx", fault="reset_after", times=1)
    await carried_out(old.parts, campaign)
    return campaign


async def counted(old: Old, campaign: str) -> dict[str, object]:
    status = await old.session.facts("get_campaign", {"campaign_id": campaign})
    return {name: status[name] for name in COUNTED}


async def sealed_chunks(parts: Parts) -> int:
    """Chunks that still hold whom they are for."""
    sealed = select(func.count()).select_from(CHUNKS).where(CHUNKS.c.sealed != "")
    return int(await parts.memory.keeper.read(lambda conn: conn.scalar(sealed)))


async def fillings(old: Old, campaign: str) -> list[str]:
    """The texts as somebody of the list would have got them that the plan shows."""
    seal = await old.parts.memory.keeper.seal()
    found = await old.parts.memory.keeper.read(lambda conn: campaigns.campaign_of(conn, campaign))
    assert found
    plan = json.loads(seal.open_text(found.plan, campaign))
    assert plan["text"] == "【測試】{姓名}您好，明天見"
    return plan["longest"]


async def test_after_the_retention_nobody_is_in_a_campaign_that_ended_and_it_counts_as_before(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), store=of_store, **SMALL) as old:
        campaign = await ended(old)
        before = await counted(old, campaign)
        assert (before["state"], before["sent"], before["unknown"]) == ("done", 20, 10)
        assert (await rows_in(old.parts, "campaign_recipients"), await sealed_chunks(old.parts)) == (30, 1)
        assert await purge(config_file(house), yes=True, dry_run=False) == 0
        assert await counted(old, campaign) == before
        assert (await rows_in(old.parts, "campaign_recipients"), await sealed_chunks(old.parts)) == (0, 0)
    assert "who was in 1 campaign that ended" in capsys.readouterr().out


async def test_a_campaign_that_has_not_ended_keeps_whom_it_is_for(house: House) -> None:
    async with aged(house, Person(), **SMALL) as old:
        write_list(house, people(30))
        campaign = await started_campaign(old)
        await old.session.facts("pause_campaign", {"campaign_id": campaign})
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        assert (await rows_in(old.parts, "campaign_recipients"), await sealed_chunks(old.parts)) == (30, 3)


async def test_the_longest_texts_of_an_ended_campaign_go_and_its_text_stays(house: House) -> None:
    async with aged(house, Person(), **SMALL) as old:
        campaign = await ended(old)
        assert await fillings(old, campaign)
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        assert not await fillings(old, campaign)


async def test_a_plan_that_nobody_started_goes_with_its_day_though_nobody_plans_again(house: House) -> None:
    async with aged(house, Person(), ago=0, **SMALL) as old:
        write_list(house, people(30))
        await planned(old.session)
        assert await old.parts.retention.purge_daily() == Gone()
        old.clock.advance(days=1, minutes=1)
        gone = await old.parts.retention.purge_daily()
        assert gone
        assert gone.others[PLANS] == 1
        assert await rows_in(old.parts, "campaigns", "campaign_chunks", "campaign_recipients") == 0


async def in_sealed_chunks(old: Old) -> set[str]:
    """The numbers that can be read in chunks."""
    seal = await old.parts.memory.keeper.seal()
    query = select(CHUNKS.c.campaign, CHUNKS.c.number, CHUNKS.c.sealed).where(CHUNKS.c.sealed != "")
    rows = await old.parts.memory.keeper.read(lambda conn: conn.execute(query).all())
    return {each.mobile for row in rows for each in opened(row.sealed, row.campaign, row.number, seal)}


async def test_a_forgotten_number_leaves_a_campaign_that_ended_and_nobody_else_does(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0, store=of_store, **SMALL) as old:
        campaign = await ended(old)
        before, sealed = await counted(old, campaign), await in_sealed_chunks(old)
        one = min(sealed)
        assert await forget(config_file(house), one, yes=True) == 0
        assert await in_sealed_chunks(old) == sealed - {one}
        assert await rows_in(old.parts, "campaign_recipients") == 29
        assert not await fillings(old, campaign)
        assert await counted(old, campaign) == before
        capsys.readouterr()
        assert await forget(config_file(house), one, yes=True) == 0
        assert "campaign" not in capsys.readouterr().out


async def test_a_campaign_that_has_not_ended_keeps_a_number_and_that_is_said(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0, **SMALL) as old:
        write_list(house, people(30))
        await started_campaign(old)
        sealed = await in_sealed_chunks(old)
        assert await forget(config_file(house), min(sealed), yes=True) == 0
        assert "1 campaign that has not ended holds it and keeps it" in capsys.readouterr().out
        assert await in_sealed_chunks(old) == sealed
        assert await rows_in(old.parts, "campaign_recipients") == 30
