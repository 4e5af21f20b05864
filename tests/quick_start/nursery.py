"""A Python that has imported the whole server, and forks once for each process that a test wants.

What comes out is a process of its own, a child of the tests: its pid, signals, pipes, folder and environment
are what the test gave. Only the imports were done before, and its files are quick (`new_files.py`).
`python -m tests.quick_start.nursery CHANNEL`.
"""

import atexit
import gc
import json
import os
import runpy
import socket
import sys
from collections.abc import Sequence
from importlib import import_module
from pkgutil import walk_packages
from typing import Any

import pytest

import server
import tools
from tests.quick_start.new_files import be_quick, migrated

_LARGEST = 2**18
READY = b"ready"
_RUN_WHEN_IMPORTED = ("__main__", "migrations.env")
_codes: list[int] = []
"""With which a child ends whose program has said so."""


def main() -> None:
    """Serve the channel until the tests close it. In each child this returns when its program has ended."""
    # Before any other is registered, so that it comes last.
    atexit.register(leave)
    with socket.socket(fileno=int(sys.argv[1])) as channel:
        import_all()
        migrated()
        channel.send(READY)
        born = bear(channel)
        if born is None:
            return
        wanted, streams = born
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
    os.closerange(3, max(streams) + 1)
    # A program of the tests themselves may be about who migrates.
    if not is_of_the_tests(wanted["command"]):
        be_quick(pytest.MonkeyPatch())
    become(wanted)


def import_all() -> None:
    """What any command imports, but for what runs when it is imported."""
    for package in (server, tools):
        for module in walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith(_RUN_WHEN_IMPORTED):
                import_module(module.name)
    gc.freeze()


def bear(channel: socket.socket) -> tuple[dict[str, Any], list[int]] | None:
    """Fork for each wish. None in this process, at its end; in a child, its wish and its three streams."""
    while True:
        message, streams, _, _ = socket.recv_fds(channel, _LARGEST, 3)
        if not message:
            return None
        # Twice: the child of a process that has ended belongs to the tests, which asked for that before.
        middle = os.fork()
        if middle == 0:
            parent = os.getpid()
            if child := os.fork():
                channel.send(str(child).encode())
                os._exit(0)
            while os.getppid() == parent:
                os.sched_yield()
            return json.loads(message), streams
        os.waitpid(middle, 0)
        channel.send(READY)
        for stream in streams:
            os.close(stream)


def is_of_the_tests(command: Sequence[str]) -> bool:
    """Whether this is a module of theirs."""
    return command[1:2] == ["-m"] and command[2].startswith("tests.")


def become(wanted: dict[str, Any]) -> None:
    """Take the folder and the environment, and run the program as Python would."""
    if wanted["new_session"]:
        os.setsid()
    os.chdir(wanted["folder"])
    os.environ.clear()
    os.environ.update(wanted["environment"])
    run(wanted["command"])


def run(command: Sequence[str]) -> None:
    """The installed command, or `python -m MODULE`."""
    try:
        if command[1:2] == ["-m"]:
            sys.argv = [*command[2:]]
            runpy.run_module(command[2], run_name="__main__", alter_sys=True)
        else:
            sys.argv = [*command]
            sys.exit(import_module("server.command.cli").main())
    except SystemExit as ended:
        if isinstance(ended.code, int | None):
            _codes.append(ended.code or 0)
        raise


def leave() -> None:
    """End without taking apart what was never used: half of the time of a short program."""
    if not _codes:
        return
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        return  # what Python makes of it
    os._exit(_codes[0])


if __name__ == "__main__":
    main()
