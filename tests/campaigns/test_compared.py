"""`audit verify` finds a campaign that something else deleted, or put back as it was earlier."""

import json
from typing import Any

import pytest

from server.command import audit
from tests.campaigns.playing import people, planned, write_list
from tests.campaigns.test_bookings import NOON, SMALL
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import Clock, config_file, fronted

_COLUMNS = "id, state, action, started_at, ended_at, released, reason, resumed, seal"


async def _planned(house: House, session: Session) -> str:
    write_list(house, people(30))
    campaign: str = (await planned(session))["campaign_id"]
    return campaign


async def _row(house: House) -> list[Any]:
    ((row,),) = await run_sql(store_of(house), f"SELECT {_COLUMNS} FROM campaigns")  # noqa: S608 - our names
    return row


async def _put_back(house: House, row: list[Any]) -> None:
    names = _COLUMNS.split(", ")
    values = ", ".join(f"{name} = {_written(value)}" for name, value in zip(names, row, strict=True))
    await run_sql(store_of(house), f"UPDATE campaigns SET {values}")  # noqa: S608 - as it was


def _written(value: object) -> str:
    return "NULL" if value is None else json.dumps(value).replace('"', "'")


async def test_a_deleted_campaign_is_missed(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        campaign = await _planned(house, session)
        await session.facts("start_campaign", {"campaign_id": campaign})
    assert await audit.verify(config_file(house), "", sandbox=False) == 0
    await run_sql(store_of(house), "DELETE FROM campaigns")
    capsys.readouterr()
    assert await audit.verify(config_file(house), "", sandbox=False) == 1
    told = capsys.readouterr().out
    assert "1 row of campaigns that the audit knows and the store has not" in " ".join(told.split())
    assert campaign in told


@pytest.mark.parametrize("step", ["start_campaign", "cancel_campaign"])
async def test_a_row_from_before_a_step_is_found_although_it_was_sealed_then(
    house: House, capsys: pytest.CaptureFixture[str], step: str
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        campaign = await _planned(house, session)
        if step == "cancel_campaign":
            await session.facts("start_campaign", {"campaign_id": campaign})
        before = await _row(house)
        await session.facts(step, {"campaign_id": campaign})
    assert await audit.verify(config_file(house), "", sandbox=False) == 0
    await _put_back(house, before)
    capsys.readouterr()
    assert await audit.verify(config_file(house), "", sandbox=False) == 1
    assert "1 row of campaigns that is not as the audit's" in " ".join(capsys.readouterr().out.split())


async def test_a_plan_that_nobody_started_is_not_missed(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        await _planned(house, session)
        clock.advance(days=1, minutes=1)
        await session.parts.retention.purge("a test")
        assert await run_sql(store_of(house), "SELECT id FROM campaigns") == [[]]
    assert await audit.verify(config_file(house), "", sandbox=False) == 0
