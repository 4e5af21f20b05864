"""Whoever asks for nothing more is proposed for the blocked numbers, or blocked at once by the rule."""

from server.demo.rows import rows_of
from tests.batches.inbox import answered, proposed, reported, sent, told_of_send
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND
from tools.omis.report_removals import mobiles_in
from tools.wire.report_rows import each_report_row

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


async def test_a_reply_counts_once_whichever_way_it_came(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url):
        await house.vendor.control("callbacks", url=url)
        batch_id = await sent(house, session, [FREE_NUMBER])
        await answered(house, FREE_NUMBER, "退訂")
        reported_only = await session.facts("get_reply_summary", {"batch_id": batch_id})
        asked = await session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
    assert reported_only["replies"] == 1
    assert (asked["replies"], asked["opt_outs"], asked["waiting"]) == (1, 1, 1)
    assert "0 new replies" in asked["rests_on"]


async def test_replies_are_summed_up_and_opt_outs_stand_apart(house: House) -> None:
    numbers = [f"09123451{at:02}" for at in range(6)]
    async with house.session(Person()) as session:
        await sent(house, session, numbers)
        for number, text in zip(
            numbers, ["好", "好！", "退訂", "STOP", "幾點開？", "取消我的預約"], strict=True
        ):
            await answered(house, number, text)
        facts = await session.facts("get_reply_summary", {"refresh": True})
    assert facts["conclusion"].startswith("6 replies of 6 numbers; 2 numbers opted out.")
    assert (facts["replies"], facts["opt_outs"], facts["waiting"]) == (6, 2, 2)
    assert [each["count"] for each in facts["groups"]] == [2, 1, 1]
    assert {each["text"] for each in facts["opt_out_groups"]} == {"退訂", "STOP"}
    assert len(rows_of(facts)) == 6
    assert "0912345100" not in str(facts)


async def test_without_asking_the_answer_says_that_nobody_asked(house: House) -> None:
    async with house.session(Person()) as session:
        await sent(house, session, [FREE_NUMBER])
        facts = await session.facts("get_reply_summary")
        problem = await session.problem(
            "get_reply_summary", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}
        )
    assert facts["conclusion"].startswith("Nobody replied")
    assert "never asked for 1 of the batches" in facts["rests_on"]
    assert problem["code"] == "not_found"


def test_the_mobile_numbers_of_a_removal_report_are_found_in_any_column() -> None:
    body = b"Email,Phone\na@example.com,0912-345-100\nb@example.com,\nc,886912345101\n"
    assert mobiles_in(each_report_row(body)) == ["+886912345100", "+886912345101"]


async def test_who_removed_themselves_at_omis_is_proposed_once_and_blocked_with_the_rest(
    house: House,
) -> None:
    async with house.session(Person()) as session:
        assert session.parts is not None
        opt_outs = session.parts.memory.opt_outs
        assert await opt_outs.removed_at_omis(["+886912345100", "+886912345100"]) == 1
        assert await opt_outs.removed_at_omis(["+886912345100"]) == 0
        facts = await session.facts("block_number", {"opt_outs_of": "all"})
        assert (await told_of_send(session, FREE_NUMBER))["code"] == "policy_refused"
        assert await opt_outs.removed_at_omis(["+886912345100"]) == 0
    assert facts["blocked"] == 1
