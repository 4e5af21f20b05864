"""Text from outside was read: that outlives the process, and every process of the store knows it."""

from datetime import datetime

from sqlalchemy import select

from server.demo.rows import rows_of
from server.store.schema import SESSION_FACTS
from tests.e2e.house import House, Session
from tests.gate.servers import FREE, FREE_SEND, Clock, fronted

FREE_POLICY = FREE | {"test_numbers": ["0912345999"]}
TO_WHO_REPLIES = FREE_SEND | {"recipients": ["0912345999"]}


async def _reads_a_reply(session: Session, house: House) -> None:
    sent = await session.facts("send_sms", TO_WHO_REPLIES)
    assert sent["outcome"] == "done"
    await house.vendor.advance(61)
    await session.facts("get_sms_replies", {"batch_id": sent["batch_id"]})


async def _outcome(session: Session, text: str) -> str:
    return (await session.facts("send_sms", TO_WHO_REPLIES | {"text": text}))["outcome"]


async def _rows(session: Session) -> list[datetime]:
    assert session.parts is not None
    rows = select(SESSION_FACTS.c.outside_text_at)
    return await session.parts.store.read(lambda conn: [*conn.scalars(rows)])


async def test_a_restart_does_not_forget_it(house: House) -> None:
    async with fronted(house, policy=FREE_POLICY) as session:
        await _reads_a_reply(session, house)
    async with fronted(house, policy=FREE_POLICY) as session:
        assert await _outcome(session, "two") == "approval_required"


async def test_a_refusal_in_the_vendors_words_is_outside_text_too(house: House) -> None:
    async with fronted(house, policy=FREE_POLICY) as session:
        assert await _outcome(session, "before") == "done"
        refused = await session.problem("query_launch", {"launch_id": "999999"})
        assert refused["vendor_text_untrusted"]
        assert await _outcome(session, "after") == "approval_required"


async def test_another_process_knows_it_at_once(house: House) -> None:
    async with (
        fronted(house, policy=FREE_POLICY) as reading,
        fronted(house, policy=FREE_POLICY) as sending,
    ):
        assert await _outcome(sending, "before") == "done"
        await _reads_a_reply(reading, house)
        assert await _outcome(sending, "after") == "approval_required"


async def test_it_counts_for_a_day_and_is_written_once_an_hour_at_most(house: House) -> None:
    clock = Clock()
    async with fronted(house, policy=FREE_POLICY, clock=clock) as session:
        await _reads_a_reply(session, house)
        batch_id = rows_of(await session.facts("list_actions"))[0]["batch_id"]
        first = await _rows(session)
        clock.advance(minutes=59)
        await session.facts("get_sms_replies", {"batch_id": batch_id})
        assert await _rows(session) == first
        clock.advance(minutes=2)
        await session.facts("get_sms_replies", {"batch_id": batch_id})
        assert len(await _rows(session)) == 1
        assert await _rows(session) != first
        clock.advance(hours=24)
        assert await _outcome(session, "within a day") == "approval_required"
        clock.advance(hours=2)
        assert await _outcome(session, "after a day") == "done"


async def test_what_the_store_could_not_take_is_known_here_and_written_later(house: House) -> None:
    store = house.folder / "store" / "store.sqlite3"
    async with fronted(house, policy=FREE_POLICY) as session:
        sent = await session.facts("send_sms", TO_WHO_REPLIES)
        await house.vendor.advance(61)
        assert session.parts is not None
        await session.parts.store.close()
        away = store.rename(store.with_name("away"))
        store.mkdir()
        replies = await session.facts("get_sms_replies", {"batch_id": sent["batch_id"]})
        assert "warning" in replies
        store.rmdir()
        away.rename(store)
        assert await _outcome(session, "two") == "approval_required"
        await session.facts("query_credit")
        assert len(await _rows(session)) == 1
