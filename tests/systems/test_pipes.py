"""stdin and stdout without threads: no line is torn, and nobody waits for a client that does not read."""

import os
import select
import sys
from collections.abc import Generator

import anyio
import pytest

from server.systems import InPipe, OutPipe, widen_pipe

assert sys.platform != "win32", "Windows reads and writes in threads"

LONG = b"x" * 200_000 + b"\n"


@pytest.fixture
def pipe() -> Generator[tuple[int, int]]:
    """Both ends of a pipe."""
    ends = os.pipe()
    yield ends
    for end in ends:
        try:
            os.close(end)
        except OSError:
            continue


async def test_lines_come_whole_however_they_were_written(pipe: tuple[int, int]) -> None:
    source = InPipe(pipe[0])

    async def write() -> None:
        for piece in (b"one\ntw", b"o\n", LONG, b"the rest"):
            await anyio.to_thread.run_sync(os.write, pipe[1], piece)
        os.close(pipe[1])

    async with anyio.create_task_group() as beside:
        beside.start_soon(write)
        for line in (b"one\n", b"two\n", LONG, b"the rest", b""):
            assert await source.readline() == line


async def test_whoever_waits_for_a_line_can_be_cancelled_and_loses_nothing(pipe: tuple[int, int]) -> None:
    source = InPipe(pipe[0])
    os.write(pipe[1], b"half ")
    with anyio.move_on_after(0.05):
        await source.readline()
    os.write(pipe[1], b"a line\n")
    assert await source.readline() == b"half a line\n"


def test_what_a_full_pipe_has_no_room_for_is_not_written_at_once(pipe: tuple[int, int]) -> None:
    target, written = OutPipe(pipe[1]), 0
    line = b"y" * select.PIPE_BUF
    while target.wrote_at_once(line):
        written += len(line)
    assert written > 0
    assert os.read(pipe[0], 2 * written) == b"y" * written
    assert target.wrote_at_once(line)


def test_what_is_longer_than_a_pipe_takes_in_one_piece_is_left_to_a_thread(pipe: tuple[int, int]) -> None:
    assert not OutPipe(pipe[1]).wrote_at_once(b"z" * (select.PIPE_BUF + 1))
    assert select.select([pipe[0]], [], [], 0) == ([], [], [])


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe stays as it is")
def test_a_widened_pipe_takes_a_long_answer_although_nobody_reads(pipe: tuple[int, int]) -> None:
    answer = b"x" * 200_000
    widen_pipe(pipe[1], 1024 * 1024)
    os.set_blocking(pipe[1], False)
    assert os.write(pipe[1], answer) == len(answer)
