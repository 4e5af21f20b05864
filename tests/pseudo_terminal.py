"""What a command says in a terminal, read at the other side of it."""

import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.in_terminal import TERMINAL
from tests.patience import PATIENCE

CTRL_C = "\x03\n"
"""Of a Ctrl-C that comes just before Python reads it hears at the next line alone."""


def what_came(terminal: int) -> bytes:
    """What is said next; b'' once the command is gone."""
    assert select.select([terminal], [], [], PATIENCE)[0], "it says nothing more, and does not end"
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def talked(
    command: Sequence[str],
    answers: Sequence[str],
    env: Mapping[str, str],
    asks: bytes,
    *,
    folder: Path | None = None,
) -> tuple[int, str]:
    """The exit code and the screen of a person who types each answer at a question that ends so."""
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.in_terminal", *command],
        env={**env, TERMINAL: os.ttyname(theirs)},
        cwd=folder,
        start_new_session=True,
    )
    screen = b""
    left = list(answers)
    try:
        while part := what_came(ours):
            if not screen:
                # The command has its own by now: once that is closed, nothing more can come.
                os.close(theirs)
            screen += part
            # Such a question is told apart from what is said by what it ends with, once nothing is echoed.
            if left and screen.endswith(asks):
                os.write(ours, left.pop(0).encode())
        assert not left
        return process.wait(PATIENCE), screen.decode()
    finally:
        process.kill()
        process.wait()
        os.close(ours)
