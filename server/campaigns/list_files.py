"""Lists from the configured folder, as a plan reads them."""

from collections import Counter
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import asynccontextmanager
from typing import BinaryIO

import anyio.to_thread

from server.campaigns.folder import open_list
from server.campaigns.reading import ListReading, ListWanted, digest_of
from server.campaigns.source import OpenList, Slice
from server.settings.settings import Settings
from tools.lists.columns import Wanted
from tools.lists.rows import Recipient, Rejected
from tools.problems import InvalidArgumentError, RefusedError


class ListFiles:
    """The lists of one server's folder."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    @asynccontextmanager
    async def opened(self, name: str, mobile: str, consent: str) -> AsyncGenerator[OpenList]:
        """The list of this file.

        Raises:
            InvalidArgumentError: no folder is set, or the name is not one of a plain file in it.
        """
        file = await anyio.to_thread.run_sync(open_list, self._settings, name)
        with file:
            columns = Wanted(mobile=(mobile,) if mobile else (), consent=consent)
            yield _OpenFile(file, columns, self._settings)

    async def digest(self, name: str) -> str:
        """SHA-256 of the file as it is now; '' when it is gone."""
        return await anyio.to_thread.run_sync(_digest, self._settings, name)


class _OpenFile:
    """One file, read once."""

    def __init__(self, file: BinaryIO, columns: Wanted, settings: Settings) -> None:
        self._file = file
        self._columns = columns
        self._settings = settings
        self.digest = ""

    def slices(self, columns: Sequence[str]) -> Iterator[Slice]:
        """Its rows, some at a time."""
        wanted = Wanted(mobile=self._columns.mobile, consent=self._columns.consent, fields=tuple(columns))
        reading = ListReading(self._file, ListWanted(columns=wanted), self._settings.lists)
        self.digest = reading.sha256
        for some in reading.slices():
            entries = [each for each in some if isinstance(each, Recipient)]
            rejected = Counter(str(each.reason) for each in some if isinstance(each, Rejected))
            yield Slice(entries, rejected)


def _digest(settings: Settings, name: str) -> str:
    try:
        with open_list(settings, name) as file:
            return digest_of(file, settings.lists.max_bytes)
    except (InvalidArgumentError, RefusedError, OSError):
        return ""
