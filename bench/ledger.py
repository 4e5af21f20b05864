"""How the ledger bears a million actions, and how long an audit of a million entries takes to verify.

`BENCH_LEDGER_ROWS` makes it smaller; the notes of the rows say how many there were.
"""

import asyncio
import hmac
import os
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import func, insert, literal, select

from bench.rows import Measured, Row
from server.store import audit, ledger
from server.store.actions import ActionFilter, Caps, State
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.schema import ACTIONS, AUDIT, RECIPIENT_TEXTS, USAGE_DAYS
from server.store.transactions import Store
from tests.store.samples import KEY, NOW, approved, claim, proposal
from tools.taipei import midnight

T = TypeVar("T")
LIST = Row(measure="ledger at a million rows: the slowest of seven lists", unit="ms", bar=4.0)
CLAIM = Row(measure="ledger at a million rows: a claim with all caps", unit="ms", bar=4.0)
VERIFY = Row(measure="verifying an audit of a million entries", unit="s", bar=5.0)
ROWS = (LIST, CLAIM, VERIFY)
_SIZE = int(os.environ.get("BENCH_LEDGER_ROWS", "1_000_000"))
_BLOCK = 10_000
_ROUNDS, _STRETCH = 150, 15
_DAYS = 100
_MIDNIGHT = midnight(NOW.date() - timedelta(days=11))
CAPS = Caps(
    points_per_day=Decimal(10**9),
    points_per_month=Decimal(10**9),
    recipients_per_day=10**9,
    texts_per_recipient_per_day=10**9,
)
LISTS: dict[str, Callable[[Connection], object]] = {
    name: lambda conn, wanted=wanted, page=page: ledger.list_actions(conn, wanted, page)
    for name, (wanted, page) in {
        "list, page 1": (ActionFilter(), 1),
        "list, page 9": (ActionFilter(), 9),
        "list by principal and tool": (ActionFilter(principal="desk", tool="send_sms"), 1),
        "list by principal and state": (ActionFilter(principal="desk", state=State.SUCCEEDED), 1),
        "list by day": (ActionFilter(since=_MIDNIGHT, until=_MIDNIGHT + timedelta(days=1)), 1),
        "list by campaign": (ActionFilter(campaign="c7"), 1),
        "waiting": (ActionFilter(state=State.PROPOSED), 1),
    }.items()
}


def fill(conn: Connection, rows: int) -> None:
    """Finished actions of the last hundred days with their totals, and one text for each."""
    conn.execute(insert(ACTIONS), [_row(number) for number in range(1, _BLOCK + 1)])
    for block in range(1, rows // _BLOCK):
        _copy_block(conn, block)
    conn.execute(insert(USAGE_DAYS), [{"day": d, "points": Decimal(1), "recipients": 1} for d in _days()])
    texts = select(ACTIONS.c.day, literal("r") + func.substr(ACTIONS.c.id, 6, 4), ACTIONS.c.id, literal(1))
    conn.execute(insert(RECIPIENT_TEXTS).from_select(["day", "recipient", "action_id", "texts"], texts))


def fill_audit(conn: Connection, rows: int) -> None:
    """A chain of entries such as the gate writes; made in bulk, by the chain's definition."""
    text = f'{{"action_id":"7KQ2-M9XD","at":"{NOW}","details":{{"digest":"{"0" * 64}","points":"4"}}}}'
    mac, pending = "0" * 64, list[dict[str, object]]()
    for sequence in range(1, rows + 1):
        mac = hmac.digest(KEY, f"{mac}:{sequence}:{text}".encode(), "sha256").hex()
        pending.append({"sequence": sequence, "entry": text, "mac": mac})
        if len(pending) == _BLOCK or sequence == rows:
            conn.execute(insert(AUDIT), pending)
            pending = []


def _days() -> list[str]:
    return [(NOW - timedelta(days=back)).date().isoformat() for back in range(1, _DAYS + 1)]


def _row(number: int) -> Mapping[str, object]:
    moment = NOW - timedelta(days=1 + number % _DAYS)
    texts = dict.fromkeys(["session", "proof", "account", "target", "retry_of", "reason", "request_id"], "")
    return texts | {
        "sequence": number,
        "id": f"0000-{number - 1:04}",
        "day": moment.date().isoformat(),
        "principal": f"desk{'' if number % 3 else number % 7}",
        "tool": "send_sms" if number % 5 else "erase_sms_booking",
        "risk": "spend",
        "vendor": "every8d",
        "digest": f"{number:064}",
        "arguments": '{"to":["+886912345678"]}',
        "preview": '{"effect":"Send an SMS"}',
        "state": State.SUCCEEDED if number % 11 else State.DENIED,
        "created_at": moment,
        "expires_at": moment,
        "dispatched_at": moment,
        "batch_id": f"b{number}",
        "campaign": f"c{number % 50}",
        "points": Decimal(2),
        "recipients": 1,
    }


def _copy_block(conn: Connection, block: int) -> None:
    fresh = {
        "sequence": ACTIONS.c.sequence + block * _BLOCK,
        "id": literal(f"{block:04}") + func.substr(ACTIONS.c.id, 5, 5),
    }
    columns = [fresh.get(column.name, column) for column in ACTIONS.columns]
    source = select(*columns).where(ACTIONS.c.sequence <= _BLOCK)
    conn.execute(insert(ACTIONS).from_select([column.name for column in ACTIONS.columns], source))


async def time_claims(store: Store, label: str) -> float:
    """Milliseconds of one claim transaction with all caps and two recipients."""
    taken: list[float] = []
    for number in range(_ROUNDS):
        wanted = proposal(f"{label}{number}")
        action = await store.write(lambda conn, wanted=wanted: approved(conn, wanted))
        people = [f"r{number:04}", "r0001"]
        began = time.perf_counter()
        await store.write(lambda conn, i=action.id, r=people: claim(conn, i, caps=CAPS, recipients=r))
        taken.append(time.perf_counter() - began)
    return _quickest_median(taken)


async def time_reads(store: Store, work: Callable[[Connection], object]) -> float:
    """Milliseconds of one read transaction."""
    taken: list[float] = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        await store.read(work)
        taken.append(time.perf_counter() - began)
    return _quickest_median(taken)


def _quickest_median(taken: list[float]) -> float:
    """The median of the quickest stretch: in the others the machine did something else."""
    stretches = [taken[begin : begin + _STRETCH] for begin in range(0, len(taken), _STRETCH)]
    return min(median(stretch) for stretch in stretches) * 1000


def measure() -> Iterator[Measured]:
    """The rows, over one file of SQLite; the same file with a page of rows is what the notes compare with."""
    yield from asyncio.run(_all())


async def _all() -> list[Measured]:
    with TemporaryDirectory() as folder:
        small, large = (DatabaseStore(f"sqlite:///{Path(folder) / name}") for name in ("small", "large"))
        await small.write(lambda conn: conn.execute(insert(ACTIONS), [_row(n) for n in range(1, 501)]))
        await large.write(lambda conn: fill(conn, _SIZE))
        found = [await _slowest_list(small, large), await _claims(small, large)]
        await large.write(lambda conn: fill_audit(conn, _SIZE))
        found.append(await _verified(large))
        await small.close()
        await large.close()
        return found


async def _slowest_list(small: Store, large: Store) -> Measured:
    taken = {name: await time_reads(large, work) for name, work in LISTS.items()}
    slowest = max(taken, key=lambda name: taken[name])
    little = await time_reads(small, LISTS[slowest])
    return LIST.at(taken[slowest], f"{slowest}; {little:.2f} ms with 500 rows, here {_SIZE:,}")


async def _claims(small: Store, large: Store) -> Measured:
    little, much = await time_claims(small, "s"), await time_claims(large, "l")
    return CLAIM.at(much, f"{little:.2f} ms with 500 rows, here {_SIZE:,}")


async def _verified(large: Store) -> Measured:
    began = time.perf_counter()
    found = await large.read(lambda conn: audit.verify(conn, KEY))
    took = time.perf_counter() - began
    if not found.ok:
        raise RuntimeError("the audit does not hold")
    return VERIFY.at(took, f"{found.entries:,} entries")
