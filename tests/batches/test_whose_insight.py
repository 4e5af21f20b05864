"""With tokens, each principal is told of its own batches and points alone."""

from server.demo.rows import rows_of
from tests.batches.test_summaries import FREE, MIXED, sent, summary
from tests.e2e.house import House
from tests.gate.servers import fronted
from tests.gate.test_front_owning import TOKENS, Acting, acting_as

__all__ = ["acting_as"]


async def test_anothers_batches_are_in_no_sum_and_their_vendor_is_not_asked(
    house: House, acting_as: Acting
) -> None:
    acting_as("desk")
    async with fronted(house, http=TOKENS, policy=FREE) as session:
        for text in ("一", "二"):
            batch_id = (await sent(house, session, recipients=MIXED[3:], text=text))["batch_id"]
            await summary(session, refresh=True)
        acting_as("night")
        await house.forget_log()
        refused = await session.problem("summarize_delivery", {"batch_id": batch_id, "refresh": True})
        newest = await summary(session, refresh=True)
        assert await house.looks() == []
        dead = await session.facts("list_dead_numbers")
        statement = await session.facts("get_points_statement")
        brief = await session.facts("get_morning_brief")
        acting_as("desk")
        own = await session.facts("list_dead_numbers")
        owns = await session.facts("get_points_statement")
        morning = await session.facts("get_morning_brief")
    assert refused["code"] == "not_found"
    assert newest["conclusion"] == "Nothing went out."
    assert (dead["total"], statement["sends"], statement["senders"]) == (0, 0, [])
    assert brief["conclusion"].startswith("Nothing went out since ")
    assert (own["total"], owns["sends"]) == (1, 2)
    assert [row["mobile"] for row in rows_of(own)] == ["0912***103"]
    assert "2 batches to 6 recipients" in morning["conclusion"]


async def test_what_another_spent_between_two_sends_is_in_no_statement(
    house: House, acting_as: Acting
) -> None:
    async with fronted(house, http=TOKENS, policy=FREE) as session:
        for who, text in (("desk", "一"), ("night", "二"), ("desk", "三")):
            acting_as(who)
            await sent(house, session, recipients=MIXED[:2], text=text)
        acting_as("desk")
        told = await session.facts("get_points_statement")
    assert (told["sends"], told["points"]) == (2, 4)
    assert not [note for note in told["notes"] if "besides" in note]
    assert "credit_before" not in told
