"""Our command with a terminal of its own: `python -m tests.in_terminal COMMAND WORD …`.

It leads its session, so the terminal that it opens is the one whose Ctrl-C it hears.
"""

import os
import signal
import sys
from io import TextIOWrapper

from server.command.cli import main

TERMINAL = "ITS_TERMINAL"
"""The variable that names it."""


def take(terminal: str) -> None:
    """Let this be what a Python has that was started there."""
    opened = os.open(terminal, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(opened, number)
    os.close(opened)
    for name, mode in (("stdin", "rb"), ("stdout", "wb"), ("stderr", "wb")):
        pipe: TextIOWrapper = getattr(sys, name)
        its = open(pipe.fileno(), mode, closefd=False)  # noqa: SIM115 - stays open to the end
        stream = TextIOWrapper(its, pipe.encoding, pipe.errors, line_buffering=True)
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)


if __name__ == "__main__":
    take(os.environ.pop(TERMINAL))
    # Whoever forked this may ignore it, as what a shell runs in the background does.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    del sys.argv[0]
    sys.exit(main())
