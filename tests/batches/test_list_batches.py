"""What was sent is listed, with what became of it, from the records alone."""

import httpx2 as httpx
import pytest

from server.demo.rows import rows_of
from server.ledger.book import Settled
from server.store.actions import State
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.good_cases import CASES
from tests.e2e.good_cases_sms import DELIVERED
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_SEND, fronted
from tools.catalog import every_operation
from tools.every8d import sent
from tools.every8d.send_sms import SendSmsParams
from tools.operation import Risk


async def _batches(session: Session, **wanted: object) -> list[Facts]:
    return rows_of(await session.facts("list_batches", wanted))


async def _report(http: httpx.AsyncClient, url: str, batch_id: str, status: str, **more: str) -> int:
    fields = {"BatchID": batch_id, "RM": "0912345100", "RT": "20261126120000", "STATUS": status, "MR": "1"}
    return (await http.get(url, params=fields | more)).status_code


async def test_a_send_is_a_batch_with_its_words_and_numbers(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        told = await session.facts("send_sms", FREE_SEND)
        (batch,) = await _batches(session)
    assert batch["batch_id"] == told["batch_id"]
    assert (batch["words"], batch["recipients"], batch["pending"]) == ("您好", 1, 1)


async def test_batches_are_found_by_number_words_state_and_day(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        await session.facts("send_sms", {**FREE_SEND, "text": "再見"})
        assert len(await _batches(session)) == 2
        assert len(await _batches(session, mobile="0912345100")) == 2
        assert not await _batches(session, mobile="0912345101")
        assert [each["words"] for each in await _batches(session, words="再")] == ["再見"]
        assert not await _batches(session, state="erased")
        assert not await _batches(session, day="2020-01-01")


async def test_a_report_moves_a_message_forward_and_never_back(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        assert await _report(http, url, batch_id, "100") == 200
        assert await _report(http, url, batch_id, "0", RT="20261126130000") == 200
        (batch,) = await _batches(session)
    assert (batch["delivered"], batch["failed"], batch["pending"]) == (1, 0, 0)
    assert batch["source"] == "callbacks"


async def test_a_report_of_no_batch_of_ours_changes_nothing(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        assert await _report(http, url, "220478cc-8506-49b2-93b7-2505f651c12e", "100") == 200
        assert await _report(http, url, batch_id, "103", RM="0912345999") == 200
        (batch,) = await _batches(session)
    assert (batch["delivered"], batch["failed"], batch["pending"]) == (0, 0, 1)


async def test_a_reply_is_counted_once_however_often_it_comes(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        for _ in range(2):
            await _report(http, url, batch_id, "999", SM="好的")
        (batch,) = await _batches(session)
    assert (batch["delivered"], batch["replies"]) == (1, 1)


async def test_a_send_that_its_retry_showed_to_be_free_costs_nothing_here_either(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_before", times=9)
        unknown = await session.facts("send_sms", FREE_SEND)
        (batch,) = await _batches(session)
        assert (unknown["outcome"], batch["state"], batch["points"]) == ("unknown", "unknown", 1)
        retried = await session.facts("retry_safely", {"action_id": unknown["action_id"]})
        assert retried["outcome"] == "done", retried
        points = {each["action_id"]: each["points"] for each in await _batches(session)}
    assert points == {unknown["action_id"]: 0, retried["action_id"]: 1}


async def test_a_send_that_did_not_happen_cost_nothing(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_before", times=9)
        unknown = await session.facts("send_sms", FREE_SEND)
        assert [each["state"] for each in await _batches(session)] == ["unknown"]
        assert session.parts is not None
        failed = Settled(state=State.FAILED, by="somebody", how="the vendor said so")
        await session.parts.book.reconcile(unknown["action_id"], failed)
        (batch,) = await _batches(session)
    assert (batch["state"], batch["points"]) == ("failed", 0)


async def test_a_send_whose_arguments_are_no_longer_taken_is_a_batch_all_the_same(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stricter(SendSmsParams):
        added_since: str

    monkeypatch.setattr(sent, "SendSmsParams", Stricter)
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        (batch,) = await _batches(session)
    assert (batch["words"], batch["recipients"], batch["pending"]) == ("您好", 1, 1)


SENDS = [each.name for each in every_operation() if each.vendor == "every8d" and each.risk is Risk.SPEND]


@pytest.mark.parametrize("tool", SENDS)
async def test_every_send_becomes_a_batch_that_is_found_by_its_numbers(house: House, tool: str) -> None:
    async with house.session(Person()) as session:
        told = await session.facts(tool, await CASES[tool].prepare(house, session))
        found, every = await _batches(session, mobile=DELIVERED), await _batches(session)
    # Whom the vendor left out (1.3) was sent nothing.
    reached = not told.get("filtered_numbers")
    assert (told["action_id"] in [each["action_id"] for each in found]) == reached
    assert told["action_id"] in [each["action_id"] for each in every]
    assert all(each["words"] for each in every)
