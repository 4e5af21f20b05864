"""A file that a command writes for a person: a new one, that its owner alone can read."""

from functools import partial
from pathlib import Path

import anyio.to_thread

from server.command.terminal import Terminal
from server.systems import create_new
from tools.sentence import sentence

IS_THERE = sentence("Nothing was written: there is such a file already.")


async def written(path: Path, content: bytes, out: Terminal) -> bool:
    """Write it; False where that cannot be, which the person is told."""
    try:
        await anyio.to_thread.run_sync(partial(_write, path, content))
    except FileExistsError:
        out.say(IS_THERE)
    except OSError:
        out.say(sentence("Nothing was written: the file cannot be made there."))
    else:
        return True
    return False


def _write(path: Path, content: bytes) -> None:
    with create_new(path) as file:
        file.write(content)
