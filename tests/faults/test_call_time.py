"""A call is answered before its client gives up, whatever it waits for; what is begun has time to end."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

from server import call_time
from server.ledger.claiming import LEASE_SECONDS
from server.mcp import tool
from server.settings.policy import FORM_SECONDS, USUAL_WAIT_SECONDS, ApprovalSettings
from server.vendors import approach, vendors
from server.vendors import exchange as transport
from server.vendors.connection import Connection
from server.vendors.outgoing import Outgoing
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.scripted import Exchange, Play, ScriptedVendor, whole
from tests.gate.servers import FREE, FREE_SEND
from tools.operation import Reply

pytestmark = pytest.mark.xdist_group("time")

CLIENTS_GIVE_UP = 60
LONG = 10.0


SetTimes = Callable[[float, float], None]


@pytest.fixture
def set_times(monkeypatch: pytest.MonkeyPatch) -> SetTimes:
    """Sets how long a call may take, and what a request that changes something must have left."""
    monkeypatch.setattr(tool, "_TO_ANSWER_SECONDS", 0.1)

    def set_times(call: float, post: float) -> None:
        monkeypatch.setattr(call_time, "CALL_SECONDS", call)
        monkeypatch.setattr(call_time, "POST_SECONDS", post)

    return set_times


@pytest.fixture
async def vendor() -> AsyncIterator[ScriptedVendor]:
    """EVERY8D with the waits as in use: it is the call's time that ends them."""
    async with ScriptedVendor.serving(whole(CREDIT)) as scripted:
        yield scripted


def late(play: Play, seconds: float) -> Play:
    """The same, after some time."""

    async def wait(exchange: Exchange) -> None:
        await anyio.sleep(seconds)
        await play(exchange)

    return wait


async def _never(exchange: Exchange) -> None:
    await anyio.sleep_forever()


def test_every_wait_has_its_place_in_the_time_of_a_call_and_the_lease_outlives_it() -> None:
    assert call_time.CALL_SECONDS < 45 < CLIENTS_GIVE_UP
    assert ApprovalSettings().form_timeout_s == FORM_SECONDS < call_time.CALL_SECONDS
    assert transport.DEADLINE <= 40
    assert USUAL_WAIT_SECONDS + call_time.POST_SECONDS < call_time.CALL_SECONDS
    assert vendors.WAIT_FOR_A_PLACE + transport.DEADLINE < LEASE_SECONDS


async def test_an_unknown_outcome_is_told_before_the_client_gives_up(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Half a second of the call is left at its POST, and the vendor never answers that."""

    async def hurried(connection: Connection, outgoing: Outgoing, **limits: Any) -> Reply:
        if SENDING not in outgoing.url.path:
            return await transport.exchange(connection, outgoing, **limits)
        set_times(0.5, 0.1)
        with call_time.timed_call():
            return await transport.exchange(connection, outgoing, **limits)

    for module in (vendors, approach):
        monkeypatch.setattr(module, "exchange", hurried)
    vendor.plays[SENDING] = _never
    async with front_door(vendor, no_settings, era="legacy") as session:
        facts, took = await _timed(session)
    assert facts.get("outcome") == "unknown", facts
    assert 0.5 <= took < transport.DEADLINE


async def test_after_a_slow_look_nothing_is_begun_that_could_not_be_waited_for(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    set_times(LONG, LONG - 0.2)
    vendor.plays[LOOKING] = late(whole(CREDIT), 0.3)
    vendor.plays[SENDING] = whole(RECEIPT)
    async with front_door(vendor, no_settings) as session:
        problem = await session.problem("send_sms", SEND)
        assert (problem["code"], problem["retryable"]) == ("time_is_up", True)
        assert problem["message"].startswith("Nothing was sent.")
        assert posts(vendor) == 0
        set_times(LONG, 0.1)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert posts(vendor) == 1


async def test_a_free_send_too_is_not_begun_when_its_look_was_slow(house: House, set_times: SetTimes) -> None:
    set_times(LONG, LONG - 0.2)
    await house.vendor.control("faults", path="getCredit.ashx", fault="slow", seconds=0.3)
    async with house.session(policy=FREE) as session:
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "time_is_up"
        assert await house.changes() == []
        set_times(LONG, 0.1)
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"


async def test_a_yes_just_in_time_stays_a_yes_for_the_same_call(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    """The older eras ask in mid-call: the person took what the vendor's answer would have needed."""
    set_times(LONG, LONG - 0.2)
    vendor.plays[SENDING] = whole(RECEIPT)
    person = Person(thinks_for=0.3)
    async with front_door(vendor, no_settings, era="legacy", person=person) as session:
        problem = await session.problem("send_sms", SEND)
        assert problem["code"] == "time_is_up"
        assert "stays approved" in problem["next"]
        assert posts(vendor) == 0
        set_times(LONG, 0.1)
        done = await session.facts("send_sms", SEND)
    assert (done["outcome"], done["action_id"]) == ("done", problem["action_id"])
    assert (len(person.asked), posts(vendor)) == (1, 1)


async def test_a_form_that_is_not_answered_ends_with_the_call_and_waits_elsewhere(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    # Enough for a busy machine to come as far as the question.
    set_times(2, 0.1)
    person = Person(thinks_for=2 * LONG)
    async with front_door(vendor, no_settings, era="legacy", person=person) as session:
        facts, took = await _timed(session)
    assert facts["outcome"] == "approval_required"
    assert "was not answered in time; an answer that still comes does nothing" in facts["message"]
    assert facts["action_id"] in facts["person_does"]
    assert took < LONG
    assert posts(vendor) == 0


async def test_a_yes_that_comes_too_late_is_told_so(no_settings: Path, vendor: ScriptedVendor) -> None:
    person = Person(thinks_for=0.2)
    approval = {"form_timeout_s": 0.1, "human_minimum_ms": 0}
    async with front_door(vendor, no_settings, person=person, approval=approval) as session:
        facts = await session.facts("send_sms", SEND)
    assert facts["outcome"] == "approval_required"
    late_ = "The answer to the form came too late and did nothing: a form waits 0.1 seconds."
    assert facts["message"].startswith(f"Nothing was sent. {late_} A person has to approve")
    assert posts(vendor) == 0


async def test_waiting_for_a_person_elsewhere_leaves_the_vendor_its_time(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    set_times(LONG, LONG - 0.5)
    approval = {"mode": "out_of_band_only", "wait_seconds": USUAL_WAIT_SECONDS}
    async with front_door(vendor, no_settings, approval=approval) as session:
        facts, took = await _timed(session)
    assert facts["outcome"] == "approval_required"
    assert took < LONG


async def test_waiting_for_a_place_ends_in_time_too(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    set_times(LONG, LONG - 0.5)
    one_at_a_time = {"base_url": vendor.url, "uid": "scripted", "password": "scripted", "calls_at_once": 1}
    arrived = vendor.arrivals[LOOKING] = asyncio.Event()
    vendor.plays[LOOKING] = _never
    async with (
        front_door(vendor, no_settings, every8d=one_at_a_time) as session,
        anyio.create_task_group() as group,
    ):
        group.start_soon(session.told, "query_credit")
        await arrived.wait()
        problem, took = await _timed(session)
        assert problem["code"] == "not_sent"
        assert took < LONG
        group.cancel_scope.cancel()


async def test_settings_that_wait_longer_lengthen_the_call_by_as_much(
    no_settings: Path, vendor: ScriptedVendor, set_times: SetTimes
) -> None:
    """For clients that wait so long: the form stays open beyond the usual time of a call."""
    set_times(0.3, 0.1)
    vendor.plays[SENDING] = whole(RECEIPT)
    approval = {"form_timeout_s": FORM_SECONDS + LONG, "human_minimum_ms": 0}
    person = Person(thinks_for=0.4)
    async with front_door(vendor, no_settings, era="legacy", person=person, approval=approval) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"


async def _timed(session: Session) -> tuple[Facts, float]:
    began = time.monotonic()
    facts = (await session.told("send_sms", SEND)).facts
    return facts, time.monotonic() - began
