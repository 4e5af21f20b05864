"""Where a text is no way to approve, none is sent, and the answer says why; and no text is sent twice."""

from typing import Any

import pytest

from server.command.comparison import examined
from server.demo.rows import rows_of
from server.gate.caller import local_user
from server.gate.phone import ByPhone
from server.ledger.deciding import Decision
from server.ledger.phone import Answered, PhoneError
from server.parts import utc_now
from tests.e2e.house import House, Session
from tests.e2e.sql import run_sql, store_of
from tests.faults.scripted import HOST, ScriptedVendor, whole
from tests.gate.approvers_phone import ASKED, PHONE, SHOWN, Phone, state
from tests.gate.servers import LAUNCH, SEND, Clock, decide, fronted
from tools.taipei import as_taipei

ASKING = ["sendsms.ashx"]
MANY: dict[str, Any] = {"recipients": ["0912345678", "0922333444"], "text": "您好"}
COPY: dict[str, Any] = {
    "recipients": [{"mobile": "0912345678", "text": "您好", "email": "a@shop.example"}],
}
COPIES = {"policy": {"allowed_email_domains": ["shop.example"]}}


OTHERS: list[dict[str, Any]] = [
    {"phone": "0933111333"},
    {"phone": ""},
    {"phone_max_points": 0},
    {"passkeys": "required"},
]
"""Settings by which the phone's answer approves nothing."""


async def hear(session: Session, action_id: str) -> None:
    """A server reads the answers, and carries nothing out."""
    assert session.parts is not None
    await ByPhone(session.parts.context).look(action_id)


@pytest.mark.parametrize(
    ("approval", "more", "call", "said"),
    [
        ({"phone_max_points": 1}, {}, ("send_sms", MANY), "it approves up to 1 points"),
        ({"passkeys": "required"}, {}, ("send_sms", SEND), "this needs a passkey"),
        ({"passkey_above_points": 0}, {}, ("send_sms", SEND), "this needs a passkey"),
        ({}, {}, ("terminate_launch", LAUNCH), "only a send whose price"),
        ({}, {}, ("resume_launch", {"launch_id": "1186"}), "only a send whose price"),
        (
            {"four_eyes": True, "phone_owner": local_user()},
            {},
            ("send_sms", SEND),
            "the phone of whoever asked",
        ),
        ({"phone_texts_per_day": 0}, {}, ("send_sms", SEND), "phone_texts_per_day allows 0"),
        ({}, {"policy": {"points_per_day": 1}}, ("send_sms", SEND), "points_per_day allows 1"),
        ({}, COPIES, ("send_personalized_sms", COPY), "the addresses that get a copy"),
        ({}, {"policy": {"blocked_numbers": [PHONE]}}, ("send_sms", SEND), "blocked"),
    ],
)
async def test_why_nobody_is_texted_is_said(
    house: House, approval: Any, more: Any, call: Any, said: str
) -> None:
    async with fronted(house, approval={**ASKED, **approval}, **more) as session:
        asked = await session.facts(*call)
    assert asked["outcome"] == "approval_required"
    assert "No text went to the approver's phone" in asked["message"]
    assert said in asked["message"]
    assert await house.changes() == []


async def test_the_text_counts_as_every_send_does(house: House) -> None:
    """Two points a day: the text that asks takes the first of them."""
    async with fronted(house, approval=ASKED, policy={"points_per_day": 2}) as session:
        await session.facts("send_sms", SEND)
        await Phone(house).answer(await Phone(house).code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        refused = await session.problem("send_sms", {**SEND, "text": "再一則"})
    assert refused["code"] == "policy_refused"
    assert len(await house.changes()) == 2


async def test_with_four_eyes_somebody_elses_phone_approves(house: House) -> None:
    approval = {**ASKED, "four_eyes": True, "phone_owner": "local:somebody else"}
    async with fronted(house, approval=approval) as session:
        asked = await session.facts("send_sms", SEND)
        await Phone(house).answer(await Phone(house).code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        entry = await session.facts("get_action", {"action_id": asked["action_id"]})
    assert entry["decided_by"].startswith(f"local:somebody else (phone {SHOWN}")


async def test_the_page_and_the_terminal_still_approve_what_was_texted(house: House) -> None:
    async with fronted(house, approval=ASKED) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await house.changes() == [*ASKING, "sendsms.ashx"]


@pytest.mark.parametrize("fault", ["reset_after", "http_500"])
async def test_a_text_of_unknown_outcome_is_said_to_be_and_not_sent_again(house: House, fault: str) -> None:
    phone = Phone(house)
    await house.vendor.control("faults", path="sendSMS.ashx", fault=fault, times=1, processed=True)
    async with fronted(house, approval=ASKED) as session:
        asked = [await session.facts("send_sms", SEND) for _ in range(3)]
        said = f"Whether a text went to the approver's phone ({SHOWN}) is unknown"
        assert all(said in each["message"] for each in asked)
        await phone.answer(await phone.code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
        assert await state(session, asked[0]["action_id"]) == "proposed"
    assert await house.changes() == ASKING


async def test_a_text_that_the_vendor_refused_is_said_to_be_and_not_sent_again(
    house: House, vendor: ScriptedVendor
) -> None:
    vendor.plays["sendSMS.ashx"] = whole("-27,電話號碼不得為空")
    theirs = {"base_url": vendor.url.replace(HOST, "localhost")}
    async with fronted(house, approval=ASKED, every8d=theirs) as session:
        for _ in range(2):
            asked = await session.facts("send_sms", SEND)
            assert "No text went to the approver's phone: " in asked["message"]
            assert "It is not sent a second time." in asked["message"]
        [text] = rows_of(await session.facts("list_actions", {"tool": "send_approval_text"}))
    assert (text["state"], sum(path.endswith("sendSMS.ashx") for path in vendor.requests)) == ("failed", 1)


async def test_each_proposal_has_one_text_and_a_day_so_many(house: House) -> None:
    phone, clock = Phone(house), Clock()
    async with fronted(house, clock=clock, approval={**ASKED, "phone_texts_per_day": 2}) as session:
        for text in ("一", "二", "三"):
            last = await session.facts("send_sms", {**SEND, "text": text})
    assert len(await phone.texts()) == 2
    assert "phone_texts_per_day allows 2; 2 are used" in last["message"]


async def test_nothing_approves_in_the_phones_name_without_its_answer(house: House) -> None:
    async with fronted(house, approval=ASKED) as session:
        assert session.parts is not None
        book, phone = session.parts.book, Phone(house)
        asked = (await session.facts("send_sms", SEND))["action_id"]
        code, batch = await phone.code(), await phone.batch()
        right = Answered(code=code, batch_id=batch, replied_at=utc_now())
        for answered in (
            None,
            Answered(code="0000", batch_id=batch, replied_at=utc_now()),
            Answered(code=code, batch_id="another", replied_at=utc_now()),
            Answered(code=code, batch_id=batch, replied_at=utc_now().replace(year=2020)),
        ):
            with pytest.raises(PhoneError):
                await book.approve(asked, Decision(by=SHOWN, channel="phone", answered=answered))
        assert await state(session, asked) == "proposed"
        # The right words, which nobody answered: the claim reads the vendor's list itself.
        assert await book.approve(asked, Decision(by=SHOWN, channel="phone", answered=right)) is not None
        assert (await session.problem("send_sms", SEND))["code"] == "answer_void"
        assert await state(session, asked) == "expired"
    assert await house.changes() == ASKING


async def test_what_another_server_heard_from_another_vendor_is_not_carried_out(
    house: House, vendor: ScriptedVendor
) -> None:
    """Whoever can start a server of their own can give it a vendor of their own: ours asks its own."""
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
    now = as_taipei(utc_now()).strftime("%Y-%m-%d %H:%M:%S")
    vendor.plays["getReplyMessage.ashx"] = whole(f"1\r\n\t+886{PHONE[1:]}\t{await phone.code()}\t{now}\r\n")
    theirs = {"base_url": vendor.url.replace(HOST, "localhost")}
    async with fronted(house, approval=ASKED, every8d=theirs) as session:
        await hear(session, asked)
        assert await state(session, asked) == "approved"
    async with fronted(house, approval=ASKED) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "answer_void"
        assert await state(session, asked) == "expired"
    assert await house.changes() == ASKING


async def test_an_approval_counts_by_the_settings_of_who_carries_it_out(house: House) -> None:
    phone = Phone(house)
    others: list[dict[str, Any]] = [
        {"phone": "0933111333"},
        {"phone": ""},
        {"phone_max_points": 0},
        {"passkeys": "required"},
    ]
    for number, other in enumerate(others):
        send = {**SEND, "text": f"第 {number} 則"}
        async with fronted(house, approval=ASKED) as session:
            asked = (await session.facts("send_sms", send))["action_id"]
            await phone.answer(await phone.code())
            await hear(session, asked)
            assert await state(session, asked) == "approved"
        async with fronted(house, approval={**ASKED, **other}) as session:
            assert (await session.problem("send_sms", send))["code"] in ("answer_void", "signature_void")
    assert await house.changes() == ASKING * len(OTHERS)


async def test_where_the_answer_cannot_be_read_again_nothing_is_sent_and_the_approval_stands(
    house: House,
) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(await phone.code())
        await hear(session, asked)
    await house.vendor.control("faults", path="getReplyMessage.ashx", fault="http_500", times=1)
    async with fronted(house, approval=ASKED) as session:
        unread = await session.problem("send_sms", SEND)
        assert (unread["code"], unread["retryable"]) == ("reply_unread", True)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"


async def test_an_edited_answer_is_found_by_the_audit(house: House) -> None:
    phone = Phone(house)
    async with fronted(house, approval=ASKED) as session:
        await session.facts("send_sms", SEND)
        await phone.answer(await phone.code())
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        await run_sql(store_of(house), "UPDATE phone_asks SET batch_id = 'another'")
        assert session.parts is not None
        found = await examined(session.parts, None)
    told = " ".join(found.told())
    assert not found.ok
    assert "is not what the approver's phone answered" in told
    assert "phone_asks" in told
