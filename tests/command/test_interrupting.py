"""Ctrl-C at a question ends the command at once, at whatever moment the signal comes."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

import anyio
import anyio.to_thread
import pytest

from tests.batches.stopping import booked, erasings
from tests.command.terminal import piped, running
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.process import COMMAND, at_the_sandbox
from tests.gate.servers import SEND, fronted, posts
from tests.patience import PATIENCE
from tests.pseudo_terminal import CTRL_C, talked

ASKED = b"[y/n] "


def to_the_process(pid: int) -> None:
    os.kill(pid, signal.SIGINT)


def to_the_thread_that_reads(pid: int) -> None:
    """As one that comes just before the loop waits: no wait of the loop is broken off by it."""
    others = [int(each) for each in os.listdir(f"/proc/{pid}/task") if int(each) != pid]  # noqa: PTH208 - names
    assert others
    assert ctypes.CDLL(None).tgkill(pid, others[0], signal.SIGINT) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="threads are found in /proc")
@pytest.mark.parametrize(
    "interrupt", [to_the_thread_that_reads, pytest.param(to_the_process, marks=pytest.mark.long)]
)
@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_an_approval_ends_the_command_and_decides_nothing(
    house: House, interrupt: Callable[[int], None]
) -> None:
    async with fronted(house) as session:
        await session.facts("send_sms", SEND)
        async with running(house, "approvals") as terminal:
            assert terminal.stdout is not None
            with anyio.fail_after(PATIENCE):
                await terminal.stdout.readuntil(b"leave it: ")
                interrupt(terminal.pid)
                assert await terminal.wait() == 130
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def interrupted(house: House, *command: str, asks: bytes = ASKED) -> str:
    """What was said last, by a command that ended as one does that was interrupted."""
    env = {**at_the_sandbox(house, LANGUAGE="zh-TW"), "TERM": "dumb"}

    def at_its_question() -> tuple[int, str]:
        return talked([COMMAND, *command], [CTRL_C], env, asks, folder=house.folder)

    code, screen = await anyio.to_thread.run_sync(at_its_question)
    assert code == 130, screen
    assert "Aborted" not in screen
    assert "已中止" not in screen
    return screen.rstrip().splitlines()[-1]


@pytest.mark.long
@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_install_and_uninstall_changes_nothing_and_says_so(house: House) -> None:
    file = house.folder / ".codex" / "config.toml"
    assert await interrupted(house, "install", "codex", "--sandbox") == "未作任何變更。"
    assert not file.exists()
    assert (await piped(house, "install", "codex", "--sandbox", "--yes")).code == 0
    written = file.read_text("utf-8")
    assert await interrupted(house, "uninstall", "codex") == "未作任何變更。"
    assert file.read_text("utf-8") == written


@pytest.mark.long
@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_an_approval_says_that_it_still_waits(house: House) -> None:
    async with fronted(house) as session:
        await session.facts("send_sms", SEND)
        asks = "暫不處理：".encode()
        assert await interrupted(house, "approvals", asks=asks) == "未作決定，仍在等候。"
        assert await interrupted(house, "approvals", "--watch", asks=asks) == "未作決定，仍在等候。"
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"


@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_while_nothing_is_asked_says_that_it_ended(house: House) -> None:
    asks = "按 Ctrl-C 結束。\r\n".encode()
    assert await interrupted(house, "approvals", "--watch", asks=asks) == "已按 Ctrl-C 結束。"


@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_the_question_of_stop_says_that_no_booking_was_erased(house: House) -> None:
    async with fronted(house, Person()) as session:
        await booked(session, "限時優惠", 3)
        asks = "暫不處理：".encode()
        assert await interrupted(house, "stop", asks=asks) == "沒有刪除任何預約。"
        assert await erasings(house) == []


@pytest.mark.long
@pytest.mark.usefixtures("interruptible")
async def test_ctrl_c_at_what_is_asked_before_secrets_and_passkeys_end_says_that_nothing_changed(
    house: House,
) -> None:
    assert await interrupted(house, "passkeys", "reset") == "未作任何變更。"
    for _ in range(2):
        assert (await piped(house, "callbacks", "rotate")).code == 0
    assert await interrupted(house, "callbacks", "rotate", "--retire") == "未作任何變更。"
