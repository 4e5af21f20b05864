"""Pages of the ledger: every filter and every two of them find what a reader of all rows finds."""

import json
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert

from server.store import ledger, listing
from server.store.actions import COUNTED, ActionFilter, State, new_id
from server.store.batches import Batch, add_batch
from server.store.database import DatabaseStore
from server.store.messages import MessageRow, add_messages
from server.store.plans import Connection
from server.store.rows import taipei_day
from server.store.schema import ACTIONS
from tests.store.samples import NOW
from tools.taipei import midnight

Row = dict[str, Any]
MADE = 70
MIDNIGHT = midnight(NOW.date() + timedelta(days=3))
TOOLS = ("send_sms", "send_mms", "pause_launch")
STATES = (State.SUCCEEDED, State.SUCCEEDED, State.SUCCEEDED, State.DENIED, State.UNKNOWN, State.PROPOSED)
WORDS = ("三月通知", 'say "hi"', "back\\slash", "Sale", "100%_off", "")


def _made(chance: random.Random, number: int) -> Row:
    at = NOW + timedelta(hours=5 * number)
    texts = dict.fromkeys(["session", "proof", "account", "target", "retry_of", "reason", "request_id"], "")
    text, subject, name = (chance.choice(WORDS) for _ in range(3))
    tool = chance.choice(TOOLS)
    is_send = tool.startswith("send")
    return texts | {
        "sequence": number,
        "id": new_id(chance.getrandbits),
        "day": taipei_day(at),
        "principal": chance.choice(("desk", "desk", "p2")),
        "tool": tool,
        "risk": "spend" if is_send else "change",
        "vendor": "every8d",
        "digest": f"d{number}",
        "arguments": "{}",
        "preview": json.dumps(
            {"effect": "Send an SMS", "subject": subject, "text": text, "details": {"name": name}},
            ensure_ascii=False,
        ),
        "state": chance.choice(STATES),
        "created_at": at,
        "expires_at": at,
        "batch_id": f"b{number % 9}",
        "campaign": chance.choice(("", "c")),
        "points": Decimal(chance.randrange(1, 9)),
        "points_returned": Decimal(0),
        "recipients": chance.randrange(1, 5) if is_send else 0,
        # What the records have of it, and no column of the ledger.
        "erased": False,
        "numbers": set[str](),
        "texts": (text, subject, name),
    }


def _rows(chance: random.Random) -> list[Row]:
    rows = [_made(chance, number) for number in range(1, MADE + 1)]
    for row in rows:
        if row["state"] is State.SUCCEEDED and row["risk"] == "spend":
            row["numbers"] = {chance.choice(("n1", "n2", "n3"))}
            row["erased"] = chance.random() < 0.4
            row["points_returned"] = row["points"] - 1 if row["erased"] else Decimal(0)
    return rows


def _keep(conn: Connection, rows: Sequence[Row]) -> None:
    names = {column.name for column in ACTIONS.columns}
    conn.execute(insert(ACTIONS), [{n: v for n, v in row.items() if n in names} for row in rows])
    for row in rows:
        if not row["numbers"]:
            continue
        add_batch(conn, _batch(row))
        numbers = sorted(row["numbers"])
        add_messages(conn, [MessageRow(batch=row["id"], number=n, nth=0, sealed="") for n in numbers])


def _batch(row: Row) -> Batch:
    return Batch(
        id=row["id"],
        batch_id=row["batch_id"],
        principal=row["principal"],
        tool=row["tool"],
        kind="sms",
        state="erased" if row["erased"] else "sent",
        subject="",
        words="",
        alike="",
        day=row["day"],
        sent_at=row["created_at"],
        send_at=None,
        recipients=row["recipients"],
        parts=1,
        points=row["points"],
    )


CHOICES: dict[str, Sequence[Any]] = {
    "principal": ("desk", "p2"),
    "tool": TOOLS,
    "state": sorted(set(STATES)),
    "erased": (True, False),
    "since": [MIDNIGHT, *(NOW + timedelta(hours=hours) for hours in (-100, 7, 100, 2_000))],
    "until": [
        MIDNIGHT + timedelta(days=1),
        *(NOW + timedelta(hours=hours) for hours in (-100, 30, 111, 2_000)),
    ],
    "batch_id": ("b1", "b5", "none"),
    "campaign": ("c",),
    "words": ("三月", '"HI"', "\\sl", "sale", "0%_o", "Send an", "effect"),
    "number": ("n1", "n2", "none"),
}


def _is_wanted(row: Row, wanted: ActionFilter) -> bool:
    holds: dict[str, Callable[[Any], bool]] = {
        "since": lambda moment: row["created_at"] >= moment,
        "until": lambda moment: row["created_at"] < moment,
        "number": lambda number: number in row["numbers"],
        "words": lambda words: any(words.lower() in text.lower() for text in row["texts"]),
    }
    asked = {name: getattr(wanted, name) for name in CHOICES if getattr(wanted, name) not in (None, "")}
    return all(holds[name](value) if name in holds else row[name] == value for name, value in asked.items())


def _filters(chance: random.Random) -> Iterator[ActionFilter]:
    yield ActionFilter()
    yield ActionFilter(since=MIDNIGHT, until=MIDNIGHT + timedelta(days=1))
    for name, values in CHOICES.items():
        yield from (ActionFilter(**{name: value}) for value in values)
    for _ in range(30):
        names = chance.sample(sorted(CHOICES), chance.randrange(2, 5))
        yield ActionFilter(**{name: chance.choice(CHOICES[name]) for name in names})


def _summed(rows: Sequence[Row]) -> listing.Sums:
    went = [row for row in rows if row["risk"] == "spend" and row["state"] in COUNTED]
    return listing.Sums(
        sends=len(went),
        recipients=sum(row["recipients"] for row in went),
        points=sum((row["points"] - row["points_returned"] for row in went), Decimal(0)),
        returned=sum((row["points_returned"] for row in went), Decimal(0)),
    )


async def test_every_filter_and_several_together_find_what_a_reader_of_all_rows_finds(
    store: DatabaseStore,
) -> None:
    chance = random.Random(5)
    rows = _rows(chance)
    await store.write(lambda conn: _keep(conn, rows))

    def compare(conn: Connection) -> int:
        found_any = 0
        for wanted in _filters(chance):
            expected = [row for row in reversed(rows) if _is_wanted(row, wanted)]
            ids, total = list[str](), 0
            for page in (1, 2):
                some, total = ledger.list_actions(conn, wanted, page, MADE // 2)
                ids += [action.id for action in some]
            assert (ids, total) == ([row["id"] for row in expected], len(expected)), wanted
            assert listing.sums_of(conn, listing.choose(conn, wanted)) == _summed(expected), wanted
            found_any += bool(expected)
        return found_any

    assert await store.read(compare) > 25


async def test_the_erased_of_a_page_are_told_apart(store: DatabaseStore) -> None:
    rows = _rows(random.Random(5))
    await store.write(lambda conn: _keep(conn, rows))

    def erased(conn: Connection) -> frozenset[str]:
        return listing.erased_of(conn, ledger.list_actions(conn, ActionFilter(), 1, MADE)[0])

    assert await store.read(erased) == {row["id"] for row in rows if row["erased"]}


@pytest.mark.parametrize("limit", ["SEARCHED", "LOOKED_THROUGH"])
async def test_only_the_newest_are_looked_through_and_older_ones_by_their_time(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch, limit: str
) -> None:
    monkeypatch.setattr(listing, limit, 10)
    rows = _rows(random.Random(5))
    await store.write(lambda conn: _keep(conn, rows))
    words = ActionFilter(words="三月")
    wanted = words if limit == "SEARCHED" else ActionFilter(tool="send_sms", state=State.SUCCEEDED)

    def looked(conn: Connection, until: datetime | None) -> tuple[list[str], int | None]:
        chosen = listing.choose(conn, replace(wanted, until=until))
        return [each.id for each in listing.page_of(conn, chosen, 1, 50)[0]], chosen.searched

    def expected(among: Sequence[Row]) -> list[str]:
        return [row["id"] for row in reversed(among) if _is_wanted(row, wanted)]

    assert await store.read(lambda conn: looked(conn, None)) == (expected(rows[-10:]), 10)
    older = rows[30]["created_at"]
    assert await store.read(lambda conn: looked(conn, older)) == (expected(rows[20:30]), 10)
    first = rows[10]["created_at"]
    assert await store.read(lambda conn: looked(conn, first)) == (expected(rows[:10]), None)


async def test_of_words_that_stand_almost_everywhere_the_newest_are_told_and_nothing_is_added_up(
    store: DatabaseStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = _rows(random.Random(5))
    await store.write(lambda conn: _keep(conn, rows))
    wanted = ActionFilter(words="a")
    having = [number for number, row in enumerate(reversed(rows), 1) if _is_wanted(row, wanted)]
    monkeypatch.setattr(listing, "COUNT_LIMIT", 5)

    def looked(conn: Connection) -> tuple[int, int | None, listing.Sums | None]:
        chosen = listing.choose(conn, wanted)
        found, _ = listing.page_of(conn, chosen, 1, 50)
        return len(found), chosen.searched, listing.sums_of(conn, chosen)

    assert await store.read(looked) == (5, having[4], None)
