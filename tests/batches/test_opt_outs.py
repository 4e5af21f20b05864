"""Whoever asks for nothing more is proposed for the blocked numbers, or blocked at once by the rule."""

from tests.batches.inbox import proposed, reported, told_of_send
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import House
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND

MASKED = "0912***100"


async def test_a_reply_that_opts_out_is_proposed_and_blocks_nobody_yet(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await reported(http, url, batch_id, "退訂，謝謝")
        assert await proposed(session) == [MASKED]
        assert (await told_of_send(session, FREE_NUMBER))["outcome"] == "done"


async def test_a_reply_that_says_something_else_proposes_nobody(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await reported(http, url, batch_id, "不要取消我的預約")
        assert await proposed(session) == []


async def test_by_the_operators_rule_who_opts_out_is_blocked_at_once(house: House) -> None:
    policy = FREE | {"block_opt_outs": True}
    async with receiving(house, policy=policy) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await reported(http, url, batch_id, "ＳＴＯＰ")
        assert await proposed(session) == []
        problem = await told_of_send(session, FREE_NUMBER)
    assert problem["code"] == "policy_refused"
    assert MASKED in problem["message"]


async def test_the_operators_own_words_opt_out(house: House) -> None:
    policy = FREE | {"opt_out_words": ["TD"]}
    async with receiving(house, policy=policy) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await reported(http, url, batch_id, "td 謝謝")
        assert await proposed(session) == [MASKED]


async def test_a_forged_reply_of_somebody_else_proposes_nobody(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await reported(http, url, batch_id, "STOP", RM="0912345999")
        await reported(http, url, "220478cc-8506-49b2-93b7-2505f651c12e", "STOP")
        assert await proposed(session) == []
