"""The folder of lists: a name can only mean a plain file in it, or one that its own sender uploaded."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, NamedTuple

import anyio.to_thread

from server.settings.settings import Settings
from server.systems import open_plain, plain_name
from tools.problems import InvalidArgumentError
from tools.sentence import sentence

_UPLOADS = "uploads"
_SUFFIXES = frozenset({".csv", ".tsv", ".txt", ".xlsx"})
MOST_NAMES = 100
"""Lists that are named; nobody looks through more."""


def lists_folder(settings: Settings) -> Path | None:
    """Where lists are; None where no folder is set."""
    return settings.lists.folder or settings.files.folder


def room_of(folder: Path, shelf: str) -> Path:
    """Where the lists are that came over HTTP from the holder of a token of this name; '' for everybody's."""
    return folder / _UPLOADS / shelf


def open_list(settings: Settings, name: str, shelf: str) -> BinaryIO:
    """Open a file of the folder, or of the caller's own room in it, following no link.

    Raises:
        InvalidArgumentError: no folder is set, or the name is not one of a plain file in it.
    """
    folder = lists_folder(settings)
    if folder is None:
        raise InvalidArgumentError(
            "file",
            "no folder for lists is set.",
            sentence("A person sets CAMPAIGN_OPS_LISTS__FOLDER and puts it there."),
        )
    if plain_name(name):
        for place in (room_of(folder, shelf), folder):
            with suppress(OSError, ValueError):
                return open_plain(place, name)
    raise InvalidArgumentError(
        "file",
        sentence("there is no plain file of this name in the folder for lists."),
        sentence("Give the bare name of a file in CAMPAIGN_OPS_LISTS__FOLDER, without a path."),
    )


class ListFile(NamedTuple):
    """A list that can be opened by its name, and when it was written."""

    name: str
    at: datetime


async def lists_there(settings: Settings, shelf: str) -> list[ListFile]:
    """The lists that can be opened by name, newest first; none where there is no folder."""
    folder = lists_folder(settings)
    return [] if folder is None else await anyio.to_thread.run_sync(_there, folder, shelf)


def _there(folder: Path, shelf: str) -> list[ListFile]:
    found: dict[str, float] = {}
    for place in (room_of(folder, shelf), folder):
        with suppress(OSError):
            for each in place.iterdir():
                if each.suffix.lower() in _SUFFIXES and plain_name(each.name) and each.is_file():
                    found.setdefault(each.name, each.lstat().st_mtime)
    newest = sorted(found, key=lambda name: -found[name])[:MOST_NAMES]
    return [ListFile(name, datetime.fromtimestamp(found[name], UTC)) for name in newest]
