"""`audit verify` finds a campaign that something else deleted, or put back as it was earlier."""

import json
from typing import Any

import pytest

from server.command import audit
from server.store import campaigns
from server.store.campaign_aging import ENDED
from tests.campaigns.playing import carried_out, is_done, people, planned, write_list
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


def _unsaid(*_: object, **__: object) -> None:
    """As a version did that told the chain nothing of campaigns."""


def _written(value: object) -> str:
    return "NULL" if value is None else json.dumps(value).replace('"', "'")


async def _told(house: House, capsys: pytest.CaptureFixture[str]) -> str:
    """What `audit verify` says against the store; '' where it is as the audit says."""
    capsys.readouterr()
    ended = await audit.verify(config_file(house), "", sandbox=False)
    told = " ".join(capsys.readouterr().out.split())
    assert bool(ended) == ("NOT as the audit says" in told), told
    return told if ended else ""


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


async def test_a_row_from_before_a_pause_is_found_and_so_it_is_after_it_went_on(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await _planned(house, session)
        await session.facts("start_campaign", {"campaign_id": campaign})
        running = await _row(house)
        await session.facts("pause_campaign", {"campaign_id": campaign})
        assert await _told(house, capsys) == ""
        await _put_back(house, running)
        assert "1 row of campaigns that is not as the audit's last entry" in await _told(house, capsys)
        await carried_out(session.parts, campaign)
        assert "1 row of campaigns that is not as the audit's last entry" in await _told(house, capsys)


@pytest.mark.parametrize("state", ["running", "paused", "done"])
async def test_a_deleted_part_is_missed_whatever_became_of_the_campaign(
    house: House, capsys: pytest.CaptureFixture[str], state: str
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await _planned(house, session)
        await session.facts("start_campaign", {"campaign_id": campaign})
        if state == "paused":
            await session.facts("pause_campaign", {"campaign_id": campaign})
        if state == "done":
            await carried_out(session.parts, campaign)
        assert await _told(house, capsys) == ""
        await run_sql(store_of(house), "DELETE FROM campaign_chunks WHERE number = 2")
        told = await _told(house, capsys)
    assert "1 row of campaign_chunks that the audit knows and the store has not" in told
    assert campaign in told


async def test_a_part_that_may_be_out_and_waits_again_is_found(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        assert session.parts
        campaign = await _planned(house, session)
        await house.vendor.control("faults", path="SendParamSMS.ashx", fault="reset_after", times=1)
        await session.facts("start_campaign", {"campaign_id": campaign})
        await carried_out(session.parts, campaign)
        assert await _told(house, capsys) == ""
        unknown = "action IN (SELECT id FROM actions WHERE state = 'unknown')"
        again = f"UPDATE campaign_chunks SET state = 'waiting', action = NULL WHERE {unknown}"  # noqa: S608 - ours
        await run_sql(store_of(house), again)
        assert "1 row of campaign_chunks that is not as the audit's" in await _told(house, capsys)


async def test_an_honest_course_to_its_end_and_past_the_retention_verifies_clean(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        write_list(house, people(30))
        campaign = (await planned(session, trial="10"))["campaign_id"]
        named = {"campaign_id": campaign}
        for step in ("start_campaign", "pause_campaign", "resume_campaign", "resume_campaign"):
            await session.facts(step, named)
            assert await _told(house, capsys) == "", step
            if step == "resume_campaign":
                await carried_out(session.parts, campaign)
                assert await _told(house, capsys) == "", step
        assert await is_done(session.parts, campaign)
        assert await _told(house, capsys) == ""
        clock.advance(days=400)
        gone = await session.parts.retention.purge("a test")
        assert gone.others[ENDED] == 1
        assert await _told(house, capsys) == ""


async def test_a_campaign_that_an_earlier_version_started_is_compared_from_its_next_step_on(
    house: House, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL) as session:
        campaign = await _planned(house, session)
        with monkeypatch.context() as earlier:
            earlier.setattr(campaigns, "changed", _unsaid)
            await session.facts("start_campaign", {"campaign_id": campaign})
        assert await _told(house, capsys) == ""
        running = await _row(house)
        await session.facts("pause_campaign", {"campaign_id": campaign})
        assert await _told(house, capsys) == ""
        await _put_back(house, running)
        assert "1 row of campaigns" in await _told(house, capsys)


async def test_a_plan_that_nobody_started_is_not_missed(house: House) -> None:
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        await _planned(house, session)
        clock.advance(days=1, minutes=1)
        await session.parts.retention.purge("a test")
        assert await run_sql(store_of(house), "SELECT id FROM campaigns") == [[]]
    assert await audit.verify(config_file(house), "", sandbox=False) == 0
