"""How often a thread that computes gives the interpreter back to the event loop, which waits for it.

Each step of the loop waits so long at the most, and an answer takes some thirty of them: by Python's own 5 ms
a call beside an export or a plan would be late by a seventh of a second. Where nobody waits, nothing changes.
"""

import sys

_SECONDS = 0.001


def take_turns() -> None:
    """Have every thread of this process give way after a millisecond."""
    sys.setswitchinterval(_SECONDS)
