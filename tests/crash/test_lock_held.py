"""A process that stands still while it holds a lock file: nobody waits for it for ever, or in silence."""

import os
import signal
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import anyio
import pytest

from server import file_locks
from server.command.block import add, remove
from server.command.common import parts_of
from server.command.doctor import examine
from server.ledger.notes import Note
from server.store.errors import StoreUnavailableError
from tests.crash.cut import stands_still
from tests.e2e.house import House
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND, LAUNCH, config_file, fronted, posts, until
from tests.patience import PATIENCE

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

_HOLDS = """
import os, pathlib, signal, sys
from server.file_locks import exclusively

with exclusively(pathlib.Path(sys.argv[1])):
    os.kill(os.getpid(), signal.SIGSTOP)
"""
Shown = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_locks, "LOCK_SECONDS", 0.5)


@asynccontextmanager
async def held(lock: Path) -> AsyncGenerator[None]:
    """Another process holds this lock and is stopped; afterwards it goes on, and lets go."""
    lock.parent.mkdir(mode=0o700, exist_ok=True)
    async with await anyio.open_process([sys.executable, "-c", _HOLDS, str(lock)]) as holder:
        await until(partial(stands_still, holder.pid))
        try:
            yield
        finally:
            os.kill(holder.pid, signal.SIGCONT)


async def test_a_send_whose_claim_the_head_cannot_name_meanwhile_is_not_claimed(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        async with held(house.folder / "store" / "audit.head.lock"):
            refused = await session.problem("send_sms", FREE_SEND)
            assert (await session.facts("pause_launch", LAUNCH))["outcome"] == "done", "a brake goes on"
        assert refused["code"] == "store_unavailable"
        assert "Nothing was sent." in refused["message"]
        assert "another process held audit.head.lock" in refused["message"]
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert await posts(house) == 2


async def test_a_number_is_blocked_all_the_same_and_the_command_ends(house: House, capsys: Shown) -> None:
    """To block guards: it waits for no head, which may be behind."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        async with held(house.folder / "store" / "audit.head.lock"):
            assert await add(config_file(house), FREE_NUMBER, "") == 0
        assert "is blocked" in capsys.readouterr().out
        assert "blocked" in (await session.problem("send_sms", FREE_SEND))["message"]


async def test_the_doctor_names_the_lock_that_is_held(house: House, capsys: Shown) -> None:
    assert await add(config_file(house), FREE_NUMBER, "") == 0
    async with held(house.folder / "store" / "audit.head.lock"):
        account = f'[every8d]\nuid = "sandbox"\npassword = "sandbox"\nbase_url = "{house.url}"'
        assert await examine(config_file(house, account)) == 1
    assert "another process held audit.head.lock for too long" in " ".join(capsys.readouterr().out.split())


@pytest.mark.parametrize("lock", ["store.sqlite3.lock", "audit.key.lock", "audit.head.lock"])
async def test_nothing_is_begun_in_a_new_store_while_another_process_makes_it(
    house: House, lock: str
) -> None:
    async with held(house.folder / "store" / lock):
        with pytest.raises(StoreUnavailableError, match=f"another process held {lock}"):
            await add(config_file(house), FREE_NUMBER, "")
    assert await add(config_file(house), FREE_NUMBER, "") == 0


async def test_a_key_that_is_there_is_read_although_its_lock_is_held(house: House) -> None:
    assert await add(config_file(house), FREE_NUMBER, "") == 0
    async with held(house.folder / "store" / "audit.key.lock"):
        assert await remove(config_file(house), FREE_NUMBER) == 0


async def test_whoever_is_cancelled_does_not_wait_for_the_lock(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the background of a server that ends, which writes the head each second."""
    async with parts_of(config_file(house), sandbox=False) as parts:
        await parts.journal.record(Note(what="looked"))
        async with held(house.folder / "store" / "audit.head.lock"):
            with monkeypatch.context() as patient, anyio.fail_after(PATIENCE):
                patient.setattr(file_locks, "LOCK_SECONDS", 2 * PATIENCE)
                async with anyio.create_task_group() as group:
                    group.start_soon(parts.journal.remember_head)
                    await anyio.wait_all_tasks_blocked()
                    group.cancel_scope.cancel()
