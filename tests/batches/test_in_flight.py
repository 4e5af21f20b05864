"""What runs, is booked and waits, from what is known here; OMIS is asked where somebody wants it."""

from datetime import UTC, datetime, timedelta

from server.demo.rows import rows_of
from tests.batches.stopping import TOMORROW, booked
from tests.clients.tokens import tokens_of
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import SEND, Clock, fronted

LIST = "list_in_flight"


async def test_everything_is_listed_with_what_ends_it_and_no_vendor_is_asked(house: House) -> None:
    async with fronted(house, Person()) as asking, fronted(house) as session:
        batch = await booked(asking, "限時優惠", 3)
        waits = await session.facts("send_sms", SEND)
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        lost = await asking.facts("send_sms", {**SEND, "text": "再見"})
        await session.facts("query_launch", {"launch_id": "1186"})
        await session.facts("query_job", {"job_id": "5508"})
        await session.facts("query_launch", {"launch_id": "1184"})
        await house.forget_log()
        facts = await session.facts(LIST)
    assert await house.vendor.log() == []
    found = {row["id"]: (row["what"], row["words"], row["state"], row["can"]) for row in rows_of(facts)}
    assert found == {
        lost["action_id"]: ("unknown", "再見", "send_sms", "reconcile_action"),
        waits["action_id"]: ("approval", "您好", "send_sms", "stop_everything"),
        batch: ("booking", "限時優惠", "send_sms", "erase_sms_booking"),
        "1184": ("launch", "每週循環電子報", "waiting for the next start", "pause_launch"),
        "5508": ("job", "", "tracking", ""),
        "1186": ("launch", "暫停中的活動", "paused", "resume_launch"),
        "5512": ("job", "", "paused", "resume_job"),
    }
    assert facts["conclusion"].startswith(
        "1 approval waits, 1 has an unknown outcome, 1 booking is ahead, 2 launches"
    )
    assert "Booked: 3 messages, the first at " in facts["conclusion"]
    assert "OMIS lists no launches" in facts["conclusion"]
    assert await tokens_of(facts) <= 600


async def test_refreshing_asks_omis_once_about_each_and_leaves_out_what_is_over(house: House) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("query_launch", {"launch_id": "1184"})
        await session.facts("query_job", {"job_id": "5514"})
        await session.facts("query_job", {"job_id": "5512"})
        await house.vendor.tasks(LaunchID="1184", LaunchAction="2")
        await house.vendor.tasks(JobID="5512", JobAction="1")
        await house.forget_log()
        before = await session.facts(LIST)
        facts = await session.facts(LIST, {"refresh": True})
        asked = len(await house.vendor.log())
        await house.vendor.control("faults", path="taskmanager.aspx", fault="html", times=1)
        silent = await session.facts(LIST, {"refresh": True})
    assert {row["id"] for row in rows_of(before)} == {"1184", "5514", "1182", "5512", "1186"}
    assert {row["id"] for row in rows_of(facts)} == {"5514", "1182", "5506", "5507", "1186"}
    assert asked == 5
    assert "OMIS did not say how 1 of them stand now." in silent["conclusion"]


async def test_what_was_done_here_counts_as_seen(house: House) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("pause_launch", {"launch_id": "1182"})
        await session.facts("pause_job", {"job_id": "5501"})
        await session.facts("terminate_job", {"job_id": "5501"})
        facts = await session.facts(LIST)
    (row,) = rows_of(facts)
    assert (row["id"], row["state"], row["can"]) == ("1182", "paused", "resume_launch")


async def test_a_booking_is_ahead_until_its_last_message_goes_out(house: House) -> None:
    clock = Clock(datetime.now(UTC))
    people = [
        {"mobile": f"091234510{number}", "text": "您好", "send_at": at.isoformat()}
        for number, at in enumerate((TOMORROW, TOMORROW + timedelta(hours=2)))
    ]
    async with fronted(house, Person(), clock=clock) as session:
        await session.facts("send_personalized_sms", {"recipients": people})
        clock.advance(hours=25)
        ahead = await session.facts(LIST)
        clock.advance(hours=2)
        over = await session.facts(LIST)
    assert [(row["what"], row["count"]) for row in rows_of(ahead)] == [("booking", 1)]
    assert "Booked: 1 message, the first at" in ahead["conclusion"]
    assert over["total"] == 0
    assert over["conclusion"].startswith("Nothing that is known here waits, is booked or runs.")


async def test_of_a_send_at_mixed_times_only_what_is_still_booked_is_counted_and_stopped(
    house: House,
) -> None:
    times = (None, None, TOMORROW, TOMORROW + timedelta(hours=2))
    people = [
        {"mobile": f"091234510{number}", "text": "您好"} | ({"send_at": at.isoformat()} if at else {})
        for number, at in enumerate(times)
    ]
    person = Person()
    async with fronted(house, person) as session:
        await session.facts("send_personalized_sms", {"recipients": people})
        (row,) = rows_of(await session.facts(LIST))
        stopped = await session.facts("stop_everything")
    assert row["count"] == 2
    assert "× 2" in person.asked[-1]
    (erased,) = (each for each in rows_of(stopped) if each["what"] == "booking")
    assert (erased["ended"], erased["count"]) == ("erased", 2)
