"""In whatever order reports come, how often, and whichever are lost: a message ends as the vendor says.

10,000 messages on SQLite, 300 on PostgreSQL; `SOAK=1` makes it thirty times as many.
"""

import os
import random
from collections.abc import Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from server.store.database import DatabaseStore
from server.store.messages import BY_ASKING, BY_CALLBACK, Heard, MessageRow, add_messages, hear
from server.store.plans import Connection
from server.store.record_tables import MESSAGES
from tests.store.samples import NOW

BATCH = "AAAA-0001"
TIMES = 30 if os.environ.get("SOAK") else 1
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
_CODES = {
    300: "scheduled",
    0: "pending",
    700: "pending",
    100: "delivered",
    999: "delivered",
    101: "failed_retryable",
    103: "failed_permanent",
    303: "cancelled",
    888: "unknown",
}
_FURTHEST = {"unknown": 0, "scheduled": 1, "pending": 2}
_FACTS = ("sent_at", "received_at", "points")

Ended = tuple[Any, ...]


class Story(NamedTuple):
    """One message: what is heard of it, in order, and which of that is the vendor's own answer."""

    heard: Sequence[Heard]
    answer: Heard | None


def _report(dice: random.Random, number: int, by: int, heard_at: int) -> Heard:
    code = dice.choice([*_CODES])
    return Heard(
        batch=BATCH,
        number=f"{number:032}",
        code=code,
        state=_CODES[code],
        heard=by,
        heard_at=NOW + timedelta(seconds=heard_at),
        sent_at=dice.choice((None, NOW, NOW + timedelta(seconds=1))),
        received_at=None if code == 999 else dice.choice((None, NOW + timedelta(seconds=heard_at))),
        points=dice.choice((None, Decimal(1), Decimal("2.5"))),
    )


def _story(dice: random.Random, number: int) -> Story:
    """Some reports, of which some are lost and some come several times; the vendor answers at any time."""
    reports = [_report(dice, number, BY_CALLBACK, dice.randrange(4)) for _ in range(dice.randrange(1, 5))]
    heard = [each for each in reports for _ in range(dice.choice((0, 1, 1, 1, 2)))]
    dice.shuffle(heard)
    answer = _report(dice, number, BY_ASKING, 9) if dice.random() < 0.6 else None
    if answer is not None:
        heard.insert(dice.randrange(len(heard) + 1), answer)
    return Story(heard, answer)


def _ended(story: Story) -> Ended:
    """What is to come of it, told without any order: each as far as it goes, the vendor's answer first."""
    if not story.heard:
        return (None, "", 0, None, None, None, None)

    def how_far(each: Heard) -> tuple[Any, ...]:
        return _FURTHEST.get(each.state, 3), each.heard, each.heard_at, each.code

    last = max(story.heard, key=how_far)
    return (last.code, last.state, last.heard, last.heard_at, *(_fact(story, name) for name in _FACTS))


def _fact(story: Story, name: str) -> Any:
    answered = None if story.answer is None else getattr(story.answer, name)
    if answered is not None:
        return answered
    told = (getattr(each, name) for each in story.heard)
    return max((each for each in told if each is not None), default=None)


def _stories(store_url: str) -> Iterator[Story]:
    dice = random.Random(SEED)
    for number in range((10_000 if store_url.startswith("sqlite") else 300) * TIMES):
        yield _story(dice, number)


async def test_reports_in_any_order_repeated_and_lost_end_as_the_vendor_says(
    store: DatabaseStore, store_url: str
) -> None:
    stories = list(_stories(store_url))

    def tell(conn: Connection) -> None:
        numbers = (f"{number:032}" for number in range(len(stories)))
        add_messages(conn, [MessageRow(batch=BATCH, number=number, nth=0, sealed="") for number in numbers])
        for story in stories:
            for each in story.heard:
                hear(conn, each)

    def ended(conn: Connection) -> list[Ended]:
        columns = MESSAGES.c
        names = (columns[name] for name in ("code", "state", "heard", "heard_at", *_FACTS))
        return [tuple(row) for row in conn.execute(select(*names).order_by(columns.number))]

    await store.write(tell)
    found = await store.read(ended)
    for number, (story, end) in enumerate(zip(stories, found, strict=True)):
        assert end == _ended(story), f"SEED={SEED}, message {number}: {story}"
