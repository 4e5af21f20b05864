"""Background work that goes on, whatever happens in it."""

import logging
from collections.abc import Awaitable, Callable

import anyio

_FIRST_WAIT_S, _LONGEST_WAIT_S = 1.0, 60.0
_SOUND_S = 60.0
"""Work that went on so long had recovered: its next failure is a first one."""
_log = logging.getLogger(__name__)


async def supervised(name: str, work: Callable[[], Awaitable[None]]) -> None:
    """Run the work until cancelled; start it again when it fails or ends, later each time."""
    wait = _FIRST_WAIT_S
    while True:
        began = anyio.current_time()
        try:
            await work()
        except Exception:  # noqa: BLE001 - no error of the background may end what is served beside it
            _log.exception("%s failed and is started again", name)
        if anyio.current_time() - began > _SOUND_S:
            wait = _FIRST_WAIT_S
        await anyio.sleep(wait)
        wait = min(2 * wait, _LONGEST_WAIT_S)
