"""Ctrl-C at a question ends the command at once, at whatever moment the signal comes."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

import anyio
import pytest

from tests.command.terminal import running
from tests.e2e.house import House
from tests.gate.servers import SEND, fronted, posts
from tests.patience import PATIENCE


def to_the_process(pid: int) -> None:
    os.kill(pid, signal.SIGINT)


def to_the_thread_that_reads(pid: int) -> None:
    """As one that comes just before the loop waits: no wait of the loop is broken off by it."""
    others = [int(each) for each in os.listdir(f"/proc/{pid}/task") if int(each) != pid]  # noqa: PTH208 - names
    assert others
    assert ctypes.CDLL(None).tgkill(pid, others[0], signal.SIGINT) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="threads are found in /proc")
@pytest.mark.parametrize("interrupt", [to_the_process, to_the_thread_that_reads])
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
