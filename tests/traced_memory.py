"""What is held in memory, as Python counts it."""

import tracemalloc
from collections.abc import Callable, Generator
from contextlib import contextmanager


@contextmanager
def traced() -> Generator[Callable[[], tuple[int, int]]]:
    """Count within the block: what is held by now, and what was held at most, in bytes."""
    tracemalloc.start()
    try:
        yield tracemalloc.get_traced_memory
    finally:
        tracemalloc.stop()
