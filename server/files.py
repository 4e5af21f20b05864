"""The two folders: images that may be sent, and what was downloaded or exported. No name leaves them."""

import contextlib
import os
import re
import secrets
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from server.settings.settings import FilesSettings
from server.systems import create_new, open_plain, plain_name
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.saved_file import SavedFile

REPORT_URI = "campaign-ops://reports/"
MAX_IMAGE_BYTES = 1024 * 1024
"""More than any MMS may hold; the exact limit is checked with the text (EVERY8D 1.2)."""

_LETTERS = "abcdefghjkmnpqrstvwxyz"
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file under a name of ours that is being written."""

    name: str
    stream: BinaryIO


class Files:
    """Reads images by name from one folder, and keeps reports under names of ours in another."""

    def __init__(self, settings: FilesSettings, clock: Callable[[], datetime]) -> None:
        self._settings = settings
        self._clock = clock

    async def read(self, name: str) -> bytes:
        """The content of a file of the image folder.

        Raises:
            InvalidArgumentError: no folder is set, or the name is not one of a plain file in it.
        """
        folder = self._settings.folder
        if folder is None:
            raise InvalidArgumentError(
                "image",
                "no folder for images is set.",
                "A person sets CAMPAIGN_OPS_FILES__FOLDER and puts the image there.",
            )
        return await anyio.to_thread.run_sync(_read_plain, folder, name)

    async def save(self, stem: str, suffix: str, content: bytes, *, shelf: str = "") -> SavedFile:
        """Keep a report on a shelf (a folder below, of a token's name); the name is ours, and a new one.

        Raises:
            RefusedError: no folder is set, or it cannot be written.
        """
        path = self._new_path(stem, suffix, shelf)
        try:
            await anyio.to_thread.run_sync(_write_new, path, content)
        except OSError as error:
            raise RefusedError(_unwritable()) from error
        return saved_file(path.name, len(content))

    @asynccontextmanager
    async def new(self, stem: str, suffix: str, *, shelf: str = "") -> AsyncGenerator[NewFile]:
        """A file that the block writes, in threads; named as `save` names it, and gone if the block fails.

        Raises:
            RefusedError: no folder is set, or it cannot be written.
        """
        path = self._new_path(stem, suffix, shelf)
        try:
            file = NewFile(path.name, await anyio.to_thread.run_sync(_open_new, path))
            try:
                yield file
                file.stream.close()
            except BaseException:
                file.stream.close()
                path.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise RefusedError(_unwritable()) from error

    def _new_path(self, stem: str, suffix: str, shelf: str) -> Path:
        folder = self._settings.reports
        if folder is None:
            raise RefusedError(_no_reports_folder())
        return folder / shelf / name_of_ours(_UNSAFE.sub("-", stem)[:60], self._clock(), suffix)

    async def saved(self, name: str, shelf: str | None = None) -> bytes:
        """The content of a report that was kept: on this shelf, or wherever it is.

        Raises:
            FileNotFoundError: there is no such report.
        """
        folder = self._settings.reports
        if folder is None:
            raise FileNotFoundError(name)
        limit = self._settings.max_report_bytes
        return await anyio.to_thread.run_sync(_read_from_shelves, folder, shelf, name, limit)


def name_of_ours(stem: str, at: datetime, suffix: str, *, letters: int = 8) -> str:
    """A name that no other file has: the stem, the day, and so many letters by chance."""
    # Letters only at the end: digits beside a date can look like a phone number, and would be masked.
    unique = "".join(secrets.choice(_LETTERS) for _ in range(letters))
    return f"{stem}-{at:%Y%m%d}-{unique}{suffix}"


def saved_file(name: str, size: int) -> SavedFile:
    """A file of the folder as an answer names it."""
    return SavedFile(name=name, uri=f"{REPORT_URI}{name}", size=size)


def _read_from_shelves(folder: Path, shelf: str | None, name: str, limit: int) -> bytes:
    """No two reports have one name, so the first that is found is meant."""
    if shelf is None:
        shelves = [folder, *(each for each in folder.glob("*") if each.is_dir() and not each.is_symlink())]
    else:
        shelves = [folder / shelf]
    for each in shelves:
        with contextlib.suppress(InvalidArgumentError):
            return _read_plain(each, name, limit)
    raise FileNotFoundError(name)


def _read_plain(folder: Path, name: str, limit: int = MAX_IMAGE_BYTES) -> bytes:
    """Opened without following links: no name and no swap leaves the folder."""
    if not plain_name(name):
        raise _no_such_file()
    try:
        opened = open_plain(folder, name)
    except (OSError, ValueError):
        raise _no_such_file() from None
    with opened:
        if os.fstat(opened.fileno()).st_size > limit:
            raise InvalidArgumentError("image", "the file is too large.", "Use an image of at most 300 KB.")
        return opened.read(limit + 1)


def _write_new(path: Path, content: bytes) -> None:
    with _open_new(path) as opened:
        opened.write(content)


def _open_new(path: Path) -> BinaryIO:
    path.parent.mkdir(parents=True, exist_ok=True)
    return create_new(path)


def _no_such_file() -> InvalidArgumentError:
    return InvalidArgumentError(
        "image",
        "there is no plain file of this name in the folder for images.",
        "Give the bare name of a file in CAMPAIGN_OPS_FILES__FOLDER, without a path.",
    )


def _no_reports_folder() -> Problem:
    return Problem(
        code="no_folder",
        message="Nothing was saved: no folder for reports is set.",
        next="A person sets CAMPAIGN_OPS_FILES__REPORTS.",
    )


def _unwritable() -> Problem:
    return Problem(
        code="folder_unwritable",
        message="Nothing was saved: the folder for reports cannot be written.",
        next="A person checks CAMPAIGN_OPS_FILES__REPORTS, its permissions and the free space.",
        retryable=True,
    )
