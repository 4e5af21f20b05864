"""kill -9 between the steps that give each text of a part its row, and two processes at them at once."""

import os
import signal
from collections.abc import Sequence
from functools import partial
from typing import Any

import anyio
import pytest
from anyio.abc import Process
from sqlalchemy import func, select

from server.demo.rows import rows_of
from server.store.packed_texts import count_packed
from server.store.plans import Connection
from server.store.record_tables import MESSAGES, PACKED_MESSAGES
from server.store.schema import RECIPIENT_TEXTS, SENT_TEXTS
from tests.campaigns.playing import carried_out, people, planned, texts_at_the_vendor, write_list
from tests.crash.cut import MODULE, stands_still
from tests.crash.storm import ROOT
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.e2e.process import at_the_sandbox
from tests.gate.servers import fronted, until

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

PEOPLE, SIZE = 20, 2
FOUND = "SELECT packed_messages.batch"
"""Which parts are packed is known; from here on another process may unpack them too."""
MOMENTS = (
    (FOUND, "BEGIN"),
    ("DELETE FROM packed_messages",),
    ("INSERT INTO messages",),
    ("DELETE FROM packed_texts",),
    ("INSERT INTO recipient_texts",),
    ("INSERT INTO sent_texts",),
    ("INSERT INTO sent_texts", "COMMIT$"),
    # Of ten parts the first two have their rows, and eight are left.
    ("INSERT INTO sent_texts", "COMMITTED"),
)
COMMAND = "opt-outs"
"""It needs a row for each text of every part."""


async def _cut(house: House, store_url: str, how: str, moment: Sequence[str]) -> Process:
    command = [*MODULE, how, *moment, "--", COMMAND]
    return await anyio.open_process(
        command, stdout=None, stderr=None, env=at_the_sandbox(house, STORE__URL=store_url), cwd=ROOT
    )


def _rows(conn: Connection) -> tuple[int, int, set[str], int]:
    """Parts whose texts are packed, and whose messages are; whose messages have rows, and how many texts."""
    packed = conn.scalar(select(func.count()).select_from(PACKED_MESSAGES))
    numbers = conn.scalars(select(MESSAGES.c.number)).all()
    texts = conn.scalars(select(SENT_TEXTS.c.message)).all()
    counted = conn.scalar(select(func.sum(RECIPIENT_TEXTS.c.texts)))
    assert len(numbers) == len(set(numbers)), "nobody of a campaign has two messages"
    assert len(texts) == len(set(texts)), "nor two texts"
    assert len(texts) == (counted or 0) == len(numbers)
    return count_packed(conn), packed, set(numbers), len(texts)


async def _sent(house: House, session: Session) -> str:
    assert session.parts
    write_list(house, people(PEOPLE))
    campaign: str = (await planned(session))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": campaign})
    await carried_out(session.parts, campaign)
    return campaign


async def _everybody_is_found(house: House, session: Session) -> None:
    """By a look at a number, and by another campaign, which leaves out who had the text."""
    assert session.parts
    for each in people(PEOPLE):
        history = await session.facts("get_number_history", {"mobile": each["手機"]})
        assert len(rows_of(history)) == 1
    second = (await planned(session))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": second})
    await carried_out(session.parts, second)
    assert set((await texts_at_the_vendor(house)).values()) == {1}


async def test_a_process_killed_between_any_two_steps_loses_no_row_and_leaves_none_twice(
    house: House, store_url: str
) -> None:
    small: dict[str, Any] = {"every8d": {"max_recipients": SIZE}, "store": {"url": store_url}}
    async with fronted(house, Person(), **small) as session:
        await _sent(house, session)
    left = PEOPLE // SIZE
    async with fronted(house, Person(), **small) as session:
        assert session.parts
        look = partial(session.parts.memory.keeper.read, _rows)
        for moment in MOMENTS:
            killed = await _cut(house, store_url, "KILL", moment)
            assert await killed.wait() == -signal.SIGKILL, f"{moment} never came"
            if moment == MOMENTS[-1]:
                left -= 2
            packed, of_messages, numbers, _ = await look()
            assert (packed, of_messages, len(numbers)) == (left, left, PEOPLE - left * SIZE), moment
        await _everybody_is_found(house, session)
        assert (await look())[:2] == (0, 0)


async def test_a_process_that_stood_still_before_it_unpacks_finds_that_another_did(
    house: House, store_url: str
) -> None:
    small: dict[str, Any] = {"every8d": {"max_recipients": SIZE}, "store": {"url": store_url}}
    async with fronted(house, Person(), **small) as session:
        assert session.parts
        await _sent(house, session)
        stopped = await _cut(house, store_url, "STOP", (FOUND, "BEGIN"))
        await until(partial(stands_still, stopped.pid))
        await session.parts.memory.catch_up()
        look = partial(session.parts.memory.keeper.read, _rows)
        before = await look()
        assert (before[:2], len(before[2])) == ((0, 0), PEOPLE)
        os.kill(stopped.pid, signal.SIGCONT)
        assert await stopped.wait() == 0
        assert await look() == before
        await _everybody_is_found(house, session)
