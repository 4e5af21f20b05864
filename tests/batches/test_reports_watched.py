"""`Refresh it and tell me when it is ready`: waiting within one call, with progress."""

from typing import Any

import anyio
import pytest

from server import call_time
from server.gate import watching
from tests.e2e.house import Facts, House, Session
from tests.patience import PATIENCE

WATCHED = {"report_id": "9001"}
LONGEST_PAUSE = watching.LONGEST_PAUSE


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks follow one another at once."""
    monkeypatch.setattr(watching, "FIRST_PAUSE", 0.01)
    monkeypatch.setattr(watching, "LONGEST_PAUSE", 0.02)


async def refreshed(session: Session, report_id: str = "9001") -> None:
    await session.facts("update_report", {"report_id": report_id, "report_types": ["11001", "11003"]})


async def asked(house: House) -> int:
    """How often the vendor was asked what is being refreshed."""
    return sum(fields.get("Option") == "4" for fields in await house.looks())


async def watched(session: Session, told: list[str], answers: list[Facts], **arguments: Any) -> None:
    async def heard(progress: float, total: float | None, message: str | None) -> None:
        told.append(message or "")

    result = await session.client.call_tool("watch_reports", arguments, progress_callback=heard)
    assert not result.is_error, result
    answers.append(dict(result.structured_content or {}))


async def test_a_refresh_is_waited_for_with_progress_and_told_at_once_when_it_is_over(house: House) -> None:
    told: list[str] = []
    answers: list[Facts] = []
    async with house.session() as session:
        await refreshed(session)
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as group:
                group.start_soon(lambda: watched(session, told, answers, **WATCHED))
                while await asked(house) < 3:
                    await anyio.lowlevel.checkpoint()
                assert answers == []
                await house.vendor.advance(61)
    assert told
    assert set(told) == {"Still being refreshed: 2."}
    assert answers == [
        {"conclusion": "Ready: OMIS has finished the refresh. read_report reads it.", "updating": []}
    ]


async def test_when_the_calls_time_is_up_it_says_what_still_updates_and_how_to_go_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with house.session() as session:
        await refreshed(session)
        await refreshed(session, "9004")
        monkeypatch.setattr(call_time, "CALL_SECONDS", watching.TO_ANSWER_SECONDS + 0.3)
        with anyio.fail_after(PATIENCE):
            facts = await session.facts("watch_reports")
    assert facts["conclusion"] == "4 still being refreshed: call watch_reports again to go on waiting."
    assert [(each["report_id"], each["report_type"]) for each in facts["updating"]] == [
        ("9001", "sms_failed"),
        ("9001", "sms_received"),
        ("9004", "sms_failed"),
        ("9004", "sms_received"),
    ]


async def test_another_reports_refresh_is_not_waited_for(house: House) -> None:
    async with house.session() as session:
        await refreshed(session, "9004")
        facts = await session.facts("watch_reports", WATCHED)
        assert await asked(house) == 1
    assert facts == {
        "conclusion": "OMIS lists no such refresh: it has ended, or it has not begun yet.",
        "updating": [],
    }


async def test_a_vendor_that_is_silent_ends_the_call_and_not_the_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_time, "CALL_SECONDS", watching.TO_ANSWER_SECONDS + 0.5)
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.1)
    async with house.session() as session:
        await house.vendor.control("faults", path="ManageReport.aspx", fault="hang", times=99, seconds=30)
        with anyio.fail_after(PATIENCE):
            facts = await session.facts("watch_reports")
    assert facts["conclusion"].startswith("OMIS did not answer in this call's time")


def test_progress_is_told_every_20_seconds_and_a_call_ends_within_45() -> None:
    """A look that is given up and the pause before the next one are all that lies between two tellings."""
    assert watching.LOOK_SECONDS + LONGEST_PAUSE <= 20
    assert call_time.CALL_SECONDS <= 45
