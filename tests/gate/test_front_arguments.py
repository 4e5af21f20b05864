"""Arguments that cannot be used: each line names the field, the problem and the way out."""

import json
import time
from typing import Any

import pytest

from tests.e2e.eras import ERAS
from tests.e2e.house import Facts, House
from tests.gate.servers import SEND

GOOD = {"mobile": "0912345678", "text": "您好"}
PAGED: list[tuple[str, Facts]] = [
    ("list_actions", {}),
    ("list_delivery_events", {}),
    ("list_updating_reports", {}),
    ("get_sms_delivery", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}),
]


@pytest.mark.parametrize("era", ERAS)
async def test_recipients_are_counted_from_one_by_every_check(house: House) -> None:
    async with house.session() as session:
        by_schema = await _message(session, recipients=[GOOD, {**GOOD, "mobile": "0912"}])
        by_operation = await _message(session, recipients=[GOOD, {**GOOD, "text": "a|b"}])
    assert "recipients[2].mobile: not a mobile number. Write it as 0912345678" in by_schema
    assert "recipients[2]: a value or text holds |" in by_operation


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"recipients": "0912345678"}, "recipients: is no list. Write it in square brackets, also for one."),
        ({"recipients": [912345678]}, "recipients[1]: is no text. Write it in quotation marks."),
        ({"text": 5}, "text: is no text. Write it in quotation marks."),
        ({"text": "\ud800"}, "text: holds half a character (a lone surrogate). Leave it out."),
        ({"request_id": "\ud800"}, "request_id: holds half a character (a lone surrogate). Leave it out."),
        ({"request_id": "r" * 65}, "request_id: is longer than 64 characters. Shorten it."),
        (
            {"send_at": "2026-12-31"},
            "send_at: is no date with a time. Write it as 2026-12-31T09:30:00+08:00.",
        ),
        (
            {"send_at": "9999-12-31T23:59:59Z"},
            "send_at: lies outside the years 2000 to 2999. Check the year.",
        ),
        (
            {"dryrun": True},
            (
                "dryrun: no such argument. Leave it out or correct its name; there are: dry_run, "
                "count, validity_minutes, recipients, subject, send_at, request_id, text."
            ),
        ),
    ],
)
async def test_a_line_has_field_problem_and_way_out(house: House, changed: Facts, line: str) -> None:
    async with house.session() as session:
        problem = await session.problem("send_sms", {**SEND, **changed})
    assert problem["code"] == "invalid_arguments"
    assert problem["message"] == f"Nothing was sent. The arguments cannot be used: {line}"


@pytest.mark.parametrize("era", ERAS)
async def test_a_list_that_no_call_may_carry_is_refused_before_its_numbers_are_read(house: House) -> None:
    """Reading a hundred thousand numbers would hold up every other call for half a minute."""
    long = ["0912345678"] * 100_000
    async with house.session() as session:
        began = time.process_time()
        listed = await session.problem("send_sms", {**SEND, "recipients": long})
        as_text = await session.problem("send_sms", {**SEND, "recipients": json.dumps(long)})
        # The client writes and reads them too; with each number read this takes twenty seconds.
        assert time.process_time() - began < 8
    line = "recipients: holds more than 10000 entries. Split the list into several calls."
    assert (
        listed["message"] == as_text["message"] == f"Nothing was sent. The arguments cannot be used: {line}"
    )


async def test_of_many_mistakes_the_first_are_told_and_how_many_more(house: House) -> None:
    async with house.session() as session:
        problem = await session.problem("send_sms", {**SEND, "recipients": ["0223456789"] * 400})
    assert "recipients[20]: not a mobile number" in problem["message"]
    assert problem["message"].endswith("; and 380 more such mistakes")
    assert len(problem["message"]) < 3000


@pytest.mark.parametrize(("tool", "arguments"), PAGED)
async def test_a_page_that_no_list_has_is_refused_and_the_last_one_is_empty(
    house: House, tool: str, arguments: Facts
) -> None:
    async with house.session() as session:
        for page in (0, -1, 1_000_001, 2**63, 10**30):
            assert (await session.problem(tool, {**arguments, "page": page}))["code"] == "invalid_arguments"
        assert (await session.facts(tool, {**arguments, "page": 1_000_000, "page_size": 200}))["page"]


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize(
    ("tool", "arguments", "undone"),
    [
        ("terminate_launch", {"launch_id": "9"}, "Nothing was terminated."),
        ("resume_job", {"job_id": "9"}, "Nothing was resumed."),
        ("delete_report", {"report_id": "9"}, "Nothing was deleted."),
    ],
)
@pytest.mark.parametrize("dry_run", [False, True])
async def test_a_refused_look_up_says_that_the_action_was_not_begun(
    house: House, tool: str, arguments: Facts, undone: str, *, dry_run: bool
) -> None:
    async with house.session() as session:
        problem = await session.problem(tool, {**arguments, "dry_run": dry_run})
    assert problem["message"].endswith(undone)
    assert await house.changes() == []


async def test_a_refused_login_says_so_too(house: House) -> None:
    async with house.session(every8d={"password": "wrong"}) as session:
        refused = await session.problem("send_sms", SEND)
        stopped = await session.problem("send_sms", SEND)
    assert refused["message"].endswith("The balance was not read. Nothing was sent.")
    assert stopped["message"].endswith("Nothing was sent.")


async def _message(session: Any, **arguments: Any) -> str:
    return (await session.problem("send_personalized_sms", arguments))["message"]
