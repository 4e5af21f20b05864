"""Texts of strangers, wherever they come in: cleaned, in marked fields, never in our sentences."""

import os
from collections.abc import Iterable
from typing import Any

import httpx2 as httpx

from server.delivery.callbacks import callback_app
from server.demo.rows import rows_of
from tests.e2e.answer_facts import facts_of
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.e2e.whole_list import every_page
from tests.faults.front_door import SEND, SENDING, front_door
from tests.faults.scripted import ScriptedVendor, whole
from tests.gate.payloads import MARK, payloads, shows_hidden, strings
from tests.gate.servers import fronted
from tools.every8d.callbacks import PATH

PAYLOADS = payloads()
SOME = PAYLOADS[:: 1 if os.environ.get("SOAK") else 8]
"""Where each payload needs a call of its own; `SOAK=1` takes them all."""
TOKEN = "a-token-for-the-test"


def _only_in(facts: Facts, *fields: str) -> int:
    """Check one answer; how many payloads stand in it, all of them in these fields."""
    found = 0
    named = {**facts, "rows": rows_of(facts)} if "columns" in facts else facts
    for path, text in strings(named):
        assert not shows_hidden(text), (path, text)
        if MARK in text:
            assert path in fields, (path, text)
            found += 1
    return found


def test_there_are_enough_payloads() -> None:
    assert len(set(PAYLOADS)) >= 200


async def test_replies_stand_cleaned_in_their_own_field(house: House) -> None:
    numbers = [f"0912{number:06d}" for number in range(len(PAYLOADS))]
    batch_id = await house.vendor.batch(",".join(numbers))
    await house.vendor.advance(31)
    for number, text in zip(numbers, PAYLOADS, strict=True):
        await house.vendor.control("reply", mobile=number, text=text)
    found = 0
    async with fronted(house) as session:
        async for facts in every_page(session, "get_sms_replies", {"batch_id": batch_id}, 100):
            found += _only_in(facts, "rows[].text")
            assert facts["total"] == len(PAYLOADS)
    assert found >= len(PAYLOADS) - 5


async def test_a_vendors_message_stands_in_its_own_field(no_settings: Any, vendor: ScriptedVendor) -> None:
    """In a refusal that is told at once, in the ledger's memory of it, and in the list."""
    seen = 0
    policy = {"calls_per_minute": 10_000}
    async with front_door(vendor, no_settings, policy=policy) as session:
        for number, text in enumerate(SOME):
            vendor.plays[SENDING] = whole(f"-99,{text}")
            facts = (await session.told("send_sms", {**SEND, "text": f"{number}"})).facts
            seen += _only_in(facts, "vendor_text_untrusted")
        listed = await session.facts("list_actions", {"page_size": 200})
        assert _only_in(listed) == 0
        for entry in rows_of(listed)[:20]:
            _only_in(
                await session.facts("get_action", {"action_id": entry["action_id"]}), "outcome.vendor_text"
            )
    assert seen >= len(SOME) // 2


async def test_a_callbacks_fields_stand_cleaned_in_their_own_fields(house: House) -> None:
    async with fronted(house, callbacks={"token": TOKEN}) as session:
        assert session.parts is not None
        transport = httpx.ASGITransport(app=callback_app(session.parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://callbacks") as http:
            for number, text in enumerate(PAYLOADS):
                fields = {
                    "BatchID": f"b{number}",
                    "RM": "0912345678",
                    "STATUS": "999",
                    "RT": "20260301120000",
                }
                outside = {"SM": text, "SUBJECT": text, "NAME": text, "MR": text[:20], "MSGID": text[:20]}
                answer = await http.get(f"{PATH}/{TOKEN}", params=fields | outside)
                assert answer.status_code == 200
        found = 0
        allowed = ("reply", "subject", "name", "message_key", "message_id")
        async for facts in every_page(session, "list_delivery_events", {}, 100):
            found += _only_in(facts, *(f"rows[].{name}" for name in allowed))
    assert found >= len(PAYLOADS)


async def test_an_answer_of_omis_stands_in_marked_fields_and_never_in_a_question(
    no_settings: Any, vendor: ScriptedVendor
) -> None:
    person = Person("decline")
    policy = {"calls_per_minute": 10_000}
    account = {"base_url": f"http://localhost:{vendor.port}", "login_name": "x", "password": "scripted"}
    found = 0
    async with front_door(vendor, no_settings, person=person, policy=policy, omis=account) as session:
        for text in _as_xml(SOME):
            record = (
                f"<LAUNCHID>1182</LAUNCHID><STATUS>2</STATUS><ERRORMSG>{text}</ERRORMSG><NOTE>{text}</NOTE>"
            )
            answer = f"<R><ERRORCODE>0</ERRORCODE><L>{record}</L></R>"
            vendor.plays["TaskManager.aspx"] = whole(answer, content_type="text/xml")
            facts = await session.facts("query_launch", {"launch_id": "1182"})
            found += _only_in(facts, "rows[].error_message", "rows[].other.note", "other.note", "note")
            asked = (await session.told("terminate_launch", {"launch_id": "1182"})).facts
            assert _only_in(asked, "vendor_text_untrusted") == 0
    assert found
    assert person.asked
    assert not [question for question in person.asked if MARK in question or shows_hidden(question)]


def _as_xml(texts: Iterable[str]) -> Iterable[str]:
    """As an honest server would write them; what XML cannot hold is left out."""
    for text in texts:
        held = "".join(char for char in text if char in "\n\t" or ord(char) >= 0x20)
        yield held.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


async def test_a_send_of_a_payload_is_quoted_in_the_question(house: House) -> None:
    """The assistant may have copied it: the person reads it on one line, in quotes that it cannot close."""
    person = Person("decline")
    async with fronted(house, person, policy={"calls_per_minute": 10_000}) as session:
        for text in SOME:
            await session.problem(
                "send_sms", {"recipients": ["0912345678"], "text": text, "subject": text[:40]}
            )
    for question in person.asked:
        assert not shows_hidden(question)
        for line in question.split("\n"):
            outside = line.partition("「")[0] + line.rpartition("」")[2]
            assert MARK not in outside
            assert line.count("「") == line.count("」")
            assert line.count("「") <= 1
    assert len(person.asked) == len(SOME)


async def test_a_name_of_an_argument_is_not_repeated(house: House) -> None:
    """It stands in our sentence, and could be a sentence of its own."""
    async with fronted(house) as session:
        for text in SOME:
            result = await session.client.call_tool("query_credit", {text: 1})
            problem = facts_of(result)
            assert _only_in(problem) == 0
            assert "no such argument" in problem["message"]
