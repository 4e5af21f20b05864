"""Caps over a day and a month: reserved in the claim, kept while unknown, returned by failure and erasing."""

from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.faults.front_door import RECEIPT, SENDING, front_door
from tests.faults.scripted import ScriptedVendor, whole
from tests.gate.servers import FREE, FREE_SEND, SEND, Clock, fronted, posts, started, visited

NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)
"""12:00 in Taipei."""
SERVERS, EACH, CAP = 8, 4, 10

CAPS: dict[str, tuple[dict[str, Any], str, timedelta]] = {
    "points_per_day": ({"points_per_day": 2}, "this needs 1 more", timedelta(days=1)),
    "points_per_month": ({"points_per_month": 2}, "this needs 1 more", timedelta(days=22)),
    "recipients_per_day": ({"recipients_per_day": 2}, "this needs 1 more", timedelta(days=1)),
    "texts_per_recipient_per_day": (
        {"texts_per_recipient_per_day": 2},
        "this needs 1 more",
        timedelta(days=1),
    ),
}


@pytest.mark.parametrize("rule", CAPS)
async def test_a_cap_stops_and_the_next_day_or_month_begins_anew(house: House, rule: str) -> None:
    policy, asks, later = CAPS[rule]
    clock = Clock(NOON)
    async with fronted(house, Person(), clock=clock, policy=policy) as session:
        for text in ("one", "two"):
            assert (await session.facts("send_sms", {**SEND, "text": text}))["outcome"] == "done"
        problem = await session.problem("send_sms", {**SEND, "text": "three"})
        assert await posts(house) == 2
        clock.advance(seconds=later.total_seconds())
        assert (await session.facts("send_sms", {**SEND, "text": "three"}))["outcome"] == "done"
    assert problem["code"] == "policy_refused"
    assert problem["message"].startswith("Nothing was sent.")
    assert f"The rule {rule} allows 2; 2 are used or reserved" in problem["message"]
    assert asks in problem["message"]
    assert f"CAMPAIGN_OPS_POLICY__{rule.upper()}" in problem["next"]


async def test_eight_racing_servers_never_pass_a_cap_and_use_it_up(house: House) -> None:
    """Each has its own connection to the one store, as processes have."""
    policy = {**FREE, "points_per_day": CAP, "calls_per_minute": 1000}
    told: list[Facts] = []

    async def race(number: int) -> None:
        async with started(house, policy=policy) as parts, visited(parts, "auto") as session:
            for text in range(EACH):
                arguments = {**FREE_SEND, "text": f"{number}-{text}"}
                told.append((await session.told("send_sms", arguments)).facts)

    async with anyio.create_task_group() as group:
        for number in range(SERVERS):
            group.start_soon(race, number)
    done = [facts for facts in told if facts.get("outcome") == "done"]
    refused = [facts for facts in told if facts.get("code") == "policy_refused"]
    assert (len(done), len(refused)) == (CAP, SERVERS * EACH - CAP)
    assert await posts(house) == CAP


@pytest.mark.parametrize("rule", ["points_per_day", "recipients_per_day", "texts_per_recipient_per_day"])
async def test_an_erased_booking_gives_its_place_back(house: House, rule: str) -> None:
    booked = {**SEND, "send_at": (datetime.now(UTC) + timedelta(hours=3)).isoformat()}
    async with fronted(house, Person(), policy={rule: 1}) as session:
        batch_id = (await session.facts("send_sms", booked))["batch_id"]
        assert (await session.problem("send_sms", SEND))["code"] == "policy_refused"
        assert (await session.facts("erase_sms_booking", {"batch_id": batch_id}))["points_returned"] == 1
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        assert (await session.problem("send_sms", {**SEND, "text": "x"}))["code"] == "policy_refused"


async def _code(session: Session, text: str) -> str:
    facts = (await session.told("send_sms", {**SEND, "text": text})).facts
    return str(facts.get("outcome") or facts["code"])


@pytest.mark.parametrize("rule", ["points_per_day", "recipients_per_day", "texts_per_recipient_per_day"])
async def test_what_failed_frees_its_place_and_what_is_unknown_keeps_it(
    no_settings: Any, vendor: ScriptedVendor, rule: str
) -> None:
    async with front_door(vendor, no_settings, policy={rule: 1}) as session:
        vendor.plays[SENDING] = whole("-27,電話號碼不得為空")
        assert await _code(session, "one") == "vendor_refused"
        vendor.plays[SENDING] = whole("", status="500 Server Error")
        assert await _code(session, "two") == "unknown"
        vendor.plays[SENDING] = whole(RECEIPT)
        assert await _code(session, "three") == "policy_refused"


async def test_a_dry_run_reserves_nothing(house: House) -> None:
    async with fronted(house, Person(), policy={"points_per_day": 1}) as session:
        for _ in range(3):
            assert (await session.facts("send_sms", {**SEND, "dry_run": True}))["outcome"] == "dry_run"
        assert await posts(house) == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"


async def test_the_last_place_goes_to_one_of_two_that_were_approved(house: House) -> None:
    """Both were asked for while there was room; the claim, not the question, decides."""
    from server.ledger.deciding import Decision  # noqa: PLC0415

    yes = Decision(by="a person", channel="terminal")
    async with fronted(house, policy={"points_per_day": 1}) as session:
        assert session.parts is not None
        for text in ("one", "two"):
            asked = await session.facts("send_sms", {**SEND, "text": text})
            assert await session.parts.book.approve(asked["action_id"], yes)
        assert [await _code(session, text) for text in ("one", "two")] == ["done", "policy_refused"]
    assert await posts(house) == 1
