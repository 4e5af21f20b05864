"""What was asked for by day and goes out at once, shown once night has begun: whoever agrees is told."""

from datetime import UTC, datetime

import pytest

from server.command import approvals
from server.command.approvals import ApprovalsDesk
from server.command.terminal import Terminal
from tests.campaigns.playing import people, planned, write_list
from tests.console.at_page import lines, signed_in
from tests.e2e.house import Facts, House, Session
from tests.gate.servers import LAUNCH, SEND, Clock, started, visited

LATE = datetime(2026, 3, 2, 12, 58, tzinfo=UTC)
"""20:58 in Taipei."""
NIGHT = "It goes out at once, and it is night in Taiwan (21:00 to 08:00)."


async def _asked(session: Session, tool: str, arguments: Facts) -> str:
    return (await session.facts(tool, arguments))["action_id"]


async def test_the_page_warns_of_a_night_that_has_begun_since_it_was_asked_for(house: House) -> None:
    write_list(house, people(3))
    clock = Clock(LATE)
    async with signed_in(house, clock=clock) as (session, browser):
        campaign = {"campaign_id": (await planned(session))["campaign_id"]}
        at_once = [await _asked(session, "send_sms", SEND), await _asked(session, "start_campaign", campaign)]
        others = [
            await _asked(session, "send_sms", {**SEND, "send_at": "2026-03-03T10:00:00+08:00"}),
            await _asked(session, "terminate_launch", LAUNCH),
        ]

        async def warned(action: str) -> bool:
            return NIGHT in lines(await browser.get(f"/approvals/{action}")).get("warning", [])

        by_day = [await warned(each) for each in at_once]
        clock.advance(minutes=4)
        at_night = [await warned(each) for each in at_once]
        assert (by_day, at_night) == ([False, False], [True, True])
        assert [await warned(each) for each in others] == [False, False]
        page = await browser.get(f"/approvals/{at_once[0]}")
        assert "Approved" in (await browser.send(page.form("Send 1"), "Send 1")).text
        assert not await warned(at_once[0])


async def test_what_is_asked_for_at_night_says_of_the_night_what_its_question_did(house: House) -> None:
    write_list(house, people(3))
    clock = Clock(LATE.replace(hour=14))
    async with signed_in(house, clock=clock) as (session, browser):
        campaign = {"campaign_id": (await planned(session))["campaign_id"]}
        asked = [await _asked(session, "send_sms", SEND), await _asked(session, "start_campaign", campaign)]
        shown = [lines(await browser.get(f"/approvals/{each}")).get("warning", []) for each in asked]
    assert [each.count(NIGHT) for each in shown] == [0, 1]


async def test_the_terminal_warns_of_it_too(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    clock = Clock(LATE)
    monkeypatch.setattr(approvals, "utc_now", clock)
    async with started(house, clock=clock) as parts, visited(parts, house.era) as session:
        asked = await _asked(session, "send_sms", SEND)
        desk = ApprovalsDesk(book=parts.book, terminal=Terminal("en"), settings=parts.settings, elsewhere="")
        shown: list[str] = []
        for minutes in (0, 4):
            clock.advance(minutes=minutes)
            assert await desk.approve(asked, "") == 1
            shown.append(capsys.readouterr().out)
    assert [f"Note: {NIGHT}" in each for each in shown] == [False, True]
