"""Approval by a text: the phone's own answer to the text about exactly this, and nothing else, approves."""

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import httpx2 as httpx
import pytest

from server.delivery.callbacks import callback_app
from server.delivery.poller import keep_asking
from server.demo.rows import rows_of
from server.gate.words.phone import LOOKED_SECONDS
from tests.e2e.eras import ERAS, Era
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.approvers_phone import ASKED, PHONE, SHOWN, Phone, state, wrong
from tests.gate.servers import SEND, Clock, fronted, started, until, visited
from tools.every8d.approval_text import read_answer
from tools.every8d.callbacks import PATH

ASKING = ["sendsms.ashx"]
"""What reaches the vendor where nothing is approved: the text that asks."""
TOKEN = "a-secret-of-the-callbacks"
OTHER = {**SEND, "text": "另一則簡訊"}


@pytest.mark.parametrize("era", ERAS)
async def test_the_code_that_the_phone_answers_approves_and_the_call_goes_through_once(
    house: House, era: Era
) -> None:
    phone = Phone(house)
    async with started(house, approval=ASKED) as parts, visited(parts, era) as session:
        asked = await session.facts("send_sms", SEND)
        assert asked["outcome"] == "approval_required"
        assert SHOWN in asked["message"]
        [text] = await phone.texts()
        assert text.startswith("1 text, 1 pts, 1 note: “您好” Reply ")
        await phone.answer(await phone.code())
        done = await session.facts("send_sms", SEND)
        assert (done["outcome"], done["action_id"]) == ("done", asked["action_id"])
        assert (await session.facts("send_sms", SEND))["replayed"]
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
    batch = await phone.batch()
    assert entry["decided_by"].startswith(f"{SHOWN} (phone {SHOWN}, batch {batch}, answered 20")
    assert await house.changes() == [*ASKING, "sendsms.ashx"]


async def test_neither_the_number_nor_the_code_is_told_or_kept(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED, privacy={"show_numbers": True}) as session:
        told = [await session.facts("send_sms", SEND)]
        code = await phone.code()
        listed = await session.facts("list_actions", {"tool": "send_approval_text"})
        [row] = rows_of(listed)
        told += [listed, await session.facts("get_action", {"action_id": row["action_id"]})]
        kept = b"".join(each.read_bytes() for each in (house.folder / "store").glob("*.sqlite3*"))
    for secret in (PHONE[1:], code):
        assert secret not in str(told)
        assert secret not in caplog.text
    assert PHONE[1:].encode() not in kept
    assert f"Reply {code}".encode() not in kept
    assert b"Reply ****" in kept


async def test_in_chinese_the_text_says_what_will_happen_in_one_part(house: House) -> None:
    phone = Phone(house)
    long = {"recipients": ["0912345678", "0922333444"], "text": "【好店】" + "親愛的客戶您好，" * 6}
    policy = {"required_sender_name": "【好店】"}
    async with fronted(house, approval=ASKED, language="zh-TW", policy=policy) as session:
        await session.facts("send_sms", long)
        [text] = await phone.texts()
    code = await phone.code()
    excerpt = "【好店】" + "親愛的客戶您好，" * 3 + "親愛的客戶您好…"
    assert text == f"【好店】發送 2 則，2 點：『{excerpt}』同意請回 {code}，不同意請回 N"
    assert len(text) <= 70


async def another_number(phone: Phone, code: str) -> None:
    await phone.answer(code, sender="0955666777")


async def a_wrong_code(phone: Phone, code: str) -> None:
    await phone.answer(wrong(code))


async def a_code_within_words(phone: Phone, code: str) -> None:
    await phone.answer(f"好 {code}")


async def a_word(phone: Phone, code: str) -> None:
    await phone.answer("同意")


async def a_reply_that_looks_like_two(phone: Phone, code: str) -> None:
    await phone.answer(f"好\t2026-11-28 09:00:00\n\t{PHONE}\t{code}")


@pytest.mark.parametrize(
    "lie", [another_number, a_wrong_code, a_code_within_words, a_word, a_reply_that_looks_like_two]
)
async def test_what_is_not_the_phones_own_answer_of_the_code_approves_nothing(
    house: House, lie: Callable[[Phone, str], Awaitable[None]]
) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        asked = await session.facts("send_sms", SEND)
        await lie(phone, await phone.code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        assert await state(session, asked["action_id"]) == "proposed"
    assert await phone.looked()
    assert await house.changes() == ASKING


async def test_where_replies_cannot_be_told_apart_even_the_right_code_approves_nothing(house: House) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        asked = await session.facts("send_sms", SEND)
        code = await phone.code()
        await phone.answer(code)
        await a_reply_that_looks_like_two(phone, code)
        unread = await session.facts("send_sms", SEND)
        assert "Answers by text could not be read just now." in unread["message"]
        assert await state(session, asked["action_id"]) == "proposed"
    assert await house.changes() == ASKING


async def test_a_forged_callback_with_the_right_code_approves_nothing(house: House) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED, callbacks={"token": TOKEN}) as session:
        asked = await session.facts("send_sms", SEND)
        assert session.parts is not None
        transport = httpx.ASGITransport(app=callback_app(session.parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://callbacks") as http:
            fields = {"BatchID": await phone.batch(), "RM": PHONE, "STATUS": "999", "SM": await phone.code()}
            kept = await http.get(f"{PATH}/{TOKEN}", params={**fields, "RT": "20261128090000"})
            assert kept.status_code == 200
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        assert await state(session, asked["action_id"]) == "proposed"
    assert await house.changes() == ASKING


async def test_a_report_on_the_text_does_not_tell_its_code(house: House) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED, callbacks={"token": TOKEN}) as session:
        await session.facts("send_sms", SEND)
        [text] = await phone.texts()
        assert session.parts is not None
        transport = httpx.ASGITransport(app=callback_app(session.parts))
        async with httpx.AsyncClient(transport=transport, base_url="http://callbacks") as http:
            fields = {"BatchID": await phone.batch(), "RM": PHONE, "STATUS": "100", "SM": text}
            await http.get(f"{PATH}/{TOKEN}", params={**fields, "RT": "20261128090000"})
        events = await session.parts.book.delivery_events(await phone.batch())
    assert [event["SM"] for event in events] == [""]


async def test_a_late_answer_approves_nothing_and_a_used_code_nothing_else(house: House) -> None:
    phone, clock = Phone(house), Clock()
    async with fronted(house, clock=clock, approval=ASKED) as session:
        first = (await session.facts("send_sms", SEND))["action_id"]
        code, batch = await phone.code(), await phone.batch()
        await phone.later(clock, 660)
        await phone.answer(code)
        second = (await session.facts("send_sms", SEND))["action_id"]
        assert (second != first, await state(session, first)) == (True, "expired")
        if await phone.code() != code:
            await phone.answer(code)
            await phone.answer(await phone.code(), batch_id=batch)
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        await phone.later(clock, LOOKED_SECONDS)
        await phone.answer(await phone.code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        await phone.later(clock, LOOKED_SECONDS)
        other = await session.facts("send_sms", OTHER)
        await phone.answer(code, batch_id=batch)
        assert (await session.facts("send_sms", OTHER))["action_id"] == other["action_id"]
        assert await state(session, other["action_id"]) == "proposed"
    assert await house.changes() == [*ASKING * 2, "sendsms.ashx", *ASKING]


async def test_after_three_wrong_codes_the_right_one_approves_nothing(house: House) -> None:
    phone, clock = Phone(house), Clock()
    async with fronted(house, clock=clock, approval=ASKED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        code = await phone.code()
        for by in (1, 2):
            await phone.answer(wrong(code, by))
        assert "wrong" not in (await session.facts("send_sms", SEND))["message"]
        await phone.later(clock, LOOKED_SECONDS)
        await phone.answer(wrong(code, 3))
        await phone.answer(code)
        await session.facts("send_sms", SEND)
        await phone.later(clock, LOOKED_SECONDS)
        closed = await session.facts("send_sms", SEND)
        assert "3 wrong codes were answered" in closed["message"]
        assert await state(session, asked) == "proposed"
        await phone.later(clock, LOOKED_SECONDS)
        await phone.answer("N")
        assert (await session.problem("send_sms", SEND))["code"] == "declined"
    assert await house.changes() == ASKING


@pytest.mark.parametrize("said", ["N", "ｎ", " 不同意 ", "不 同意"])
async def test_a_no_ends_the_call_and_opts_nobody_out(house: House, said: str) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED, policy={"block_opt_outs": True}) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(said)
        declined = await session.problem("send_sms", SEND)
        entry = await session.facts("get_action", {"action_id": asked})
        assert (await session.facts("send_sms", OTHER))["outcome"] == "approval_required"
    assert declined["code"] == "declined"
    assert (entry["state"], entry["decided_by"].startswith(f"{SHOWN} (phone")) == ("denied", True)
    assert len(await phone.texts()) == 2
    assert await house.changes() == ASKING * 2


async def test_a_no_after_the_code_ends_what_was_approved(house: House) -> None:
    phone, clock = Phone(house), Clock()
    async with fronted(house, clock=clock, approval=ASKED) as session:
        assert session.parts is not None
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(await phone.code())
        await answered_meanwhile(session, asked)
        await phone.answer("N")
        await phone.later(clock, LOOKED_SECONDS)
        assert (await session.problem("send_sms", SEND))["code"] == "declined"
    assert await house.changes() == ASKING


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("4821", "4821"),
        (" ４８２１　", "4821"),
        ("48 21", "4821"),
        ("同意 4821", "4821"),
        ("同意4821\n", "4821"),
        ("n", "no"),
        ("Ｎ", "no"),
        ("不同意", "no"),
        ("不同意 4821", ""),
        ("4821 同意", ""),
        ("yes 4821", ""),
        ("4821!", ""),
        ("٤٨٢١", ""),
        ("No", ""),
        ("", ""),
    ],
)
def test_only_a_code_or_a_no_is_understood(text: str, meant: str) -> None:
    assert read_answer(text) == meant


async def test_answers_are_read_every_fifteen_seconds_at_most(house: House) -> None:
    phone, clock = Phone(house), Clock()
    async with fronted(house, clock=clock, approval=ASKED) as session:
        for _ in range(5):
            await session.facts("send_sms", SEND)
        assert await phone.looked() == 1
        await phone.later(clock, LOOKED_SECONDS)
        await session.facts("send_sms", SEND)
        assert await phone.looked() == 2
    assert await house.changes() == ASKING


async def test_the_servers_own_work_reads_answers_without_a_call(house: House) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(await phone.code())
        await answered_meanwhile(session, asked)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await house.changes() == [*ASKING, "sendsms.ashx"]


async def answered_meanwhile(session: Session, action_id: str) -> None:
    parts = session.parts
    assert parts is not None

    async def approved() -> bool:
        entry = await parts.book.get(action_id)
        return entry is not None and str(entry.state) == "approved"

    async with anyio.create_task_group() as group:
        group.start_soon(keep_asking, parts)
        await until(approved)
        group.cancel_scope.cancel()


async def test_where_a_form_can_be_shown_nobody_is_texted(house: House) -> None:
    person: Any = Person()
    async with fronted(house, person, approval=ASKED) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await Phone(house).texts() == []
