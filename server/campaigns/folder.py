"""The folder of lists: a name can only mean a plain file in it, or one that its own sender uploaded."""

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from server.settings.settings import Settings
from server.systems import open_plain, plain_name
from tools.problems import InvalidArgumentError

_UPLOADS = "uploads"


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
            "A person sets CAMPAIGN_OPS_LISTS__FOLDER and puts it there.",
        )
    if plain_name(name):
        for place in (room_of(folder, shelf), folder):
            with suppress(OSError, ValueError):
                return open_plain(place, name)
    raise InvalidArgumentError(
        "file",
        "there is no plain file of this name in the folder for lists.",
        "Give the bare name of a file in CAMPAIGN_OPS_LISTS__FOLDER, without a path.",
    )
