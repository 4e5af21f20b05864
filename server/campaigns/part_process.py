"""The process that makes parts ready: orders come in, what is made of them goes out (`part_makers.py`)."""

import os
import pickle
import sys

from server.campaigns.part_making import make_part
from server.systems import widen_pipe

LENGTH = 8
"""Bytes in which the length stands before each answer."""
_ROOM = 1024 * 1024
"""Bytes: what Linux lets everybody have, and some answers."""
READY = b"\0" * LENGTH
"""The first answer: all is imported."""


def main() -> None:
    """Answer each order, until no more come. What fails ends it: it is made again by whoever ordered it."""
    # What a library prints is no answer.
    with os.fdopen(os.dup(1), "wb") as answers:
        os.dup2(2, 1)
        # The next part is made while this one is read.
        widen_pipe(answers.fileno(), _ROOM)
        answers.write(READY)
        while True:
            answers.flush()
            try:
                order = pickle.load(sys.stdin.buffer)  # noqa: S301 - of the process that started this one
            except EOFError:
                return
            made = pickle.dumps(make_part(order), pickle.HIGHEST_PROTOCOL)
            answers.write(len(made).to_bytes(LENGTH, "big") + made)


if __name__ == "__main__":
    main()
