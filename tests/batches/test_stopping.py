"""Everything is stopped: brakes at once and unasked, bookings by one question, each part known by itself."""

from collections.abc import Awaitable, Callable
from typing import Any

import mcp_types as types
import pytest

from server.demo.rows import rows_of
from server.gate import stopping
from server.ledger.parts import Part
from server.store.batches import Batch
from tests.batches.stopping import STOP, TOMORROW, booked, ended, erasings, pauses
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import SEND, decide, fronted, posts
from tests.gate.test_front_owning import TOKENS, Acting, acting_as

__all__ = ["acting_as"]


async def nothing() -> None:
    pass


class Meanwhile(Person):
    """Agrees to a stop, after something has happened while the question stood."""

    happens: Callable[[], Awaitable[None]] = staticmethod(nothing)

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        if "Erase every booking" in params.message:
            await self.happens()
        return await super().__call__(context, params)


@pytest.mark.parametrize("era", ["auto", "legacy"], indirect=True)
async def test_one_question_erases_every_booking_that_it_shows(house: House, store_url: str) -> None:
    person = Person()
    async with fronted(house, person, store={"url": store_url}) as session:
        ids = [await booked(session, "限時優惠", 3), await booked(session, "週年慶", 2, hours=1)]
        person.asked.clear()
        facts = await session.facts(STOP)
        listed = await session.facts("list_batches", {"state": "erased"})
        actions = await session.facts("list_actions", {"tool": "erase_sms_booking"})
        again = await session.facts(STOP)
    (question,) = person.asked
    assert "Messages or reports: 5" in question
    assert "× 3 = 「限時優惠」" in question
    assert "× 2 = 「週年慶」" in question
    assert "Points that come back: about 5." in question
    assert sorted(await erasings(house)) == sorted(ids)
    assert (facts["outcome"], facts["points_returned"]) == ("done", 5)
    assert ended(facts) == dict.fromkeys(ids, "erased")
    assert listed["total"] == actions["total"] == 2
    assert {row["batch_id"] for row in rows_of(actions)} == {*ids}
    assert actions["every_row"]["decided_by"].endswith("(form)")
    assert again["conclusion"].startswith("Nothing that is known here was to be stopped.")


async def test_what_is_known_to_run_is_paused_at_once_and_unasked(house: House) -> None:
    """Job 5514 has stopped by itself, 5508 only tracks, 1186 is paused: they are left alone."""
    person = Person()
    async with fronted(house, person, policy={"calls_per_minute": 1}) as session:
        for tool, thing in (("launch", "1182"), ("launch", "1180"), ("launch", "1186"), ("job", "5501")):
            await session.facts(f"query_{tool}", {f"{tool}_id": thing})
        facts = await session.facts(STOP)
        again = await session.facts(STOP)
    asked = await pauses(house)
    # OMIS pauses a launch's jobs with it and refuses what is paused: the jobs come first.
    assert (set(asked[:3]), set(asked[3:])) == ({"5501", "5506", "5507"}, {"1182", "1183"})
    assert set(ended(facts).values()) == {"paused"}
    assert "OMIS lists no launches" in facts["conclusion"]
    assert ended(again) == {}
    assert person.asked == []


async def test_a_pause_that_fails_stops_no_other(house: House) -> None:
    async with fronted(house) as session:
        await session.facts("query_launch", {"launch_id": "1182"})
        await house.vendor.control("faults", path="taskmanager.aspx", fault="html", times=1)
        facts = await session.facts(STOP)
    assert sorted(ended(facts).values()) == ["paused", "paused", "unknown"]
    assert facts["conclusion"].startswith("Unknown: 1 job. Paused: ")
    (row,) = (row for row in rows_of(facts) if row["ended"] == "unknown")
    assert row["action_id"]
    assert "outcome is unknown" in row["why"]


async def test_what_waits_for_approval_cannot_go_out_any_more(house: House) -> None:
    async with fronted(house) as session:
        waiting = await session.facts("send_sms", SEND)
        deleting = await session.facts("delete_launch", {"launch_id": "1180"})
        facts = await session.facts(STOP)
        kept = await session.facts("get_action", {"action_id": deleting["action_id"]})
        late = await decide(house, approve=waiting["action_id"], proof="y")
        again = await session.facts("send_sms", SEND)
        entry = await session.facts("get_action", {"action_id": waiting["action_id"]})
    assert facts["outcome"] == "done"
    assert ended(facts) == {waiting["action_id"]: "voided"}
    assert late == 1
    assert (again["outcome"], again["action_id"] != waiting["action_id"]) == ("approval_required", True)
    assert (entry["state"], entry["reason"]) == ("expired", STOP)
    assert kept["state"] == "proposed", "what only ends something may wait"
    assert await posts(house) == 0


async def test_a_no_erases_nothing_and_tells_what_was_braked_before(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        batch = await booked(session, "限時優惠")
        await session.facts("query_job", {"job_id": "5501"})
        person.action = "decline"
        problem = await session.problem(STOP)
    assert problem["code"] == "declined"
    assert problem["message"].startswith("Nothing was erased.")
    assert ended(problem) == {"5501": "paused", "1183": "paused", batch: "still there"}
    assert await erasings(house) == []


async def test_without_a_form_the_terminal_agrees_to_exactly_the_list_that_it_shows(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fronted(house, Person()) as asking, fronted(house) as session:
        first = await booked(asking, "限時優惠", 3)
        waits = await session.facts(STOP)
        later = await booked(asking, "後來的", hours=1)
        assert waits["outcome"] == "approval_required"
        assert waits["message"].startswith("Nothing was erased.")
        assert ended(waits) == {first: "still there"}
        assert await decide(house, approve=waits["action_id"], proof="3") == 0
        done = await session.facts(STOP)
        assert await erasings(house) == [first]
        more = await session.facts(STOP)
        assert await decide(house, deny=more["action_id"]) == 0
    assert (done["outcome"], done["action_id"]) == ("done", waits["action_id"])
    assert ended(done) == {first: "erased"}
    assert more["outcome"] == "approval_required"
    assert ended(more) == {later: "still there"}
    assert await erasings(house) == [first]
    assert "限時優惠" not in capsys.readouterr().err


async def test_a_question_whose_bookings_have_changed_gives_way_to_a_new_one(house: House) -> None:
    async with fronted(house, Person()) as asking, fronted(house) as session:
        await booked(asking, "限時優惠")
        first = await session.facts(STOP)
        same = await session.facts(STOP)
        await booked(asking, "後來的", hours=1)
        second = await session.facts(STOP)
        old = await session.facts("get_action", {"action_id": first["action_id"]})
    assert same["action_id"] == first["action_id"] != second["action_id"]
    assert old["state"] == "expired"
    assert len(ended(second)) == 2


async def test_a_booking_that_went_out_meanwhile_is_told_and_the_others_are_erased(house: House) -> None:
    person = Meanwhile()

    async def goes_out() -> None:
        await house.vendor.advance(24 * 3600 + 600)

    person.happens = goes_out
    async with fronted(house, person) as session:
        gone, erased = await booked(session, "限時優惠", 2), await booked(session, "週年慶", 3, hours=1)
        facts = await session.facts(STOP)
    assert ended(facts) == {gone: "not booked any more", erased: "erased"}
    assert facts["conclusion"].startswith("Not booked any more, erased before or sent: 1 booking. Erased: 1")
    assert facts["points_returned"] == 3
    assert "no booked message" in str(rows_of(facts))
    assert await erasings(house) == [erased]


async def test_a_booking_that_somebody_else_erased_meanwhile_is_told_as_booked_no_more(
    house: House,
) -> None:
    person = Meanwhile()
    async with fronted(house, Person()) as other, fronted(house, person) as session:
        batch = await booked(session, "限時優惠", 2)

        async def erased() -> None:
            await other.facts("erase_sms_booking", {"batch_id": batch})

        person.happens = erased
        facts = await session.facts(STOP)
        again = await session.facts(STOP)
    assert facts["outcome"] == "done"
    assert ended(facts) == {batch: "not booked any more"}
    assert facts["conclusion"].startswith("Not booked any more, erased before or sent: 1 booking.")
    assert ended(again) == {}
    assert await erasings(house) == [batch]


async def test_an_erasing_without_an_answer_is_unknown_by_itself_and_never_repeated(house: House) -> None:
    async with fronted(house, Person()) as session:
        ids = {await booked(session, "限時優惠"), await booked(session, "週年慶", hours=1)}
        await house.vendor.control("faults", path="eraseBooking.ashx", fault="reset_after", times=1)
        facts = await session.facts(STOP)
        (lost,) = (row for row in rows_of(facts) if row["ended"] == "unknown")
        early = await session.facts("reconcile_action", {"action_id": facts["action_id"]})
        await session.facts("reconcile_action", {"action_id": lost["action_id"]})
        whole = await session.facts("reconcile_action", {"action_id": facts["action_id"]})
    assert facts["outcome"] == "unknown"
    assert sorted(ended(facts).values()) == ["erased", "unknown"]
    assert sorted(await erasings(house)) == sorted(ids)
    assert (early["state"], whole["state"]) == ("unknown", "succeeded")
    assert "2 of its erasings were done" in whole["evidence"][0]


async def test_a_booking_of_unknown_outcome_is_told_since_nobody_can_erase_it_yet(house: House) -> None:
    async with fronted(house, Person()) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        lost = await session.facts("send_sms", {**SEND, "send_at": TOMORROW.isoformat()})
        facts = await session.facts(STOP)
    assert lost["outcome"] == "unknown"
    assert ended(facts) == {lost["action_id"]: "unknown"}
    assert facts["conclusion"].startswith("Unknown: 1 booking.")


async def test_more_than_was_agreed_to_is_not_erased(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def fewer(batch: Batch) -> Part:
        return Part(tool="erase_sms_booking", target=batch.batch_id, most=batch.pending - 1)

    monkeypatch.setattr(stopping, "part_of", fewer)
    async with fronted(house, Person()) as session:
        batch = await booked(session, "限時優惠", 3)
        problem = await session.problem(STOP)
    assert ended(problem) == {batch: "not erased"}
    assert "messages was 2 and is now 3" in str(rows_of(problem))
    assert await erasings(house) == []


async def test_nothing_erased_is_a_failure_that_can_be_asked_for_again(house: House) -> None:
    person = Meanwhile()

    async def fails() -> None:
        await house.vendor.control("faults", path="getDeliveryStatus.ashx", fault="html", times=1)

    person.happens = fails
    async with fronted(house, person) as session:
        batch = await booked(session, "限時優惠")
        problem = await session.problem(STOP)
        person.happens = nothing
        facts = await session.facts(STOP)
    assert (problem["code"], problem["retryable"]) == ("not_erased", True)
    assert ended(problem) == {batch: "not erased"}
    assert ended(facts) == {batch: "erased"}


async def test_a_dry_run_shows_all_of_it_and_does_none_of_it(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        batch = await booked(session, "限時優惠", 3)
        await session.facts("query_job", {"job_id": "5501"})
        await house.forget_log()
        person.asked.clear()
        facts = await session.facts(STOP, {"dry_run": True})
    assert facts["preview"]["destroyed"] == 3
    assert ended(facts) == {"5501": "still there", "1183": "still there", batch: "still there"}
    assert await house.vendor.log() == []
    assert person.asked == []


async def test_a_session_that_read_text_from_outside_is_stopped_all_the_same(house: House) -> None:
    async with fronted(house, Person()) as session:
        batch = await booked(session, "限時優惠")
        await session.facts("query_launch", {"launch_id": "1182"})
        facts = await session.facts(STOP)
    assert ended(facts)[batch] == "erased"


async def test_a_server_that_only_looks_has_no_such_tool(house: House) -> None:
    async with house.session(policy={"read_only": True}) as session:
        tools = await session.tools()
    assert STOP not in tools
    assert "list_in_flight" in tools


async def test_with_tokens_a_stop_is_about_ones_own_bookings_and_approvals(
    house: House, acting_as: Acting
) -> None:
    async with fronted(house, Person(), http=TOKENS) as session:
        acting_as("desk")
        theirs = await booked(session, "他們的")
        acting_as("night")
        own = await booked(session, "我的", hours=1)
        facts = await session.facts(STOP)
        acting_as("desk")
        listed = await session.facts("list_in_flight")
    assert ended(facts) == {own: "erased"}
    assert [row["id"] for row in rows_of(listed)] == [theirs]
