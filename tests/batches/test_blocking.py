"""The assistant can block numbers, which only protects; a person alone unblocks."""

from server.demo.rows import rows_of
from tests.batches.inbox import answered, proposed, sent, told_of_send
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import FREE_NUMBER

OTHER = "0912345101"
MASKED = "0912***100"


async def test_a_blocked_number_gets_nothing_whoever_approves(house: House) -> None:
    person = Person()
    async with house.session(person) as session:
        facts = await session.facts("block_number", {"mobiles": [FREE_NUMBER], "why": "asked by phone"})
        assert (facts["blocked"], facts["already"]) == (1, 0)
        assert person.asked == []
        problem = await told_of_send(session, FREE_NUMBER)
        listed = await session.facts("list_blocked")
    assert problem["code"] == "policy_refused"
    assert listed["total"] == 1
    assert rows_of(listed)[0] | {"since": ""} == {"mobile": MASKED, "why": "asked by phone", "since": ""}


async def test_what_was_blocked_before_is_told_and_stays_as_it_was(house: House) -> None:
    async with house.session() as session:
        await session.facts("block_number", {"mobiles": [FREE_NUMBER], "why": "first"})
        facts = await session.facts("block_number", {"mobiles": [FREE_NUMBER, OTHER], "why": "second"})
        listed = await session.facts("list_blocked")
    assert (facts["blocked"], facts["already"]) == (1, 1)
    assert {row["why"] for row in rows_of(listed)} == {"first", "second"}


async def test_all_who_opted_out_are_blocked_as_one_list(house: House) -> None:
    async with house.session(Person()) as session:
        first = await sent(house, session, [FREE_NUMBER, OTHER])
        await sent(house, session, ["0912345102"], "再一則")
        await answered(house, FREE_NUMBER, "退訂")
        await answered(house, OTHER, "好")
        await answered(house, "0912345102", "STOP")
        await session.facts("get_reply_summary", {"refresh": True})
        one = await session.facts("block_number", {"opt_outs_of": first})
        assert await proposed(session) == ["0912***102"]
        rest = await session.facts("block_number", {"opt_outs_of": "all"})
        assert await proposed(session) == []
        none = await session.facts("block_number", {"opt_outs_of": "all"})
        assert (await told_of_send(session, FREE_NUMBER))["code"] == "policy_refused"
        assert (await told_of_send(session, OTHER))["outcome"] == "done"
    assert (one["blocked"], rest["blocked"], none["blocked"]) == (1, 1, 0)
    assert none["conclusion"].startswith("Nobody was blocked")


async def test_the_sender_of_a_reply_is_blocked_without_anybody_seeing_the_number(house: House) -> None:
    async with house.session(Person()) as session:
        batch_id = await sent(house, session, [FREE_NUMBER])
        await answered(house, FREE_NUMBER, "你們很煩欸")
        summary = await session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
        (reply,) = rows_of(summary)
        facts = await session.facts("block_number", {"senders_of": [reply["reply_id"]]})
        assert (await told_of_send(session, FREE_NUMBER))["code"] == "policy_refused"
        problem = await session.problem("block_number", {"senders_of": ["00000000"]})
    assert facts["blocked"] == 1
    assert problem["code"] == "not_found"
    assert problem["message"].startswith("Nothing was blocked")


async def test_exactly_one_way_to_name_them_is_taken(house: House) -> None:
    async with house.session() as session:
        for wrong in ({}, {"mobiles": [FREE_NUMBER], "opt_outs_of": "all"}, {"opt_outs_of": " "}):
            problem = await session.problem("block_number", wrong)
            assert problem["message"].startswith("Nothing was blocked")
        unknown = await session.problem("block_number", {"opt_outs_of": "no-such-batch"})
    assert unknown["code"] == "not_found"


async def test_a_server_that_only_looks_has_no_such_tool(house: House) -> None:
    async with house.session(policy={"read_only": True}) as session:
        assert "block_number" not in await session.tools()
        assert "list_blocked" in await session.tools()


async def test_blocking_takes_a_slot_of_the_minute(house: House) -> None:
    async with house.session(policy={"calls_per_minute": 1}) as session:
        await session.facts("block_number", {"mobiles": [FREE_NUMBER]})
        problem = await session.problem("block_number", {"mobiles": [OTHER]})
    assert problem["message"].startswith("Nothing was blocked")
    assert problem["retryable"]


async def test_the_audit_says_who_blocked(house: House) -> None:
    async with house.session() as session:
        await session.facts("block_number", {"mobiles": [FREE_NUMBER]})
    (rows,) = await run_sql(store_of(house), "SELECT entry FROM audit WHERE entry LIKE '%\"blocked\"%'")
    ((line,),) = rows
    assert "block_number" in line
    assert FREE_NUMBER[1:] not in str(line)
