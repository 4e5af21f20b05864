"""A batch that was sent on the vendor's own site becomes one of ours, and is then told like any other."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from server.batches import importing
from server.batches.memory import Memory
from server.batches.reading import Reading
from server.demo.rows import rows_of
from server.gate import import_desk
from tests.batches.stored import rows_in
from tests.batches.test_summaries import MIXED
from tests.delivery.receivers import TOKEN, WITHIN, vendor_of
from tests.e2e.good_cases_sms import mms_batch
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND, fronted
from tests.gate.test_front_owning import NOBODYS, TOKENS, Acting, acting_as
from tools.every8d.delivery import DeliveryMessage, Messages

__all__ = ["acting_as"]
MINUTE = timedelta(minutes=1)
OWNED = TOKENS | {"owner_of_foreign": "desk"}


async def _by_hand(house: House, *numbers: str) -> str:
    """A batch that was sent behind the server's back, and has arrived where it does."""
    batch_id = await house.vendor.batch(",".join(numbers))
    await house.vendor.advance(31)
    return batch_id


async def test_an_imported_batch_is_told_like_any_other(house: House, of_store: dict[str, str]) -> None:
    async with fronted(house, Person(), policy=FREE, store=of_store) as session:
        batch_id = await _by_hand(house, *MIXED)
        facts = await session.facts("import_batch", {"batch_id": batch_id.upper()})
        assert facts["conclusion"].startswith("Imported: 6 messages. Nothing was sent")
        assert (facts["delivered"], facts["failed"], facts["pending"], facts["points"]) == (3, 3, 0, 6)
        assert [each.partition(":")[0] for each in facts["not_known"]] == ["Its text and subject"]
        (batch,) = rows_of(await session.facts("list_batches", {"mobile": MIXED[0]}))
        assert (batch["batch_id"], batch.get("words"), batch.get("action_id")) == (batch_id, None, None)
        summary = await session.facts("summarize_delivery", {"batch_id": batch_id})
        assert summary["conclusion"].startswith("3 of 6 arrived (50%)")
        statement = await session.facts("get_points_statement", {})
        assert (statement["points"], statement["elsewhere"]) == (0, 6)
        again = await session.facts("send_sms", {"recipients": [f"failed:{batch_id}"], "text": "再一次"})
    assert again["meant"]["count"] == 2


async def test_each_page_of_a_large_batch_is_let_go_as_soon_as_it_is_noted(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A hundred thousand messages let go at once hold up everybody for 11 ms."""
    left: list[list[int]] = []
    real = importing.imported

    async def seen(memory: Memory, batch_id: str, kind: str, found: Messages, principal: str) -> bool:
        note = Reading.note

        async def noted(reading: Reading, messages: Sequence[DeliveryMessage]) -> None:
            left.append([len(page) for page in found.pages])
            await note(reading, messages)

        monkeypatch.setattr(Reading, "note", noted)
        return await real(memory, batch_id, kind, found, principal)

    monkeypatch.setattr(import_desk, "imported", seen)
    async with fronted(house, policy=FREE) as session:
        batch_id = await _by_hand(house, *(f"0912{n:06d}" for n in range(2_001)))
        facts = await session.facts("import_batch", {"batch_id": batch_id})
    assert facts["recipients"] == 2_001
    assert left == [[1_000, 1], [1], []]


async def test_what_is_there_already_is_said_and_changes_nothing(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        ours = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        theirs = await _by_hand(house, MIXED[0])
        await session.facts("import_batch", {"batch_id": theirs})
        await house.forget_log()
        for batch_id, how in ((ours, "was sent by this server"), (theirs, "was imported before")):
            facts = await session.facts("import_batch", {"batch_id": batch_id.upper()})
            assert facts["conclusion"] == f"Nothing was changed: this batch {how}."
        assert await house.looks() == []
        assert session.parts is not None
        assert await rows_in(session.parts, "batches", "messages") == 4


async def test_what_the_vendor_does_not_know_is_not_imported(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        assert (await session.problem("import_batch", {"batch_id": NOBODYS}))["code"] == "not_found"
        assert session.parts is not None
        assert await rows_in(session.parts, "batches") == 0


async def test_an_mms_is_imported_as_one(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = await mms_batch(house)
        await house.vendor.advance(31)
        facts = await session.facts("import_batch", {"batch_id": batch_id})
        assert (facts["recipients"], facts["points"]) == (1, 3)
        refreshed = await session.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
    assert "1 MMS sent" in refreshed["conclusion"]


async def test_only_who_sees_foreign_batches_imports_one_and_nobody_anothers(
    house: House, acting_as: Acting
) -> None:
    async with fronted(house, http=OWNED, policy=FREE) as session:
        theirs, other = await _by_hand(house, MIXED[0]), await _by_hand(house, MIXED[1])
        acting_as("night")
        ours = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await house.forget_log()
        refused = await session.problem("import_batch", {"batch_id": theirs})
        assert await house.looks() == []
        acting_as("desk")
        assert await session.problem("import_batch", {"batch_id": ours}) == refused
        await session.facts("import_batch", {"batch_id": theirs})
        assert [row["batch_id"] for row in rows_of(await session.facts("list_batches"))] == [theirs]
        acting_as("")
        assert await session.problem("import_batch", {"batch_id": theirs}) == refused
        await session.facts("import_batch", {"batch_id": other})
        acting_as("desk")
        assert len(rows_of(await session.facts("list_batches"))) == 1


async def test_one_that_turns_out_to_be_our_own_send_is_one_batch(house: House) -> None:
    async with fronted(house, policy=FREE, callbacks={"token": TOKEN}) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        action_id = (await session.facts("send_sms", FREE_SEND))["action_id"]
        (sent,) = (await house.vendor.state())["batches"]
        facts = await session.facts("import_batch", {"batch_id": sent["batch_id"]})
        assert any(action_id in each for each in facts["not_known"])
        assert len(rows_of(await session.facts("list_batches"))) == 2
        fields = {"BatchID": sent["batch_id"], "RM": FREE_NUMBER, "STATUS": "100", "MR": "1"}
        at = {"RT": await house.vendor.compact_time(MINUTE), "SUBJECT": action_id.replace("-", "")}
        async with vendor_of(session.parts) as http:
            assert (await http.get(WITHIN, params=fields | at)).status_code == 200
        (batch,) = rows_of(await session.facts("list_batches"))
    assert (batch["action_id"], batch["batch_id"], batch["delivered"]) == (action_id, sent["batch_id"], 1)
