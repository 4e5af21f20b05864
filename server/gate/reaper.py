"""Dispatches without a living owner become `unknown`, at the start and every few seconds."""

import logging

import anyio

from server.gate.book import Book
from server.store.store import StoreUnavailableError

_EVERY_SECONDS = 5.0
_log = logging.getLogger(__name__)


async def keep_reaping(book: Book) -> None:
    """Run until cancelled. A store that is away is tried again later."""
    while True:
        # The first look comes after the first seconds: listing tools must not wait for the store.
        await anyio.sleep(_EVERY_SECONDS)
        try:
            for action in await book.reap():
                _log.warning("action %s lost its owner in mid-dispatch; its outcome is unknown", action.id)
        except StoreUnavailableError:
            _log.warning("the store is unavailable; actions without an owner cannot be found")
