"""The folder of lists: a name can only mean a plain file in it."""

from typing import BinaryIO

from server.settings.settings import Settings
from server.systems import open_plain, plain_name
from tools.problems import InvalidArgumentError


def open_list(settings: Settings, name: str) -> BinaryIO:
    """Open a file of the folder, following no link.

    Raises:
        InvalidArgumentError: no folder is set, or the name is not one of a plain file in it.
    """
    folder = settings.lists.folder or settings.files.folder
    if folder is None:
        raise InvalidArgumentError(
            "file",
            "no folder for lists is set.",
            "A person sets CAMPAIGN_OPS_LISTS__FOLDER and puts it there.",
        )
    try:
        if plain_name(name):
            return open_plain(folder, name)
    except (OSError, ValueError):
        pass
    raise InvalidArgumentError(
        "file",
        "there is no plain file of this name in the folder for lists.",
        "Give the bare name of a file in CAMPAIGN_OPS_LISTS__FOLDER, without a path.",
    )
