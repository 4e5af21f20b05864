"""Whom a campaign's part was to is kept in one row, until somebody needs a row for each of them."""

from typing import Any

from sqlalchemy import func, select

from server.demo.rows import rows_of
from server.store.messages import has_uncertain
from server.store.packed_texts import count_packed
from server.store.record_tables import MESSAGES, PACKED_MESSAGES
from tests.campaigns.playing import carried_out, people, planned, texts_at_the_vendor, write_list
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import FREE, FREE_NUMBER, Clock, fronted

SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}


async def sent(house: House, session: Session, count: int = 30, **asked: Any) -> str:
    """A campaign to so many that was carried out."""
    assert session.parts
    write_list(house, people(count))
    campaign: str = (await planned(session, **asked))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    await carried_out(session.parts, campaign)
    return campaign


async def rows(session: Session) -> tuple[int, int, int]:
    """How many parts' texts, parts' messages, and messages have a row."""
    assert session.parts
    messages, packed = (select(func.count()).select_from(each) for each in (MESSAGES, PACKED_MESSAGES))
    return await session.parts.memory.keeper.read(
        lambda conn: (count_packed(conn), conn.scalar(packed), conn.scalar(messages))
    )


async def test_a_look_at_the_campaign_leaves_them_packed_and_one_at_a_number_finds_it(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        campaign = await sent(house, session)
        assert (await session.facts("get_campaign", {"campaign_id": campaign}))["sent"] == 30
        assert await rows(session) == (3, 3, 0)
        history = await session.facts("get_number_history", {"mobile": people(30)[17]["手機"]})
        assert len(rows_of(history)) == 1
        assert await rows(session) == (0, 0, 30)


async def test_a_minute_later_they_are_unpacked_by_themselves(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        assert session.parts
        await sent(house, session)
        await session.parts.memory.catch_up(briefly=True)
        assert await rows(session) == (3, 3, 0)
        clock.advance(minutes=2)
        await session.parts.memory.catch_up(briefly=True)
        assert await rows(session) == (0, 0, 30)


async def test_a_report_unpacks_its_part_alone_and_is_noted(house: House) -> None:
    async with receiving(house, Person(), **SMALL) as (session, url), vendor_of() as http:
        assert session.parts
        campaign = await sent(house, session)
        batch = (await house.vendor.state())["batches"][0]
        fields = {"BatchID": batch["batch_id"], "RM": batch["messages"][3]["mobile"], "RT": "20261128120000"}
        assert (await http.get(url, params=fields | {"STATUS": "100"})).status_code == 200
        await session.parts.memory.catch_up(briefly=True)
        assert (await rows(session))[1:] == (2, 10)
        assert (await session.facts("get_campaign", {"campaign_id": campaign}))["delivered"] == 1


async def test_what_somebody_had_by_a_packed_part_is_not_sent_again_for_free(house: House) -> None:
    async with fronted(house, Person(), policy=FREE, **SMALL) as session:
        write_list(house, [{"手機": FREE_NUMBER, "姓名": "王"}, *people(11)], "due.csv")
        campaign = (await planned(session, text="您好"))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        assert session.parts
        await carried_out(session.parts, campaign)
    async with fronted(house, policy=FREE, **SMALL) as session:
        assert (await rows(session))[0] == 2
        again = await session.facts("send_sms", {"recipients": [FREE_NUMBER], "text": "您好"})
    assert again["outcome"] == "approval_required"
    assert "1 of these 1 had the same text" in str(again["preview"]["warnings"])


async def test_another_campaign_leaves_out_whom_a_packed_part_reached(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        first = await sent(house, session, count=15)
        write_list(house, people(25))
        second = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": second})
        assert session.parts
        await carried_out(session.parts, second)
        assert set((await texts_at_the_vendor(house)).values()) == {1}
        assert (await session.facts("get_campaign", {"campaign_id": first}))["sent"] == 15


async def test_a_damaged_row_of_a_part_hides_no_other(house: House) -> None:
    async with fronted(house, Person(), **SMALL) as session:
        await sent(house, session)
        damage = (
            "UPDATE packed_messages SET sealed = 'x' "
            "WHERE batch = (SELECT batch FROM packed_messages LIMIT 1)"
        )
        await run_sql(store_of(house), damage)
        assert session.parts
        await session.parts.memory.catch_up()
        assert await rows(session) == (0, 0, 20)


async def test_parts_that_a_machine_with_its_clock_ahead_packed_are_found_at_once(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, **SMALL) as session:
        await sent(house, session, count=15)
        clock.advance(seconds=-5)
        history = await session.facts("get_number_history", {"mobile": people(15)[12]["手機"]})
        assert len(rows_of(history)) == 1
        assert await rows(session) == (0, 0, 15)


async def test_of_a_packed_part_nothing_is_certain(house: House) -> None:
    """So the vendor is asked for it, where a reference to whom it reached needs that."""
    async with fronted(house, Person(), **SMALL) as session:
        await sent(house, session, count=5)
        assert session.parts
        read = session.parts.memory.keeper.read
        (batch,) = await read(lambda conn: conn.scalars(select(PACKED_MESSAGES.c.batch)).all())
        assert await read(lambda conn: has_uncertain(conn, batch))
