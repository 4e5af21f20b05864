"""The audit's key in hand: read once, and compared with the one that the store was written with."""

from collections.abc import Collection
from pathlib import Path

import anyio.to_thread

from server.store.errors import StoreUnavailableError
from server.store.key_file import KeyFileError, load_or_create_key
from server.store.key_mark import known_mark, mark_of, remember_mark
from server.store.keys import hash_numbers
from server.store.macs import mac_with
from server.store.plans import Connection
from server.store.transactions import Store
from tools.sentence import reason_of, sentence

_WRONG_KEY = sentence(
    "the audit's key is not the one that this store was written with, so blocked numbers and earlier calls "
    "would not be recognised. Put that key back (CAMPAIGN_OPS_STORE__AUDIT_KEY_FILE); all servers of one "
    "store share it."
)


class KeyHolder:
    """A store, and the key that belongs to it."""

    def __init__(self, store: Store, key_file: Path) -> None:
        self.store = store
        self._key_file = key_file
        self._key: bytes | None = None
        self._unmarked = False
        """Whether the store did not say yet which key it is written with."""

    @property
    def held_key(self) -> bytes | None:
        """The key, where it was read already."""
        return self._key

    @property
    def held(self) -> bytes:
        """The key, for a step of `write`, which has read it.

        Raises:
            StoreUnavailableError: the store is being opened anew meanwhile.
        """
        if self._key is None:
            raise StoreUnavailableError(sentence("the store is being opened anew."))
        return self._key

    async def key(self) -> bytes:
        """The audit's key; made on a new machine.

        Raises:
            StoreUnavailableError: there is no usable key, so nothing can be recorded; or it is not the key
                that the store was written with, so nobody who is blocked would be recognised.
        """
        if self._key is None:
            try:
                key = await anyio.to_thread.run_sync(load_or_create_key, self._key_file)
            except KeyFileError as error:
                raise StoreUnavailableError(reason_of(error)) from error
            await self._check_key(key)
            self._key = key
        return self._key

    async def _check_key(self, key: bytes) -> None:
        known = await self.store.glance(known_mark)
        if known not in (None, mark_of(key)):
            raise StoreUnavailableError(_WRONG_KEY)
        self._unmarked = known is None

    def _mark(self, conn: Connection, key: bytes) -> None:
        """Keep in the store which key it is written with, in the first step of it."""
        if self._unmarked and remember_mark(conn, mark_of(key)) != mark_of(key):
            raise StoreUnavailableError(_WRONG_KEY)

    async def digest(self, text: str) -> str:
        """A keyed digest of a text."""
        return mac_with(await self.key()).of(text.encode())

    async def hashes(self, numbers: Collection[str]) -> list[str]:
        """Keyed hashes of mobile numbers, in order."""
        return hash_numbers(await self.key(), numbers)
