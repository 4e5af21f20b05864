"""A receipt is held against the call: what cannot be its answer leaves the outcome unknown."""

from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from server.settings.settings import load_settings
from tests.e2e.house import open_session
from tests.e2e.person import Person
from tests.faults.front_door import RECEIPT, SEND, SENDING, front_door
from tests.faults.scripted import ScriptedVendor, whole
from tools.catalog import every_operation
from tools.operation import Action

BATCH = RECEIPT.rsplit(",", 1)[1]
TWO = ["0912345678", "0912345679"]
FILTERING = "sendSMS4FilterMessage.ashx"
PERSONAL = "SendParamSMS.ashx"


async def _told(
    vendor: ScriptedVendor, folder: Path, tool: str, arguments: dict[str, Any], texted: list[str]
) -> dict[str, Any]:
    async with front_door(vendor, folder) as session:
        assert session.witness is not None
        vendor.on_send = partial(session.witness.posted, texted=texted, filtered=not texted)
        return await session.facts(tool, arguments)


async def _unjudged(
    vendor: ScriptedVendor, folder: Path, tool: str, arguments: dict[str, Any]
) -> dict[str, Any]:
    """Where messages are counted in another way than the judge's, who counts each number and text once."""
    settings = {"every8d": {"base_url": vendor.url, "uid": "scripted", "password": "scripted"}}
    loaded = load_settings(None, **settings, store={"folder": folder}, approval={"human_minimum_ms": 0})
    async with open_session(loaded, "auto", Person()) as session:
        return await session.facts(tool, arguments)


@pytest.mark.parametrize(
    ("receipt", "reason"),
    [
        (f"1225.00,3,3,0,{BATCH}", "counts more messages"),
        (f"1225.00,1,1,2,{BATCH}", "counts more messages"),
        (f"1225.00,0,0,3,{BATCH}", "counts more messages"),
    ],
)
async def test_more_messages_than_were_asked_for_are_another_calls(
    no_settings: Path, vendor: ScriptedVendor, receipt: str, reason: str
) -> None:
    vendor.plays[SENDING] = whole(receipt)
    facts = await _told(vendor, no_settings, "send_sms", {**SEND, "recipients": TWO}, TWO)
    assert facts["outcome"] == "unknown"
    assert reason in facts["message"]


@pytest.mark.parametrize(
    ("receipt", "sent", "says"),
    [
        (f"1225.00,1,1,0,{BATCH}", 1, "accounts for 1 of 2 messages"),
        (f"1225.00,0,0,0,{BATCH}", 0, "accounts for 0 of 2 messages"),
        (f"1225.00,0,0,0,{BATCH}", 0, "Nothing was sent."),
        (f"1225.00,0,0,2,{BATCH}", 0, "Nothing was sent."),
        (f"1225.00,2,9,0,{BATCH}", 2, "charged 9 points; 2 were expected"),
        (f"1225.00,1,9,0,{BATCH}", 1, "accounts for 1 of 2 messages"),
    ],
)
async def test_what_does_not_agree_with_the_call_is_said(
    no_settings: Path, vendor: ScriptedVendor, receipt: str, sent: int, says: str
) -> None:
    vendor.plays[SENDING] = whole(receipt)
    facts = await _told(vendor, no_settings, "send_sms", {**SEND, "recipients": TWO}, TWO[:sent])
    assert (facts["outcome"], facts["sent"]) == ("done", sent)
    assert says in facts["note"]


async def test_a_text_that_the_platform_splits_may_count_as_several(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    """How it counts beyond the documented lengths is not known: it is said, and no other call's receipt."""
    vendor.plays[SENDING] = whole(f"1225.00,2,6,0,{BATCH}")
    facts = await _unjudged(vendor, no_settings, "send_sms", {**SEND, "text": "長" * 334})
    assert (facts["outcome"], facts["batch_id"]) == ("done", BATCH)
    assert "accounts for 2 of 1 messages" in facts["note"]


async def test_a_receipt_that_agrees_has_nothing_to_note(no_settings: Path, vendor: ScriptedVendor) -> None:
    vendor.plays[SENDING] = whole(f"1225.00,2,2,0,{BATCH}")
    facts = await _told(vendor, no_settings, "send_sms", {**SEND, "recipients": TWO}, TWO)
    assert (facts["outcome"], facts.get("note")) == ("done", None)


async def test_the_batch_of_an_earlier_send_is_not_this_ones(
    no_settings: Path, vendor: ScriptedVendor
) -> None:
    async with front_door(vendor, no_settings) as session:
        vendor.plays[SENDING] = whole(RECEIPT)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        for number, batch in enumerate((BATCH, BATCH.upper())):
            vendor.plays[SENDING] = whole(f"1228.00,1,1,0,{batch}")
            again = await session.facts("send_sms", {**SEND, "text": f"再會 {number}"})
            assert again["outcome"] == "unknown"
            assert "the batch of an earlier send" in again["message"]
        vendor.plays[SENDING] = whole(f"1228.00,1,1,0,{uuid4()}")
        assert (await session.facts("send_sms", {**SEND, "text": "第三次"}))["outcome"] == "done"


@pytest.mark.parametrize(
    ("body", "outcome", "says"),
    [
        ("-98,0912345678/0912345679", "done", "every number had this text"),
        ("-98,0912345678", "done", "accounts for 1 of 2 messages"),
        ("-98,0912345678/0987654321", "unknown", "numbers that are not this call's"),
        ("-98,0912345678/0912345679/0912345670", "unknown", "more messages"),
        (f"1225.00,1,1,0,{BATCH},0912345679", "done", ""),
        (f"1225.00,1,1,0,{BATCH},0987654321", "unknown", "numbers that are not this call's"),
        (f"1225.00,2,2,0,{BATCH},0912345679", "unknown", "more messages"),
    ],
)
async def test_the_numbers_that_were_filtered_are_the_calls_own(
    no_settings: Path, vendor: ScriptedVendor, body: str, outcome: str, says: str
) -> None:
    vendor.plays[FILTERING] = whole(body)
    texted = [] if body.startswith("-98") else TWO[:1]
    arguments = {**SEND, "recipients": TWO}
    facts = await _told(vendor, no_settings, "send_sms_deduplicated", arguments, texted)
    assert facts["outcome"] == outcome
    assert says in facts["message" if outcome == "unknown" else "note"] if says else "note" not in facts


@pytest.mark.parametrize("filtered", ["819012345678", "+819012345678"])
async def test_a_filtered_number_abroad_is_the_calls_own_with_its_plus_and_without(
    no_settings: Path, vendor: ScriptedVendor, filtered: str
) -> None:
    vendor.plays[FILTERING] = whole(f"-98,{filtered}")
    arguments = {**SEND, "recipients": ["+819012345678"]}
    facts = await _told(vendor, no_settings, "send_sms_deduplicated", arguments, [])
    assert facts["outcome"] == "done", facts


@pytest.mark.parametrize(("counted", "outcome"), [(2, "done"), (3, "unknown")])
async def test_a_personalized_receipt_counts_its_messages(
    no_settings: Path, vendor: ScriptedVendor, counted: int, outcome: str
) -> None:
    """The same number with two texts is two messages."""
    message = f"56.00,{counted},{counted},0,{BATCH}"
    body = f'{{"Result":true,"Status":"0","Msg":"{message}"}}'
    vendor.plays[PERSONAL] = whole(body, content_type="application/json")
    people = [{"mobile": TWO[0], "text": text} for text in ("一", "二")]
    facts = await _unjudged(vendor, no_settings, "send_personalized_sms", {"recipients": people})
    assert facts["outcome"] == outcome


def test_every_send_holds_its_receipt_against_the_call() -> None:
    # A campaign's steps post nothing: its parts are sends of 1.5.
    posting = [each for each in every_operation() if isinstance(each, Action) and each.vendor is not None]
    sends = [each for each in posting if each.audience is not None]
    assert len(sends) == 6
    assert all(each.check is not None for each in sends)


@pytest.mark.parametrize("credit", ["-5", "-5.00", "\u22125.00", " -5"])
async def test_a_negative_credit_with_a_batch_is_no_refusal(
    no_settings: Path, vendor: ScriptedVendor, credit: str
) -> None:
    """It can be the receipt of an account in debt."""
    vendor.plays[SENDING] = whole(f"{credit},2,2,0,{BATCH}")
    facts = await _told(vendor, no_settings, "send_sms", {**SEND, "recipients": TWO}, TWO)
    assert facts["outcome"] == "unknown"


@pytest.mark.parametrize("credit", ["88", "0", "79.123"])
async def test_the_balance_is_read_as_the_credit_of_a_receipt_is(
    no_settings: Path, vendor: ScriptedVendor, credit: str
) -> None:
    vendor.plays["getCredit.ashx"] = whole(credit)
    async with front_door(vendor, no_settings) as session:
        assert (await session.facts("query_credit"))["credit"] == float(credit)
