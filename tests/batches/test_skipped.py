"""Whom the vendor left out of a send (EVERY8D 1.3) was sent nothing, and no record says that they were."""

import json

import pytest

from server.command.evidence import write_evidence
from server.demo.rows import rows_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import config_file, fronted
from tools.every8d.send_sms_deduplicated import skipped_in

HAD_IT, NEW, ABROAD = "0922333444", "0933555778", "+85291234567"
TEXT = "同一則"
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"


async def told_of(session: Session, mobile: str) -> list[str | None]:
    """The batches in a number's history."""
    rows = rows_of(await session.facts("get_number_history", {"mobile": mobile}))
    return [row.get("batch_id") for row in rows]


async def twice(session: Session) -> tuple[Facts, Facts]:
    """One number has the text; then it goes to two without repeats, and to the first alone."""
    await session.facts("send_sms", {"recipients": [HAD_IT], "text": TEXT})
    both = {"recipients": [HAD_IT, NEW], "text": TEXT}
    alone = {"recipients": [HAD_IT], "text": TEXT, "request_id": "again"}
    return (
        await session.facts("send_sms_deduplicated", both),
        await session.facts("send_sms_deduplicated", alone),
    )


async def test_who_was_left_out_is_in_no_batch(house: House, of_store: dict[str, str]) -> None:
    async with fronted(house, Person(), store=of_store) as session:
        some, nobody = await twice(session)
        assert (some["sent"], nobody["sent"]) == (1, 0)
        assert len(await told_of(session, HAD_IT)) == 1
        assert await told_of(session, NEW) == [some["batch_id"]]
        rows = {row["action_id"]: row for row in rows_of(await session.facts("list_batches"))}
        one, none = rows[some["action_id"]], rows[nobody["action_id"]]
        assert (one["state"], one["recipients"], one["pending"]) == ("sent", 1, 1)
        assert (none["state"], none["recipients"], none["pending"]) == ("failed", 0, 0)
        await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 60})
        asked = {"batch_id": some["batch_id"], "refresh": True}
        assert (await session.facts("summarize_delivery", asked))["counts"] == {"delivered": 1}


async def test_a_safe_retry_that_everybody_was_left_out_of_is_no_second_text(house: House) -> None:
    async with fronted(house, Person()) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        first = await session.facts("send_sms", {"recipients": [HAD_IT], "text": TEXT})
        assert first["outcome"] == "unknown"
        retried = await session.facts("retry_safely", {"action_id": first["action_id"]})
        assert retried["sent"] == 0
        assert len(await told_of(session, HAD_IT)) == 1


async def test_the_evidence_says_that_nothing_was_sent(house: House) -> None:
    file = house.folder / "evidence.json"
    async with fronted(house, Person()) as session:
        some, nobody = await twice(session)
    first, last = "2020-01-01", "2099-12-31"
    assert await write_evidence(config_file(house), HAD_IT, first=first, last=last, output=file) == 0
    found = json.loads(file.read_text(encoding="utf-8"))
    assert [each["skipped_by_vendor"] for each in found["messages"]] == [False]
    others = {each["action_id"]: each["skipped_by_vendor"] for each in found["sends_without_details"]}
    assert others == {some["action_id"]: True, nobody["action_id"]: True}


@pytest.mark.parametrize(
    ("answer", "skipped"),
    [
        ("-98,0922333444/85291234567", {"+886922333444", "+85291234567"}),
        ("-98,", {"+886922333444", "+85291234567", "+886933555778"}),
        (f"9998.00,1,1,0,{BATCH},0922333444", {"+886922333444"}),
        (f"9998.00,3,3,0,{BATCH}", set[str]()),
        ("-99,unknown", set[str]()),
        ("<html>", set[str]()),
        ("", set[str]()),
    ],
)
def test_an_answer_as_it_is_kept_tells_who_was_left_out(answer: str, skipped: set[str]) -> None:
    everybody = ["+886922333444", "+85291234567", "+886933555778"]
    assert skipped_in(answer, everybody) == skipped
