"""How a worker's threads share memory.

glibc gives each thread a heap of its own (an arena), up to eight a core, and what one of them let go serves
no other. A worker has some twenty threads, of which one runs at a time.
"""

import ctypes
from contextlib import suppress

_M_ARENA_MAX = -8
"""Of glibc's malloc.h."""
_ARENAS = 2


def share_arenas() -> None:
    """Let the threads that this process starts from now on share two heaps; nothing where glibc is not."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_M_ARENA_MAX, _ARENAS)
