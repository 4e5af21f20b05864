"""The ladder of approval through a real client: a person, a machine that answers for one, nobody."""

from typing import Any

import pytest

from tests.e2e.house import House
from tests.e2e.person import Person

SEND: dict[str, Any] = {"recipients": ["0912345100"], "text": "您好，明天見"}
DELETE: dict[str, Any] = {"launch_id": "1180"}
LIKE_A_PERSON = {"human_minimum_ms": 300}


async def test_a_person_who_takes_time_approves(house: House) -> None:
    person = Person(thinks_for=0.35)
    async with house.session(person, approval=LIKE_A_PERSON) as session:
        facts = await session.facts("send_sms", SEND)
    assert facts["outcome"] == "done"
    assert await house.changes() == ["sendsms.ashx"]


async def test_a_host_that_answers_at_once_is_no_person(house: House) -> None:
    async with house.session(Person(), approval=LIKE_A_PERSON) as session:
        facts = await session.facts("send_sms", SEND)
    assert facts["outcome"] == "approval_required"
    assert facts["message"].startswith("Nothing was sent.")
    assert await house.changes() == []


async def test_the_question_shows_the_figures_and_masks_the_number(house: House) -> None:
    person = Person()
    arguments = {"recipients": ["0912345100", "0912345101"], "text": "字" * 71, "subject": "提醒"}
    async with house.session(person) as session:
        await session.facts("send_sms", arguments)
    (question,) = person.asked
    for line in (
        "Recipients: 2",
        "Parts a message: 2",
        "Points: 4",
        "Points left after: 9,996",
        "When: at once",
    ):
        assert line in question.splitlines()
    assert "Numbers: 0912***100 to 0912***101" in question
    assert "字" * 71 in question
    assert "提醒" in question


async def test_a_destruction_wants_the_id_typed(house: House) -> None:
    person = Person()
    async with house.session(person) as session:
        facts = await session.facts("delete_launch", DELETE)
    assert facts["accepted"] is True
    assert "Id: 1180" in person.asked[0]


@pytest.mark.parametrize("typed", ["", "yes", "1181", "1180 1180"])
async def test_anything_else_typed_destroys_nothing(house: House, typed: str) -> None:
    async with house.session(Person(typed=typed)) as session:
        problem = await session.problem("delete_launch", DELETE)
    assert problem["code"] == "proof_mismatch"
    assert problem["message"].startswith("Nothing was deleted.")
    assert await house.changes() == []


async def test_a_large_send_wants_the_number_of_recipients_typed(house: House) -> None:
    many = {"recipients": [f"09124{number:05d}" for number in range(101)], "text": "您好"}
    async with house.session(Person(typed="100")) as session:
        assert (await session.problem("send_sms", many))["code"] == "proof_mismatch"
    async with house.session(Person(typed=" 101 ")) as session:
        assert (await session.facts("send_sms", many))["sent"] == 101
    assert await house.changes() == ["sendsms.ashx"]


async def test_a_cancelled_form_is_nobodys_answer(house: House) -> None:
    async with house.session(Person("cancel")) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await house.changes() == []


async def test_an_approval_elsewhere_lets_the_same_call_through_once(house: House) -> None:
    from server.ledger.deciding import Decision  # noqa: PLC0415 - this one test

    async with house.session() as session:
        waiting = await session.facts("send_sms", SEND)
        still = await session.facts("send_sms", SEND)
        assert still["action_id"] == waiting["action_id"]
        assert session.parts is not None
        terminal = Decision(by="local:person", channel="terminal")
        assert await session.parts.book.approve(waiting["action_id"], terminal) is not None
        done = await session.facts("send_sms", SEND)
        again = await session.facts("send_sms", SEND)
    assert (done["outcome"], done["action_id"]) == ("done", waiting["action_id"])
    assert again["replayed"] is True
    assert await house.changes() == ["sendsms.ashx"]


async def test_other_arguments_are_not_covered_by_an_approval(house: House) -> None:
    from server.ledger.deciding import Decision  # noqa: PLC0415 - this one test

    async with house.session() as session:
        waiting = await session.facts("send_sms", SEND)
        assert session.parts is not None
        terminal = Decision(by="local:person", channel="terminal")
        await session.parts.book.approve(waiting["action_id"], terminal)
        other = await session.facts("send_sms", {**SEND, "text": "您好，後天見"})
    assert other["outcome"] == "approval_required"
    assert other["action_id"] != waiting["action_id"]
    assert await house.changes() == []


async def test_where_nobody_can_be_asked_it_is_refused(house: House) -> None:
    async with house.session(approval={"out_of_band": False}) as session:
        problem = await session.problem("send_sms", SEND)
    assert problem["code"] == "approval_unavailable"
    assert problem["message"].startswith("Nothing was sent.")
    assert await house.changes() == []


async def test_credit_that_sank_after_the_question_refuses(house: House) -> None:
    """The question showed the points left; somebody else spends them while the person reads."""

    class Slow(Person):
        async def __call__(self, context: Any, params: Any) -> Any:
            await house.vendor.batch("0912345101,0912345103", UID="empty", PWD="empty")
            return await super().__call__(context, params)

    account = {"uid": "empty", "password": "empty"}
    async with house.session(Slow(), every8d=account) as session:
        problem = await session.problem("send_sms", SEND)
    assert problem["message"].endswith("Nothing was sent.")
    assert await house.changes() == ["sendsms.ashx"]


async def test_a_launch_that_changed_after_the_question_is_left_alone(house: House) -> None:
    class Slow(Person):
        async def __call__(self, context: Any, params: Any) -> Any:
            await house.vendor.tasks(LaunchID="1186", LaunchAction="2")
            return await super().__call__(context, params)

    async with house.session(Slow()) as session:
        problem = await session.problem("resume_launch", {"launch_id": "1186"})
    assert problem["code"] == "in_vain"
    assert problem["message"].startswith("Nothing was resumed. The launch is in the state 'terminated'.")
    assert await house.changes() == ["taskmanager.aspx"]


async def test_more_than_the_points_left_is_refused_before_anybody_is_asked(house: House) -> None:
    person = Person()
    many = {"recipients": ["0912345100", "0912345101", "0912345103"], "text": "您好"}
    async with house.session(person, every8d={"uid": "empty", "password": "empty"}) as session:
        problem = await session.problem("send_sms", many)
    assert problem["code"] == "not_enough_credit"
    assert person.asked == []
    assert await house.changes() == []


async def test_a_new_request_id_does_it_again_on_purpose(house: House) -> None:
    async with house.session(Person()) as session:
        first = await session.facts("send_sms", SEND)
        second = await session.facts("send_sms", SEND | {"request_id": "again"})
        reused = await session.problem("send_sms", {**SEND, "text": "別的", "request_id": "again"})
    assert first["batch_id"] != second["batch_id"]
    assert reused["code"] == "request_id_reused"
    assert len(await house.changes()) == 2


async def test_test_numbers_need_no_approval_until_outside_text_was_read(house: House) -> None:
    policy = {"test_numbers": ["0912345999"], "test_recipients": 1, "test_points": 5}
    arguments = {"recipients": ["0912345999"], "text": "測試"}
    async with house.session(policy=policy) as session:
        sent = await session.facts("send_sms", arguments)
        assert sent["outcome"] == "done"
        await house.vendor.advance(61)
        await session.facts("get_sms_replies", {"batch_id": sent["batch_id"]})
        later = await session.facts("send_sms", arguments | {"request_id": "two"})
    assert later["outcome"] == "approval_required"


@pytest.mark.parametrize(
    ("policy", "words"),
    [
        ({"points_per_call": 0}, "points_per_call"),
        ({"recipients_per_call": 0}, "recipients_per_call"),
        ({"blocked_numbers": ["0912345100"]}, "blocked"),
        ({"required_sender_name": "小店"}, "sender"),
        ({"countries": ["JP"]}, "countries"),
    ],
)
async def test_a_rule_refuses_before_anybody_is_asked(
    house: House, policy: dict[str, Any], words: str
) -> None:
    person = Person()
    async with house.session(person, policy=policy) as session:
        problem = await session.problem("send_sms", SEND)
    assert problem["code"] == "policy_refused"
    assert problem["message"].endswith("Nothing was sent.")
    assert words in f"{problem['message']} {problem['next']}".lower()
    assert person.asked == []
    assert await house.changes() == []
