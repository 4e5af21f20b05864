"""A server on a store of its own machine starts a worker as soon as a campaign has nobody to carry it out."""

import contextlib
import logging

import anyio
import anyio.to_thread

from server.campaigns.campaigns import Campaigns
from server.campaigns.local import start_worker
from server.settings.settings import Settings
from server.store.errors import StoreUnavailableError

_EVERY_SECONDS = 10.0
_log = logging.getLogger(__name__)


async def keep_going(settings: Settings, campaigns: Campaigns) -> None:
    """Look now and then, and whenever a campaign is started or resumed, until cancelled.

    A store that several machines share has its workers started by whoever runs them.
    """
    if settings.store.url.get_secret_value().startswith("postgresql"):
        await anyio.sleep_forever()
    campaigns.wake = lambda: _start(settings)
    while True:
        with contextlib.suppress(StoreUnavailableError):
            if await campaigns.some_run():
                await _start(settings)
        await anyio.sleep(_EVERY_SECONDS)


async def _start(settings: Settings) -> None:
    try:
        await anyio.to_thread.run_sync(start_worker, settings)
    except OSError:
        _log.exception("a worker could not be started; `campaign-ops-mcp worker` starts one by hand")
