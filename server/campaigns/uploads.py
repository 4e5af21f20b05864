"""Lists that came over HTTP: each a new file below the folder for lists, in the room of whoever sent it.

Nothing of what was sent but its bytes is kept: the name is ours. What is there grows old with the records.
"""

from collections.abc import AsyncIterable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from server.campaigns.folder import lists_folder, room_of
from server.campaigns.problems import more_bytes_than
from server.campaigns.reading import ListReading, ListWanted
from server.files import name_of_ours
from server.settings.settings import Settings
from server.store.files import private_directory
from server.systems import create_new
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.sentence import sentence

_MOST_FILES = 200
"""Of one room."""
_ZIP = b"PK\3\4"
_DAY_SECONDS = 24 * 60 * 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Uploaded:
    """A list that was kept, under the name by which tools know it."""

    name: str
    size: int
    sha256: str


class Uploads:
    """Takes lists, and throws away what is too old."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock

    async def take(self, pieces: AsyncIterable[bytes], shelf: str) -> Uploaded:
        """Keep a list, piece by piece; nothing of it is left where that fails.

        Raises:
            RefusedError: it is too large, no list that can be read, no folder is set or it cannot be written.
        """
        folder = lists_folder(self._settings)
        if folder is None:
            raise RefusedError(_NO_FOLDER)
        try:
            return await self._kept(pieces, room_of(folder, shelf))
        except OSError as error:
            raise RefusedError(_UNWRITABLE) from error

    async def _kept(self, pieces: AsyncIterable[bytes], room: Path) -> Uploaded:
        coming = aiter(pieces)
        first = await anext(coming, b"")
        path = await anyio.to_thread.run_sync(self._new_path, room, first.startswith(_ZIP))
        file = await anyio.to_thread.run_sync(create_new, path)
        try:
            with file:
                size = await self._written(file, first, coming)
            digest = await anyio.to_thread.run_sync(self._looked_at, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return Uploaded(name=path.name, size=size, sha256=digest)

    async def _written(self, file: BinaryIO, first: bytes, coming: AsyncIterable[bytes]) -> int:
        most, size = self._settings.lists.max_bytes, len(first)
        await anyio.to_thread.run_sync(file.write, first)
        async for piece in coming:
            size += len(piece)
            if size > most:
                raise more_bytes_than(most)
            await anyio.to_thread.run_sync(file.write, piece)
        return size

    def _looked_at(self, path: Path) -> str:
        with path.open("rb") as file:
            try:
                reading = ListReading(file, ListWanted(), self._settings.lists)
            except InvalidArgumentError:
                raise RefusedError(_NO_NUMBERS) from None
            reading.close()
            return reading.sha256

    def _new_path(self, room: Path, zipped: bool) -> Path:  # noqa: FBT001 - by place, for the thread
        private_directory(room)
        self._throw_away(room)
        if sum(1 for _ in room.iterdir()) >= _MOST_FILES:
            raise RefusedError(_TOO_MANY)
        return room / name_of_ours("list", self._clock(), ".xlsx" if zipped else ".csv", letters=12)

    def _throw_away(self, room: Path) -> None:
        before = self._clock() - timedelta(days=self._settings.privacy.retention_days)
        for each in room.iterdir():
            if each.is_file() and each.lstat().st_mtime < before.timestamp():
                each.unlink(missing_ok=True)

    async def keep_clearing(self) -> None:
        """Throw away once a day what is older than the retention, until cancelled."""
        while True:
            folder = lists_folder(self._settings)
            if folder is not None:
                with suppress(OSError):
                    await anyio.to_thread.run_sync(self._clear, room_of(folder, ""))
            await anyio.sleep(_DAY_SECONDS)

    def _clear(self, whole: Path) -> None:
        for room in (whole, *(each for each in whole.iterdir() if each.is_dir() and not each.is_symlink())):
            self._throw_away(room)


_NO_FOLDER = Problem(
    code="no_folder",
    message=sentence("The list was not taken: no folder for lists is set."),
    next=sentence("A person sets CAMPAIGN_OPS_LISTS__FOLDER."),
)
_UNWRITABLE = Problem(
    code="unwritable",
    message=sentence("The list was not taken: the folder for lists cannot be written."),
    next=sentence("A person looks at CAMPAIGN_OPS_LISTS__FOLDER and its disk."),
    retryable=True,
)
_NO_NUMBERS = Problem(
    code="unreadable_list",
    message=sentence("The list was not taken: no column of it seems to hold mobile numbers."),
    next=sentence("Send a CSV or XLSX with a heading such as 手機 or Mobile above the numbers."),
)
_TOO_MANY = Problem(
    code="too_many_lists",
    message=sentence("The list was not taken: {count} are kept already.", count=_MOST_FILES),
    next=sentence(
        "A person deletes some in the folder for lists; old ones go by themselves after the retention."
    ),
)
