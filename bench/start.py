"""The start, from the process's birth to its answer of `tools/list` on stdio, against a bare server.

What counts is the processor's time of the whole process, the least of many runs. Both vendors have an
account, at a closed port of this machine: nothing is reached, and nothing is simulated.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from tempfile import TemporaryDirectory

from bench.mcp_calls import BEGINNING, message
from bench.processes import COMMAND, environment, peer
from bench.rows import Measured, Row

START = Row(measure="start → tools/list / bare, CPU", unit="×", bar=1.2)
ROWS = (START,)
_RUNS = 20
_CLOSED = "http://127.0.0.1:9"
_LIST = 1


def start_once(command: list[str], folder: str) -> float:
    """Seconds of the processor until the tool list was there."""
    env = environment(folder, _CLOSED)
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=env, cwd=folder
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for each in (*BEGINNING, {"id": _LIST, "method": "tools/list"}):
        process.stdin.write(message(**each) + b"\n")
    process.stdin.flush()
    for line in process.stdout:
        if json.loads(line).get("id") == _LIST:
            break
    else:
        raise RuntimeError(f"{command[0]} ended without a tool list")
    # Ended at once, and its time asked of the kernel: what it did from here on does not count.
    process.kill()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdin.close()
    process.stdout.close()
    return used.ru_utime + used.ru_stime


def measure() -> Iterator[Measured]:
    """The row. The first, uncounted runs compile what was not compiled yet."""
    ours, bare = [COMMAND, "serve"], peer("one_tool")
    with TemporaryDirectory() as folder:
        for command in (ours, bare):
            start_once(command, folder)
        pairs = [(start_once(ours, folder), start_once(bare, folder)) for _ in range(_RUNS)]
    with_all, with_one = (min(side) * 1000 for side in zip(*pairs, strict=True))
    yield START.at(with_all / with_one, f"{with_all:.0f} ms, bare {with_one:.0f} ms")
