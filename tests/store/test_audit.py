import hmac
import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Delete, Update, delete, insert, select, update

from server.store import audit, grouping, ledger
from server.store.audit import AuditEntry, Head
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.grouping import together
from server.store.memory import SynchronousStore
from server.store.plans import Connection
from server.store.schema import AUDIT
from tests.store.samples import KEY, NOW, proposal
from tests.store.unguarding import unguard

ROWS = 40
_PAGE = 4096
ATTACKS = 1_000 if os.environ.get("SOAK") else 300


def write(conn: Connection, count: int = ROWS) -> Head:
    entries = (
        AuditEntry(event="approved", principal="desk", action_id=f"A{n}", details={"n": n, "why": "好"})
        for n in range(count)
    )
    return [audit.append(conn, entry, KEY, NOW) for entry in entries][-1]


async def test_a_chain_as_written_verifies(store: DatabaseStore) -> None:
    empty = await store.read(lambda conn: audit.verify(conn, KEY))
    assert (empty.ok, empty.entries) == (True, 0)
    newest = await store.write(write)
    assert await store.read(audit.head) == newest
    found = await store.read(lambda conn: audit.verify(conn, KEY, newest))
    assert (found.ok, found.entries, found.head) == (True, ROWS, newest)
    assert newest.sequence == ROWS


@pytest.mark.parametrize("length", [1, 32, 64, 65, 200])
async def test_a_mac_is_hmac_sha256_of_the_mac_before_the_number_and_the_entry(length: int) -> None:
    key = bytes(range(length))
    store = SynchronousStore()
    entry = AuditEntry(event="x", principal="desk", details={})
    for _ in range(2):
        await store.write(lambda conn: audit.append(conn, entry, key, NOW))
    before = "0" * 64
    for line in await store.read(lambda conn: list(conn.execute(select(AUDIT)))):
        message = f"{before}:{line.sequence}:{line.entry}".encode()
        assert line.mac == hmac.digest(key, message, "sha256").hex()
        before = line.mac


async def test_entries_of_one_step_make_the_chain_that_single_ones_make(store: DatabaseStore) -> None:
    entries = [AuditEntry(event=f"e{n}", principal="desk", details={"n": n}) for n in range(4)]
    single = SynchronousStore()
    for entry in entries:
        await single.write(lambda conn, entry=entry: audit.append(conn, entry, KEY, NOW))
    await store.write(lambda conn: audit.append_all(conn, entries[:1], KEY, NOW))
    together = await store.write(lambda conn: audit.append_all(conn, entries[1:], KEY, NOW))
    assert together == await single.read(audit.head)
    assert (await store.read(lambda conn: audit.verify(conn, KEY, together))).entries == len(entries)
    assert await store.write(lambda conn: audit.append_all(conn, [], KEY, NOW)) == together


async def test_an_older_remembered_head_is_enough(store: DatabaseStore) -> None:
    older = await store.write(write)
    await store.write(write)
    assert (await store.read(lambda conn: audit.verify(conn, KEY, older))).ok


async def test_an_entry_goes_with_the_step_that_it_records(store: DatabaseStore) -> None:
    def step(conn: Connection) -> None:
        action, _ = ledger.propose(conn, proposal(), NOW)
        audit.append(conn, AuditEntry(event="proposed", principal="desk", details={}), KEY, NOW)
        raise RuntimeError(action.id)

    with pytest.raises(RuntimeError):
        await store.write(step)
    assert (await store.read(audit.head)).sequence == 0
    assert await store.read(lambda conn: ledger.find_live(conn, proposal().key, NOW)) is None


async def test_the_export_is_json_lines_of_what_was_written(store: DatabaseStore) -> None:
    newest = await store.write(write)
    lines = await store.read(lambda conn: [json.loads(line) for line in audit.export(conn)])
    assert len(lines) == ROWS
    assert lines[-1]["mac"] == newest.mac
    assert lines[0]["sequence"] == 1
    assert lines[0]["entry"] == {
        "action_id": "A0",
        "at": "2026-01-31T03:00:00.000000Z",
        "details": {"n": 0, "why": "好"},
        "event": "approved",
        "principal": "desk",
        "tool": "",
    }


def edit(conn: Connection, random: Random) -> None:
    sequence = random.randint(1, ROWS)
    column = random.choice(["entry", "mac"])
    text: str = conn.scalar(select(AUDIT.c[column]).where(AUDIT.c.sequence == sequence))
    place = random.randrange(len(text))
    other = random.choice([letter for letter in "0a9~é" if letter != text[place]])
    changed = text[:place] + other + text[place + 1 :]
    conn.execute(update(AUDIT).where(AUDIT.c.sequence == sequence).values({column: changed}))


def remove(conn: Connection, random: Random) -> None:
    conn.execute(delete(AUDIT).where(AUDIT.c.sequence == random.randint(1, ROWS)))


def remove_and_renumber(conn: Connection, random: Random) -> None:
    gone = random.randint(1, ROWS - 1)
    conn.execute(delete(AUDIT).where(AUDIT.c.sequence == gone))
    for sequence in range(gone + 1, ROWS + 1):
        conn.execute(update(AUDIT).where(AUDIT.c.sequence == sequence).values(sequence=sequence - 1))


def swap(conn: Connection, random: Random) -> None:
    first, second = random.sample(range(1, ROWS + 1), 2)
    for old, new in ((first, 0), (second, first), (0, second)):
        conn.execute(update(AUDIT).where(AUDIT.c.sequence == old).values(sequence=new))


def insert_copy(conn: Connection, random: Random) -> None:
    copied = conn.execute(select(AUDIT).where(AUDIT.c.sequence == random.randint(1, ROWS))).one()
    conn.execute(insert(AUDIT).values(sequence=ROWS + 1, entry=copied.entry, mac=copied.mac))


def cut(conn: Connection, random: Random) -> None:
    conn.execute(delete(AUDIT).where(AUDIT.c.sequence > random.randrange(ROWS)))


def forge_with_another_key(conn: Connection, random: Random) -> None:
    conn.execute(delete(AUDIT))
    for _ in range(ROWS):
        audit.append(conn, AuditEntry(event="x", principal="y", details={}), random.randbytes(32), NOW)


async def test_random_attacks_on_the_chain_are_found() -> None:
    attacks: list[Callable[[Connection, Random], None]] = [
        edit,
        edit,
        remove,
        remove_and_renumber,
        swap,
        insert_copy,
        cut,
        forge_with_another_key,
    ]
    store = SynchronousStore()
    newest = await store.write(write)
    await store.write(unguard)
    random = Random(20260131)

    def attack(conn: Connection) -> bool:
        conn.run("SAVEPOINT before", ())
        random.choice(attacks)(conn, random)
        found = audit.verify(conn, KEY, newest)
        conn.run("ROLLBACK TO SAVEPOINT before", ())
        return not found.ok and bool(found.problem) and found.first_bad == found.entries + 1

    assert [n for n in range(ATTACKS) if not await store.write(attack)] == []
    assert (await store.read(lambda conn: audit.verify(conn, KEY, newest))).ok


def go_on(conn: Connection) -> None:
    """As a step of the ledger: after what others wrote in the same transaction."""
    tip, latest, _ = audit.carried(conn) or audit.newest(conn)
    entry = AuditEntry(event="proposed", principal="desk", details={})
    audit.append_after(conn, [entry], KEY, NOW, tip=tip, latest=latest)


def go_on_and_fail(conn: Connection) -> None:
    go_on(conn)
    raise LookupError("ours")


async def test_who_writes_after_another_in_one_transaction_goes_on_from_what_stands(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(grouping, "LONG_SECONDS", 60.0)
    opened: list[Connection] = []
    await SynchronousStore().read(opened.append)
    (conn,) = opened
    for works in ([go_on, go_on_and_fail, go_on, go_on], [go_on_and_fail], [go_on]):
        together(conn, works)
    conn.begin(reads=True)
    found = audit.verify(conn, KEY)
    assert (found.problem, found.entries) == ("", 4)


@pytest.mark.parametrize(
    ("change", "problem"),
    [(delete(AUDIT), "missing"), (update(AUDIT).values(entry="{}"), "not as it was written")],
)
async def test_a_finding_says_what_and_where(
    store: DatabaseStore, change: Delete | Update, problem: str
) -> None:
    await store.write(write)

    def tamper(conn: Connection) -> None:
        unguard(conn)
        conn.execute(change.where(AUDIT.c.sequence == 7))

    await store.write(tamper)
    found = await store.read(lambda conn: audit.verify(conn, KEY))
    assert (found.ok, found.first_bad, found.entries) == (False, 7, 6)
    assert problem in found.problem


async def test_a_cut_end_shows_before_anything_is_appended(store: DatabaseStore) -> None:
    newest = await store.write(write)
    assert await store.read(lambda conn: audit.newest(conn, newest).holds)
    assert await store.read(lambda conn: audit.newest(conn, Head(0, "")).holds)

    def cut_and_go_on(conn: Connection) -> None:
        unguard(conn)
        conn.execute(delete(AUDIT).where(AUDIT.c.sequence > ROWS - 3))
        write(conn, 5)

    await store.write(cut_and_go_on)
    assert not await store.read(lambda conn: audit.newest(conn, newest).holds)
    assert not (await store.read(lambda conn: audit.verify(conn, KEY, newest))).ok


@pytest.mark.parametrize("damage", ["text", "page"])
async def test_a_damaged_file_is_an_error_of_the_store_wherever_it_is_met(
    tmp_path: Path, damage: str
) -> None:
    """Bytes that are no text, or no page: never a crash, and never "intact"."""
    file = tmp_path / "store.sqlite3"
    store = DatabaseStore(f"sqlite:///{file}")
    await store.write(lambda conn: write(conn, 400))
    if damage == "text":
        await store.write(_no_text)
    await store.close()
    if damage == "page":
        _spoil(file)
    looks: list[Callable[[Connection], object]] = [_verified, _exported, _entries]
    for look in looks:
        with pytest.raises(StoreUnavailableError, match="SQLITE_CORRUPT"):
            await store.read(look)
    await store.close()


_NO_TEXT = "UPDATE audit SET entry = CAST(x'7bff7d' AS TEXT) WHERE sequence = 300"


def _no_text(conn: Connection) -> None:
    unguard(conn)
    conn.exec_driver_sql(_NO_TEXT)


def _verified(conn: Connection) -> object:
    return audit.verify(conn, KEY)


def _exported(conn: Connection) -> object:
    return list(audit.export(conn))


def _entries(conn: Connection) -> object:
    return conn.scalars(select(AUDIT.c.entry)).all()


def _spoil(file: Path) -> None:
    """Overwrite the head of the page that holds the audit's last entry."""
    content = bytearray(file.read_bytes())
    page = content.rindex(b'"A399"') // _PAGE * _PAGE
    content[page : page + 8] = b"\xff" * 8
    file.write_bytes(content)


@pytest.mark.parametrize("second", [-1, 0, 1, 20, ROWS - 1, ROWS])
async def test_the_entries_of_an_action_since_a_moment_are_found_wherever_they_stand(
    store: DatabaseStore, second: int
) -> None:
    for n in range(ROWS):
        entry = AuditEntry(event=f"e{n}", action_id=f"A{n % 2}", principal="desk", details={})
        at = NOW + timedelta(seconds=n)
        await store.write(lambda conn, entry=entry, at=at: audit.append(conn, entry, KEY, at))
    moment = NOW + timedelta(seconds=second)
    found = await store.read(lambda conn: [*audit.since(conn, moment, "A1", 4)])
    those = [n for n in range(ROWS) if n >= second][:4]
    assert [line.at for line in found] == [NOW + timedelta(seconds=n) for n in those if n % 2]
