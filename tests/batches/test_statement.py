"""A month's points: our ledger against what the vendor charged; and the numbers that cost for nothing."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from server.demo.rows import rows_of
from server.gate.masking import present
from tests.batches.test_summaries import FREE, MIXED, sent, summary
from tests.clients.tokens import tokens_of
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted
from tools.desk.statement import statement_result
from tools.insight_desk import Difference, PointsOfDay, Statement

TODAY = datetime.now(UTC) + timedelta(hours=8)


async def statement(session: Session, **wanted: object) -> Facts:
    return await session.facts("get_points_statement", wanted)


async def test_what_the_vendor_charged_is_held_against_the_ledger(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await summary(session, refresh=True)
        await sent(house, session, recipients=MIXED[:2], text="別的")
        facts = await statement(session)
    assert (facts["month"], facts["sends"], facts["points"]) == (TODAY.strftime("%Y-%m"), 2, 8)
    assert (facts["told"], facts["charged"]) == (6, 6)
    assert facts["conclusion"].endswith("of the 6 whose prices the vendor said, it charged 6: the same.")
    assert facts["notes"][0].startswith("Of sends of which the vendor has not said every price: 2 points")
    assert rows_of(facts) == [{"day": TODAY.day, "sends": 2, "points": 8, "told": 6, "charged": 6}]
    assert [each["points"] for each in facts["senders"]] == [8]
    assert facts["credit_before"] - facts["credit_after"] == 8
    assert facts["differences"] == []


async def test_a_price_that_differs_is_named_with_its_send(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        facts = await session.facts("send_sms", {"recipients": MIXED[:1], "text": "您好"})
        fields = {"BatchID": facts["batch_id"], "RM": MIXED[0], "RT": "20261126120010", "STATUS": "100"}
        await http.get(url, params={**fields, "MR": "1", "CHARGE": "3"})
        told = await statement(session)
    (difference,) = told["differences"]
    assert difference["action_id"] == facts["action_id"]
    assert (difference["points"], difference["charged"]) == (1, 3)
    assert "2 more than that, in 1 send" in told["conclusion"]


async def test_a_booking_that_is_erased_under_its_id_in_capitals_is_erased_everywhere(
    house: House,
) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
        booked = await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好", "send_at": ahead})
        other = str(booked["batch_id"]).swapcase()
        erased = await session.facts("erase_sms_booking", {"batch_id": other})
        assert erased["outcome"] == "done", erased
        facts = await statement(session)
        (batch,) = rows_of(await session.facts("list_batches", {}))
    assert (facts["points"], facts["returned"]) == (0, 2)
    assert batch["state"] == "erased"


async def test_an_erased_booking_is_returned_and_costs_nothing(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
        batch = (
            await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好", "send_at": ahead})
        )["batch_id"]
        erased = await session.facts("erase_sms_booking", {"batch_id": batch})
        assert erased["outcome"] == "done", erased
        await summary(session, batch_id=batch, refresh=True)
        facts = await statement(session)
    assert (facts["points"], facts["returned"], facts["charged"]) == (0, 2, 0)


async def test_what_came_back_after_the_last_receipt_went_nowhere_else(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
        booked = await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好", "send_at": ahead})
        await sent(house, session, text="別的")
        await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
        facts = await statement(session)
    assert facts["returned"] == 2
    assert not [note for note in facts["notes"] if "besides" in note]


async def test_what_a_lost_answer_reserved_came_from_nobody(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_before", times=1)
        await session.told("send_sms", {"recipients": MIXED[:1], "text": "甲"})
        await sent(house, session, text="別的")
        facts = await statement(session)
    assert facts["open"] == 1
    assert not [note for note in facts["notes"] if "besides" in note]


async def test_what_was_spent_outside_is_told(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await house.vendor.control("credit", uid="sandbox", points=-50)
        await sent(house, session, text="別的")
        facts = await statement(session)
    assert "50 went besides what our ledger has" in "".join(facts["notes"])


async def test_a_month_without_sends_says_so_and_no_month_is_refused(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        facts = await statement(session, month="2020-12")
        problem = await session.problem("get_points_statement", {"month": "2026-13"})
    assert facts["conclusion"] == "2020-12: nothing was sent here."
    assert "is no month" in problem["message"]


async def test_a_number_that_fails_for_good_twice_is_dead_until_a_text_arrives(house: House) -> None:
    clock = Clock()
    numbers = {"recipients": ["0912345103", "0922345101", "0912345100"]}
    policy = {**FREE, "test_numbers": numbers["recipients"]}
    async with fronted(house, clock=clock, policy=policy) as session:
        for text in ("一", "二", "三"):
            await sent(house, session, **numbers, text=text)
            await summary(session, refresh=True)
            found = await session.facts("list_dead_numbers")
            clock.advance(days=5)
        assert text == "三"
    (row,) = rows_of(found)
    assert (row["mobile"], row["batches"], row["points"]) == ("0912***103", 3, 3)
    assert "not assigned" in found["legend"]["103"]["meaning"]
    # Three points in ten days are 109.5 a year.
    assert "charged 3 for that in what is kept (10 days): left out, about 110 a year" in found["conclusion"]
    assert "rough" in found["conclusion"]


async def test_a_number_that_is_blocked_is_no_longer_among_the_dead(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        for text in ("一", "二"):
            await sent(house, session, recipients=MIXED[5:], text=text)
            await summary(session, refresh=True)
        assert (await session.facts("list_dead_numbers"))["total"] == 1
        await session.facts("block_number", {"mobiles": ["0912345555"]})
        assert (await session.facts("list_dead_numbers"))["total"] == 1
        await session.facts("block_number", {"mobiles": MIXED[5:]})
        assert (await session.facts("list_dead_numbers"))["total"] == 0


async def test_who_failed_once_is_not_dead(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        await summary(session, refresh=True)
        found = await session.facts("list_dead_numbers")
    assert found["total"] == 0


async def test_the_longest_statement_costs_at_most_1200_tokens(house: House) -> None:
    """Every day of a month, with differences and all that can be noted."""
    clock = Clock(datetime(2026, 1, 1, 2, tzinfo=UTC))
    policy = {**FREE, "points_per_day": 10_000, "points_per_month": 100_000}
    async with fronted(house, clock=clock, policy=policy) as session:
        for day in range(31):
            await sent(house, session, text=f"第{day}天的通知內容")
            if day % 2:
                await summary(session, refresh=True)
            clock.advance(days=1)
        facts = await statement(session, month="2026-01")
    assert len(rows_of(facts)) == 31
    assert await tokens_of(facts) <= 1_200


async def test_a_statement_of_many_senders_and_differences_costs_no_more() -> None:
    days = [
        PointsOfDay(
            day=date(2026, 1, day),
            sender=f"token:branch-{sender}",
            sends=1_234,
            points=Decimal("12345.5"),
            returned=Decimal(10),
            open=Decimal(5),
            told=Decimal(12_000),
            charged=Decimal(12_001),
        )
        for day in range(1, 32)
        for sender in range(20)
    ]
    differing = Difference(
        action_id="7KQ2-M9XD",
        batch_id="220478cc-8506-49b2-93b7-2505f651c12e",
        points=Decimal(12_000),
        returned=Decimal(3),
        charged=Decimal(12_003),
    )
    found = Statement(
        days=days,
        differences=[differing] * 5,
        differing=77,
        elsewhere=Decimal("1234.5"),
        credit=(Decimal(900_000), Decimal(100_000)),
    )
    facts: Facts = present(statement_result("2026-01", found), show_numbers=False).facts
    assert [each["sends"] for each in rows_of(facts)] == [20 * 1_234] * 31
    assert sum(each["sends"] for each in facts["senders"]) == 31 * 20 * 1_234
    assert await tokens_of(facts) <= 1_200
