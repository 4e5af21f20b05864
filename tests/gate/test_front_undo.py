"""A send that is held for some minutes can be taken back; afterwards it is honestly gone."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from server.demo.rows import rows_of
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.pictures import PNG
from tests.faults.front_door import SENDING, front_door
from tests.faults.scripted import HOST, ScriptedVendor, whole
from tests.gate.servers import SEND, Clock, an_hour_from, fronted, started, visited
from tests.patience import PATIENCE

UNDO: dict[str, Any] = {"undo_minutes": 3, "undo_above_recipients": 1}
TWO = ["0912345100", "0912345101"]
BOTH: Facts = {"recipients": TWO, "text": "您好"}
HOLDING: list[tuple[str, Facts]] = [
    ("send_sms", BOTH),
    ("send_sms_deduplicated", BOTH),
    (
        "send_personalized_sms",
        {"recipients": [{"mobile": each, "text": f"您好 {each[-1]}"} for each in TWO]},
    ),
]


async def sent_at(house: House, batch_id: str) -> set[str]:
    """The states of a batch's messages at the vendor."""
    body = await house.vendor.every8d("getDeliveryStatus", BID=batch_id, PNO="1")
    return {row.split("\t")[4] for row in body.strip("\r\n").split("\n")[1:] if row}


@pytest.mark.parametrize(("tool", "arguments"), HOLDING)
async def test_a_held_send_is_taken_back_whole_without_a_question_and_its_points_return(
    house: House, tool: str, arguments: Facts
) -> None:
    person = Person()
    async with fronted(house, person, policy=UNDO) as session:
        sent = await session.facts(tool, arguments)
        asked = list(person.asked)
        assert await sent_at(house, sent["batch_id"]) == {"300"}
        undone = await session.facts("undo_send", {"batch_id": sent["batch_id"]})
        credit = await session.facts("query_credit")
        entry = await session.facts("get_action", {"action_id": sent["action_id"]})
    assert "Can be taken back: for 3 minutes" in asked[-1]
    assert person.asked == asked
    assert datetime.fromisoformat(sent["undo_until"]) > datetime.now().astimezone() + timedelta(minutes=2)
    assert sent["undo_until"] in sent["note"]
    assert (undone["outcome"], undone["erased"], undone["points_returned"]) == ("done", 2, 2)
    assert await sent_at(house, sent["batch_id"]) == {"303"}
    assert credit["credit"] == 10000
    assert entry["points_returned"] == 2


async def test_what_was_taken_back_is_no_answer_to_the_same_call(house: House) -> None:
    """It is not done any more: the person is asked anew."""
    person = Person()
    async with fronted(house, person, policy=UNDO) as session:
        first = await session.facts("send_sms", BOTH)
        await session.facts("undo_send", {"batch_id": first["batch_id"]})
        again = await session.facts("send_sms", BOTH)
    assert (again["outcome"], len(person.asked)) == ("done", 2)
    assert again["batch_id"] != first["batch_id"]


async def test_a_small_send_and_one_without_the_rule_go_out_at_once(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO) as session:
        small = await session.facts("send_sms", SEND)
        refused = await session.problem("undo_send", {"batch_id": small["batch_id"]})
    async with fronted(house, Person()) as session:
        usual = await session.facts("send_sms", BOTH)
    for each in (small, usual):
        assert "undo_until" not in each
        assert "300" not in await sent_at(house, each["batch_id"])
    assert refused["code"] == "not_held"
    assert refused["message"].startswith("Nothing was taken back.")
    assert [each for each in await house.changes() if "erasebooking" in each] == []


async def test_after_its_minutes_it_is_gone_and_the_vendor_is_not_asked(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, policy=UNDO) as session:
        sent = await session.facts("send_sms", BOTH)
        clock.advance(minutes=5)
        refused = await session.problem("undo_send", {"batch_id": sent["batch_id"]})
    assert (refused["code"], "has gone out since" in refused["message"]) == ("too_late", True)
    assert [each for each in await house.changes() if "erasebooking" in each] == []


async def test_where_the_vendor_was_faster_it_is_said_to_be_gone(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO) as session:
        sent = await session.facts("send_sms", BOTH)
        await house.vendor.advance(5 * 60)
        refused = await session.problem("undo_send", {"batch_id": sent["batch_id"]})
    assert (refused["code"], refused["message"].startswith("Nothing was taken back.")) == ("too_late", True)


async def test_at_the_last_moment_that_is_told_it_can_still_be_taken_back(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, policy=UNDO) as session:
        sent = await session.facts("send_sms", BOTH)
        left = datetime.fromisoformat(sent["undo_until"]) - clock()
        await house.vendor.advance(left.total_seconds() - PATIENCE / 10)
        clock.advance(seconds=left.total_seconds())
        undone = await session.facts("undo_send", {"batch_id": sent["batch_id"]})
    assert undone["erased"] == 2


async def test_a_refused_booking_sends_nothing_and_says_that_it_was_one(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    vendor.plays[SENDING] = whole("-20,預約時間需在十分鐘後")
    async with front_door(vendor, no_settings, policy=UNDO) as session:
        refused = await session.problem("send_sms", BOTH)
        entry = await session.facts("list_actions", {"tool": "send_sms"})
    assert refused["code"] == "vendor_refused"
    assert "Nothing was sent." in refused["message"]
    assert "ten minutes or more" in refused["message"]
    assert rows_of(entry)[0]["state"] == "failed"


async def test_a_campaign_whose_first_part_is_refused_as_a_booking_stops_and_says_so(
    house: House, vendor: ScriptedVendor
) -> None:
    vendor.plays["SendParamSMS.ashx"] = whole("-20,預約時間需在十分鐘後")
    account = {"base_url": vendor.url.replace(HOST, "localhost"), "uid": "a", "password": "b"}
    async with fronted(house, Person(), policy=UNDO, every8d={**account, "max_recipients": 10}) as session:
        assert session.parts
        write_list(house, people(30))
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        await session.facts("start_campaign", named)
        await carried_out(session.parts, named["campaign_id"])
        status = await session.facts("get_campaign", named)
    assert (status["state"], status["sent"]) == ("paused", 0)
    assert "ten minutes or more" in status["conclusion"]


async def test_of_an_unknown_outcome_it_is_said_when_it_would_go_out_and_no_safe_retry_is_made_before(
    house: House,
) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, policy=UNDO) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        lost = await session.facts("send_sms", BOTH)
        early = await session.problem("retry_safely", {"action_id": lost["action_id"]})
        clock.advance(minutes=15)
        await house.vendor.advance(15 * 60)
        late = await session.facts("retry_safely", {"action_id": lost["action_id"], "dry_run": True})
    assert lost["outcome"] == "unknown"
    assert "If the vendor took it, it goes out at" in lost["message"]
    assert (early["code"], "Wait ten minutes" in early["message"]) == ("not_retryable", True)
    assert late["outcome"] == "dry_run"


@pytest.mark.parametrize("minutes", [-4.0, 9.0, 25.0])
async def test_the_minutes_are_counted_by_the_vendors_clock(house: House, minutes: float) -> None:
    """A vendor that is four minutes behind would else send three minutes late, one ahead at once."""
    clock = Clock()
    clock.advance(minutes=-minutes)
    async with (
        started(house, clock=clock, policy=UNDO) as parts,
        visited(parts, house.era, Person()) as session,
    ):
        # The vendor's own clock is the real one, and its `Date` says so.
        await house.vendor.http.post("/_sandbox/clock", json={"date_offset_seconds": 0})
        sent = await session.facts("send_sms", BOTH)
        assert await sent_at(house, sent["batch_id"]) == {"300"}
        left = datetime.fromisoformat(sent["undo_until"]) - clock()
        await house.vendor.advance(left.total_seconds() - PATIENCE / 10)
        undone = await session.facts("undo_send", {"batch_id": sent["batch_id"]})
    assert undone["erased"] == 2


async def test_quiet_hours_hold_for_the_moment_in_which_it_goes_out(house: House) -> None:
    clock = Clock()
    hours = an_hour_from(clock() + timedelta(minutes=2))
    async with fronted(house, Person(), clock=clock, policy={**UNDO, "quiet_hours": hours}) as session:
        refused = await session.problem("send_sms", BOTH)
        small = await session.facts("send_sms", SEND)
    assert refused["code"] == "policy_refused"
    assert small["outcome"] == "done"


async def test_a_held_send_stands_among_what_is_ahead_and_a_stop_takes_it_back(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO) as session:
        sent = await session.facts("send_sms", BOTH)
        ahead = rows_of(await session.facts("list_in_flight"))
        stopped = await session.facts("stop_everything")
    found = [(row["id"], row["count"], row["can"]) for row in ahead if row["what"] == "booking"]
    assert found == [(sent["batch_id"], 2, "undo_send")]
    assert stopped["outcome"] == "done"
    assert await sent_at(house, sent["batch_id"]) == {"303"}


async def test_a_booking_that_a_person_meant_is_named_with_what_erases_it(house: House) -> None:
    tomorrow = (datetime.now().astimezone() + timedelta(days=1)).isoformat()
    async with fronted(house, Person(), policy=UNDO) as session:
        await session.facts("send_sms", {**BOTH, "send_at": tomorrow})
        ahead = rows_of(await session.facts("list_in_flight"))
    assert [row["can"] for row in ahead if row["what"] == "booking"] == ["erase_sms_booking"]


async def test_a_held_mms_is_taken_back_by_the_erasing_of_its_own_kind(house: House) -> None:
    pictures = house.folder / "images"
    pictures.mkdir(exist_ok=True)
    (pictures / "coupon.png").write_bytes(PNG)
    wanted = {"recipients": TWO, "text": "您好", "image": "coupon.png", "subject": "優惠"}
    async with fronted(house, Person(), policy=UNDO) as session:
        sent = await session.facts("send_mms", wanted)
        ahead = rows_of(await session.facts("list_in_flight"))
        undone = await session.facts("undo_send", {"batch_id": sent["batch_id"]})
        credit = await session.facts("query_credit")
        again = await session.problem("undo_send", {"batch_id": sent["batch_id"]})
    assert "undo_until" in sent
    assert [row["can"] for row in ahead if row["what"] == "booking"] == ["undo_send"]
    assert (undone["outcome"], undone["erased"], credit["credit"]) == ("done", 2, 10000)
    assert again["code"] == "too_late"
    asked = [str(entry["path"]) for entry in await house.vendor.log()]
    assert [each for each in asked if "eraseBooking" in each] == ["/API21/HTTP/MMS/eraseBooking.ashx"] * 2


async def test_what_was_taken_back_is_not_ahead_any_more(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO) as session:
        sent = await session.facts("send_sms", BOTH)
        await session.facts("undo_send", {"batch_id": sent["batch_id"]})
        ahead = rows_of(await session.facts("list_in_flight"))
    assert [row for row in ahead if row["what"] == "booking"] == []


async def undo_of_unknown(house: House, session: Session) -> tuple[Facts, Facts]:
    sent = await session.facts("send_sms", BOTH)
    await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
    return sent, await session.facts("undo_send", {"batch_id": sent["batch_id"]})


async def test_an_undo_whose_answer_was_lost_is_unknown_until_the_vendor_is_looked_at(house: House) -> None:
    async with fronted(house, Person(), policy=UNDO) as session:
        sent, lost = await undo_of_unknown(house, session)
        found = await session.facts("reconcile_action", {"action_id": lost["action_id"]})
    assert (lost["outcome"], found["state"]) == ("unknown", "succeeded")
    assert await sent_at(house, sent["batch_id"]) == {"303"}
