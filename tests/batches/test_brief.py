"""The morning in a few lines: what went out, what dropped, what waits, and how long the points last."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from server.demo.rows import rows_of
from server.gate.masking import present
from tests.batches.test_summaries import FREE, MIXED, sent, summary
from tests.campaigns.playing import people, planned, write_list
from tests.clients.tokens import tokens_of
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted
from tools.brief_desk import Arrived, Dropped, Left, Morning
from tools.desk.brief import brief_result

BAD = [f"09{head}345101" for head in range(10, 20)]
GOOD = [f"09{head}345100" for head in range(10, 20)]
POLICY = {**FREE, "test_numbers": [*BAD, *GOOD], "test_recipients": 100, "test_points": 1_000}


async def brief(session: Session) -> Facts:
    return await session.facts("get_morning_brief")


async def test_what_dropped_against_the_month_before_is_named(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=POLICY) as session:
        await sent(house, session, recipients=GOOD)
        await summary(session, refresh=True)
        clock.advance(days=5)
        bad = await sent(house, session, recipients=BAD, text="別的")
        await summary(session, refresh=True)
        facts = await brief(session)
    assert facts["conclusion"].endswith(
        "1 batch to 10 recipients; of 10 that ended, 0% arrived (30 days before: 100%)."
    )
    assert rows_of(facts) == [{"batch_id": bad["batch_id"], "arrived": "0%", "failed": 10}]


async def test_points_left_are_told_in_days_at_this_pace(house: House) -> None:
    clock = Clock()
    async with fronted(house, clock=clock, policy=POLICY) as session:
        await sent(house, session, recipients=GOOD)
        clock.advance(days=2)
        facts = await brief(session)
    # Ten points in two days: 9990 that are left last 1998 days.
    assert facts["lines"][-1] == "9990 points left: 1998 days at 5 a day (our sends, last 2 days)."


async def test_a_vendor_that_is_silent_is_said_and_no_error(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await house.vendor.control("faults", path="getCredit.ashx", fault="reset_after", times=9)
        facts = await brief(session)
    assert facts["conclusion"].startswith("Nothing went out since ")
    assert facts["lines"] == [
        "Nothing waits.",
        "The vendor did not say how many points are left: query_credit tells why.",
    ]


async def test_without_an_account_the_brief_says_so(house: House) -> None:
    async with fronted(house, every8d=None) as session:
        facts = await brief(session)
    assert facts["lines"][-1].startswith("No EVERY8D account is configured")


async def test_unknown_outcomes_approvals_and_paused_launches_wait(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        await session.told("send_sms", {"recipients": MIXED, "text": "您好"})
        await session.told("send_sms", {"recipients": ["0987654321"], "text": "要有人核准"})
        await session.facts("pause_launch", {"launch_id": "1182"})
        facts = await brief(session)
    assert facts["lines"][:3] == [
        "1 of unknown outcome: reconcile_action.",
        "1 waiting for approval: list_actions, state proposed.",
        "Paused here and not resumed: launch 1182.",
    ]


async def test_a_launch_that_was_resumed_stands_no_more(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        await session.facts("pause_launch", {"launch_id": "1182"})
        resumed = await session.facts("resume_launch", {"launch_id": "1182"})
        assert resumed["outcome"] == "done"
        facts = await brief(session)
    assert not any("launch" in line for line in facts["lines"])


async def test_a_campaign_that_waits_for_a_person_is_named(house: House) -> None:
    write_list(house, people(2))
    async with fronted(house, Person()) as session:
        campaign = (await planned(session))["campaign_id"]
        assert "Nothing waits." in (await brief(session))["lines"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        await session.facts("pause_campaign", {"campaign_id": campaign})
        facts = await brief(session)
    assert f"Campaigns that wait for a person: {campaign}; get_campaign tells why." in facts["lines"]


async def test_the_resource_tells_what_the_tool_tells(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await sent(house, session)
        told = await brief(session)
        (content,) = (await session.client.read_resource("campaign-ops://brief/today")).contents
    assert json.loads(getattr(content, "text", "")) == told


async def test_the_longest_brief_costs_at_most_300_tokens() -> None:
    many = Arrived(delivered=1_234_567, failed=98_765)
    dropped = Dropped(batch_id="220478cc-8506-49b2-93b7-2505f651c12e", arrived=many)
    morning = Morning(
        since=datetime.now(UTC) - timedelta(days=1),
        batches=12_345,
        recipients=1_333_332,
        replies=12_345,
        arrived=many,
        before=many,
        dropped=[dropped, dropped],
        unknown=123,
        approvals=123,
        opt_outs=1_234,
        spent=Decimal("1234567.8"),
        spent_days=30,
        paused=["1182", "1183", "1184"],
        standing=["AAAA-AAAA", "BBBB-BBBB", "CCCC-CCCC"],
    )
    result = brief_result(morning, Left(points=Decimal("1234567.5"), configured=True))
    facts: Facts = present(result, show_numbers=False).facts
    assert await tokens_of(facts) <= 300
