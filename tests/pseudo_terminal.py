"""What a command says in a terminal, read at the other side of it."""

import os
import select

from tests.patience import PATIENCE


def what_came(terminal: int) -> bytes:
    """What is said next; b'' once the command is gone."""
    assert select.select([terminal], [], [], PATIENCE)[0], "it says nothing more, and does not end"
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
