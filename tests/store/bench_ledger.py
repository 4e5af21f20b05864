"""How the ledger bears a million rows: `python -m tests.store.bench_ledger [rows] [postgresql-url]`."""

import asyncio
import hmac
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TypeVar

from sqlalchemy import func, insert, literal, select

from server.store import audit, ledger
from server.store.actions import ActionFilter, Caps, State
from server.store.database import DatabaseStore
from server.store.plans import Connection
from server.store.schema import ACTIONS, AUDIT, RECIPIENT_TEXTS, USAGE_DAYS
from server.store.transactions import Store
from tests.store.samples import KEY, NOW, approved, claim, proposal

T = TypeVar("T")
_BLOCK = 10_000
_ROUNDS = 150
_DAYS = 100
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
        "list by day": (ActionFilter(day="2026-01-20"), 1),
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


async def time_claims(store: Store, rounds: int, label: str) -> float:
    """The median of one claim transaction with all caps and two recipients, in milliseconds."""
    taken: list[float] = []
    for number in range(rounds):
        wanted = proposal(f"{label}{number}")
        action = await store.write(lambda conn, wanted=wanted: approved(conn, wanted))
        people = [f"r{number:04}", "r0001"]
        began = time.perf_counter()
        await store.write(lambda conn, i=action.id, r=people: claim(conn, i, caps=CAPS, recipients=r))
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


async def time_reads(store: Store, work: Callable[[Connection], object], rounds: int = _ROUNDS) -> float:
    """The median of one read transaction, in milliseconds."""
    taken: list[float] = []
    for _ in range(rounds):
        began = time.perf_counter()
        await store.read(work)
        taken.append(time.perf_counter() - began)
    return median(taken) * 1000


async def seconds(store: Store, work: Callable[[Connection], T]) -> tuple[float, T]:
    """How long one transaction takes, and its result."""
    began = time.perf_counter()
    result = await store.write(work)
    return time.perf_counter() - began, result


def say(lines: Iterable[str]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
    sys.stdout.flush()


async def compare(small: Store, large: Store, rows: int) -> None:
    """Empty (a page of rows, so that both have as much to hand over) against full, in turns."""
    await small.write(lambda conn: conn.execute(insert(ACTIONS), [_row(n) for n in range(1, 501)]))
    took, _ = await seconds(large, lambda conn: fill(conn, rows))
    say([f"{rows:,} actions filled in {took:.1f} s"])
    for name, work in LISTS.items():
        little, much = await time_reads(small, work), await time_reads(large, work)
        say([f"{name}: {little:.2f} ms, {much:.2f} ms: {much / little:.2f} times"])
    little, much = await time_claims(small, _ROUNDS, "s"), await time_claims(large, _ROUNDS, "l")
    say([f"claim: {little:.2f} ms, {much:.2f} ms: {much / little:.2f} times"])


async def main(rows: int, postgres: tuple[str, ...]) -> None:
    with TemporaryDirectory() as folder:
        urls = postgres or [f"sqlite:///{Path(folder) / name}" for name in ("small", "large")]
        small, large = (DatabaseStore(url) for url in urls)
        await compare(small, large, rows)
        took, _ = await seconds(large, lambda conn: fill_audit(conn, rows))
        say([f"{rows:,} audit entries written in {took:.1f} s"])
        began = time.perf_counter()
        found = await large.read(lambda conn: audit.verify(conn, KEY))
        say([f"verified in {time.perf_counter() - began:.2f} s: {found.ok}, {found.entries:,} entries"])
        await small.close()
        await large.close()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, tuple(sys.argv[2:4])))
