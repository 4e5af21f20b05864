import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing
from pathlib import Path
from random import Random
from typing import IO

import pytest

from server.store import audit, ledger
from server.store.actions import ActionFilter, State
from server.store.database import DatabaseStore
from tests.loopback_only.plugin import guarded
from tests.store.samples import KEY, NOW, approved, proposal

pytestmark = pytest.mark.usefixtures("quick_start")

ROOT = Path(__file__).parents[2]
KILLS = 40 if os.environ.get("SOAK") else 3


def line_of(process: subprocess.Popen[str]) -> str:
    output: IO[str] | None = process.stdout
    assert output is not None
    return output.readline().strip()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def start(stack: ExitStack, *arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.store.racing", *arguments]
    pipe = subprocess.PIPE
    process = subprocess.Popen(command, cwd=ROOT, env=guarded(), text=True, stdin=pipe, stdout=pipe)
    return stack.enter_context(process)


def race(*commands: list[str]) -> list[str]:
    """Start all, let them go together, and read one line of each."""
    with ExitStack() as stack:
        processes = [start(stack, *command) for command in commands]
        for process in processes:
            assert line_of(process) == "ready"
        for process in processes:
            go(process)
        return [line_of(process) for process in processes]


async def test_of_sixty_claims_over_three_processes_one_wins(store: DatabaseStore, store_url: str) -> None:
    action = await store.write(lambda conn: approved(conn, proposal()))
    wins = race(*(["claim", store_url, action.id, "20", f"p{n}"] for n in range(3)))
    assert sorted(wins) == ["0", "0", "1"]
    taken = await store.read(lambda conn: ledger.get(conn, action.id))
    assert taken is not None
    assert taken.state is State.DISPATCHING
    assert (await store.read(lambda conn: ledger.usage(conn, NOW))).recipients_today == 2


def test_four_processes_open_a_fresh_store_at_once(fresh_url: str) -> None:
    assert race(*([["open", fresh_url]] * 4)) == ["0"] * 4


async def test_a_killed_writer_leaves_a_sound_store(tmp_path: Path) -> None:
    random = Random(9)
    for number in range(KILLS):
        path = tmp_path / f"{number}.sqlite3"
        told = kill_while_writing(f"sqlite:///{path}", random.uniform(0, 0.15))
        with closing(sqlite3.connect(path)) as raw:
            assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        store = DatabaseStore(f"sqlite:///{path}")
        _, total = await store.read(lambda conn: ledger.list_actions(conn, ActionFilter()))
        found = await store.read(lambda conn: audit.verify(conn, KEY))
        usage = await store.read(lambda conn: ledger.usage(conn, NOW))
        await store.close()
        assert found.ok
        # All that was reported as kept is kept, and at most the one in flight besides; whole or not at all.
        assert told <= total <= told + 1
        assert (found.entries, usage.recipients_today) == (total, 2 * total)


def kill_while_writing(url: str, seconds: float) -> int:
    """How many writes the process reported as committed before it was killed."""
    with ExitStack() as stack:
        process = start(stack, "write", url)
        assert line_of(process) == "ready"
        go(process)
        deadline = time.monotonic() + seconds
        told = 0
        while time.monotonic() < deadline or told == 0:
            told = int(line_of(process)) + 1
        process.send_signal(signal.SIGKILL)
        assert process.stdout is not None
        for line in process.stdout.read().split():
            told = int(line) + 1
        return told
