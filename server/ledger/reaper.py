"""Background work on the ledger: dispatches without a living owner, lapsed proposals, the audit's head."""

import logging

import anyio

from server.ledger.book import Book
from server.store.errors import StoreUnavailableError

_EVERY_SECONDS = 1.0
_REAP_EVERY = 5
_log = logging.getLogger(__name__)


async def keep_remembering(book: Book) -> None:
    """Write the audit's head down until cancelled."""
    while True:
        await anyio.sleep(_EVERY_SECONDS)
        await book.remember_head()


async def keep_reaping(book: Book) -> None:
    """Reap until cancelled. A store that is away is tried again later."""
    # The first look comes after the first second: listing tools must not wait for the store.
    await anyio.sleep(_EVERY_SECONDS)
    while True:
        await _reap(book)
        await anyio.sleep(_REAP_EVERY * _EVERY_SECONDS)


async def _reap(book: Book) -> None:
    try:
        for action in await book.reap():
            _log.warning("action %s ended without an outcome: it is unknown", action.id)
    except StoreUnavailableError:
        _log.warning("the store is unavailable; actions without an owner cannot be found")
