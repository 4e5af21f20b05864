"""What changed between the person's yes and the POST refuses, with both values, and does nothing."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.gate.servers import LAUNCH, SEND, Clock, decide, fronted, posts
from tools.every8d.charging import Price, sms_price

BOTH: Facts = {"recipients": ["0912345678", "0912345679"], "text": "您好"}


async def test_points_that_were_spent_meanwhile_refuse(house: House) -> None:
    async with fronted(house, every8d={"uid": "empty", "password": "empty"}) as session:
        asked = await session.facts("send_sms", BOTH)
        assert asked["preview"]["points_left"] == 0
        await house.vendor.send(UID="empty", PWD="empty")
        await house.forget_log()
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        problem = await session.problem("send_sms", BOTH)
    assert problem["message"].endswith("Nothing was sent.")
    assert "needed: 2" in problem["message"]
    assert "left: 1" in problem["message"]
    assert await posts(house) == 0


async def test_a_launch_whose_state_changed_refuses(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("terminate_launch", LAUNCH)
        await house.vendor.tasks(LaunchID="1182", LaunchAction="3")
        await house.forget_log()
        assert await decide(house, approve=asked["action_id"], proof="1182") == 0
        problem = await session.problem("terminate_launch", LAUNCH)
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
    assert problem["code"] == "state_changed"
    assert problem["message"].startswith("Nothing was terminated.")
    assert "was running and is now paused" in problem["message"]
    assert entry["state"] == "expired"
    assert await posts(house) == 0


async def test_a_booking_that_is_gone_refuses(house: House) -> None:
    ahead = await house.vendor.compact_time(_hours(2))
    batch = {"batch_id": await house.vendor.batch(ST=ahead)}
    async with fronted(house) as session:
        asked = await session.facts("erase_sms_booking", batch)
        await house.vendor.every8d("eraseBooking", BID=batch["batch_id"])
        await house.forget_log()
        assert await decide(house, approve=asked["action_id"], proof="1") == 0
        problem = await session.problem("erase_sms_booking", batch)
    assert "Nothing was erased." in problem["message"]
    assert await posts(house) == 0


async def test_a_booking_of_which_a_part_left_refuses_with_both_figures(house: House) -> None:
    """Three were booked when the person agreed; one more is gone when it is carried out."""
    ahead = await house.vendor.compact_time(_hours(2))
    batch = {"batch_id": await house.vendor.batch("0912345678,0912345679,0912345680", ST=ahead)}
    async with fronted(house) as session:
        asked = await session.facts("erase_sms_booking", batch)
        assert await decide(house, approve=asked["action_id"], proof="3") == 0
        await house.vendor.advance(3 * 3600)
        await house.forget_log()
        problem = await session.problem("erase_sms_booking", batch)
    assert "Nothing was erased." in problem["message"]
    assert await posts(house) == 0


async def test_a_send_time_that_passed_meanwhile_refuses(house: House) -> None:
    clock = Clock()
    booked: Facts = {**SEND, "send_at": (clock() + _hours(0.1)).isoformat()}
    async with fronted(house, clock=clock) as session:
        asked = await session.facts("send_sms", booked)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        clock.advance(minutes=5)
        problem = await session.problem("send_sms", booked)
    assert "Nothing was sent." in problem["message"]
    assert await posts(house) == 0


async def test_a_rule_that_was_added_meanwhile_refuses(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
    async with fronted(house, policy={"blocked_numbers": ["0912345678"]}) as session:
        problem = await session.problem("send_sms", SEND)
    assert problem["code"] == "policy_refused"
    assert await posts(house) == 0


async def test_another_price_of_the_same_text_refuses_with_both(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The program was updated meanwhile, say, and the vendor's table of prices with it."""

    def dearer(text: str, mobiles: Sequence[str]) -> Price:
        return sms_price(text + "長" * 70, mobiles)

    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        monkeypatch.setattr("tools.every8d.send_sms.sms_price", dearer)
        problem = await session.problem("send_sms", SEND)
    assert problem["message"].startswith("Nothing was sent.")
    assert "the price in points was 1 and is now 2" in problem["message"]
    assert await posts(house) == 0


async def test_what_did_not_change_is_carried_out_as_approved(house: House) -> None:
    """The counterpart: without a change the same way does it."""
    async with fronted(house, Person()) as session:
        assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "done"
    assert await posts(house) == 1


def _hours(number: float) -> timedelta:
    return timedelta(hours=number)
