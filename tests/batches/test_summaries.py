"""Did it arrive, who failed and why: summed from the records, and from the vendor where it is asked anew."""

from decimal import Decimal

import pytest

from server.batches import asking
from server.demo.rows import rows_of
from server.gate import insight_desk
from tests.clients.tokens import tokens_of
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import Facts, House, Session
from tests.gate.servers import fronted
from tools.desk.insight_words import percentile, share

# At the sandbox a number's last digits decide: 100 arrives, 101 is switched off, 103 is no number.
MIXED = ["0912345100", "0922345100", "0932345100", "0912345101", "0922345101", "0912345103"]
FREE = {"test_numbers": MIXED, "test_recipients": 10, "test_points": 50}
SEND = {"recipients": MIXED, "text": "您好"}


async def sent(house: House, session: Session, **changed: object) -> Facts:
    facts = await session.facts("send_sms", {**SEND, **changed})
    await house.vendor.advance(31)
    return facts


async def summary(session: Session, **wanted: object) -> Facts:
    return await session.facts("summarize_delivery", wanted)


async def test_a_batch_that_is_asked_anew_is_told_by_code_with_reasons_and_numbers(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        batch_id = (await sent(house, session))["batch_id"]
        facts = await summary(session, batch_id=batch_id, refresh=True)
    assert facts["conclusion"] == (
        "3 of 6 arrived (50%); 3 failed, 2 of them because: handset off, no signal or SMS function faulty."
    )
    assert facts["counts"] == {"delivered": 3, "failed_retryable": 2, "failed_permanent": 1}
    codes = {row["code"]: row for row in rows_of(facts)}
    assert {code: row["count"] for code, row in codes.items()} == {100: 3, 101: 2, 103: 1}
    assert sorted(codes[101]["numbers"]) == ["0912***101", "0922***101"]
    assert codes[103]["numbers"] == ["0912***103"]
    assert codes[100]["numbers"] == []
    assert (facts["points"], facts["points_for_nothing"]) == (6, 3)
    assert facts["points_from"].startswith("the vendor")
    assert (facts["median_s"], facts["p95_s"]) == (30, 30)


async def test_without_asking_anew_the_records_answer_and_say_that_nothing_was_heard(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await house.forget_log()
        facts = await summary(session)
        assert await house.looks() == []
    assert facts["counts"] == {"pending": 6}
    assert facts["conclusion"] == "0 of 6 arrived (0%); none failed; 6 without an end yet."
    assert facts["rests_on"] == "Nothing was heard from the vendor yet."
    assert facts["points"] == 6
    assert facts["points_from"].startswith("our ledger")
    assert any("refresh: true" in each for each in facts["to_do"])


async def test_what_can_be_sent_again_and_what_is_dead_are_told_apart(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        facts = await summary(session, refresh=True)
    again, dead = facts["to_do"]
    assert again.startswith("Worth another send, since the numbers are fine: 2 (failed_retryable)")
    assert dead.startswith("1 is a dead or refusing number:")


async def test_a_batch_is_compared_with_the_last_ones_of_the_same_text(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session, recipients=MIXED[:2])
        await sent(house, session, recipients=MIXED[3:5], text="別的")
        await summary(session, since="2020-01-01T00:00:00+08:00", refresh=True)
        await sent(house, session, recipients=MIXED[2:4])
        facts = await summary(session, refresh=True)
        other = await summary(session, words="別的")
    assert facts["compared"] == "Of those that ended, 50% arrived; of the last one with the same text: 100%."
    assert other["compared"] == "Of those that ended, 0% arrived; of the last one of this kind: 100%."


async def test_all_of_a_day_and_all_of_a_text_are_summed(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session, recipients=MIXED[:2])
        await sent(house, session, recipients=MIXED[2:], text="別的")
        whole = await summary(session, since="2020-01-01T00:00:00+08:00", refresh=True)
        part = await summary(session, words="別")
        none = await summary(session, day="2020-01-01")
    assert (whole["batches"], whole["counts"]["delivered"]) == (2, 3)
    assert (part["batches"], part["counts"]["delivered"]) == (1, 1)
    assert (none["batches"], none["conclusion"]) == (0, "Nothing went out.")


async def test_a_report_is_counted_without_asking(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", SEND))["batch_id"]
        fields = {"BatchID": batch_id, "RM": MIXED[0], "RT": "20261126120010", "ST": "20261126120000"}
        await http.get(url, params={**fields, "STATUS": "100", "MR": "1", "CHARGE": "1"})
        facts = await summary(session, batch_id=batch_id)
    assert facts["counts"] == {"delivered": 1, "pending": 5}
    assert facts["median_s"] == 10
    assert "newest report" in facts["rests_on"]


async def test_a_vendor_that_is_away_leaves_the_older_figures_and_says_so(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await summary(session, refresh=True)
        await house.vendor.control("faults", path="getDeliveryStatus.ashx", fault="reset_after", times=9)
        facts = await summary(session, refresh=True)
    assert facts["counts"]["delivered"] == 3
    assert facts["rests_on"].startswith("The vendor gave no usable answer: 1 batch was not asked")


ENDINGS = (100, 101, 102, 103, 104, 105, 106, 107, 301, 500, 777, 888, 901, 902, 903, 904, 905, 908)
MANY = [f"09{head}345{ending}" for ending in ENDINGS for head in range(10, 22)]


async def test_the_longest_summary_costs_at_most_700_tokens(house: House) -> None:
    """Every code there is, more numbers than are shown, and an earlier batch."""
    policy = {"test_numbers": MANY, "test_recipients": 1_000, "test_points": 10_000}
    text = "親愛的會員您好，您的訂單已於今日出貨，預計三日內送達，如有問題請來電洽詢，謝謝您的支持" * 3
    async with fronted(house, policy=policy) as session:
        await sent(house, session, recipients=MANY, text="再" + text)
        await summary(session, refresh=True)
        batch_id = (await sent(house, session, recipients=MANY, text=text))["batch_id"]
        facts = await summary(session, batch_id=batch_id, refresh=True)
    assert facts["counts"]["delivered"] == 12
    assert len(rows_of(facts)) == 8
    assert sum(row["count"] for row in rows_of(facts)) + facts["more_codes"] == len(MANY)
    assert max(len(row["numbers"]) for row in rows_of(facts)) <= 10
    assert "compared" in facts
    assert await tokens_of(facts) <= 700, facts


async def test_a_batch_that_is_not_told_whole_is_said_to_be_partly_older(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    crowd = [f"0912{number:03d}100" for number in range(1_000)] + MIXED[3:]
    policy = {"test_numbers": crowd, "test_recipients": 2_000, "test_points": 2_000}
    async with fronted(house, policy=policy, every8d={"max_recipients": 2_000}) as session:
        await sent(house, session, recipients=crowd)
        monkeypatch.setattr(asking, "PAGES_OF_THE_LARGEST", 1)
        part = await summary(session, refresh=True)
        monkeypatch.undo()
        whole = await summary(session, refresh=True)
    assert part["counts"] == {"delivered": 1_000, "pending": 3}
    assert part["rests_on"].startswith("Of 1 batch the vendor did not tell every message")
    assert whole["counts"] == {"delivered": 1_000, "failed_retryable": 2, "failed_permanent": 1}
    assert whole["rests_on"].startswith("The vendor was asked for the batch at ")


async def test_batches_beyond_those_that_one_call_asks_for_are_said_to_be_older(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(insight_desk, "MOST_ASKED", 2)
    async with fronted(house, policy=FREE) as session:
        for text in ("一", "二", "三"):
            await sent(house, session, recipients=MIXED[:1], text=text)
        facts = await summary(session, since="2020-01-01T00:00:00+08:00", refresh=True)
    assert facts["counts"] == {"delivered": 2, "pending": 1}
    assert "1 batch was not asked for anew" in facts["rests_on"]


async def test_a_batch_that_is_not_known_is_refused(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        problem = await session.problem(
            "summarize_delivery", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}
        )
    assert problem["code"] == "not_found"


async def test_a_send_of_unknown_outcome_is_not_counted_and_is_told(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        await session.told("send_sms", SEND)
        facts = await summary(session)
    assert facts["conclusion"] == "Nothing went out. 6 may have gone out."
    assert "reconcile_action" in facts["to_do"][-1]


@pytest.mark.parametrize(
    ("part", "whole", "said"),
    [(0, 6, "0%"), (6, 6, "100%"), (99_999, 100_000, "99.9%"), (1, 3, "33.3%"), (1, 2, "50%")],
)
def test_a_share_is_rounded_down_so_that_only_all_is_all(part: int, whole: int, said: str) -> None:
    assert share(part, whole) == said


def test_percentiles_are_those_of_the_messages_one_by_one() -> None:
    delays = [(-3, 1), (5, 40), (10, 54), (60, 4), (600, 1)]
    each = sorted(seconds for seconds, count in delays for _ in range(count))
    for percent in (1, 50, 95, 96, 99, 100):
        rank = -(-len(each) * percent // 100)
        assert percentile(delays, percent) == max(0, each[rank - 1])
    assert percentile([], 50) is None
    assert Decimal(percentile([(7, 1)], 95) or 0) == 7
