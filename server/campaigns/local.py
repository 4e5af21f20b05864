"""The one worker of a store on this machine: whether it runs, and how it is started beside a server."""

import json
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from pydantic import SecretStr

from server.file_locks import is_held
from server.folders import folder_of
from server.settings.own_program import in_this_python
from server.settings.settings import Settings
from server.systems import start_detached

LOCK = "worker.lock"
"""The file beside the store that a running worker holds."""
_log = logging.getLogger(__name__)


def lock_of(settings: Settings) -> Path:
    """The file that a running worker holds."""
    return folder_of(settings) / LOCK


def start_worker(settings: Settings) -> int | None:
    """Start one that outlives this process, and ends when nothing is left to do; None where one runs.

    It gets these settings by its standard input: they hold passwords, which a command line would show.
    """
    if is_held(lock_of(settings)):
        return None
    command = in_this_python("worker", "--until-idle", "--settings-from-stdin")
    _log.info("a worker is started for the campaigns of this store")
    return start_detached(command, json.dumps(whole(settings)).encode())


def whole(settings: Settings) -> dict[str, object]:
    """The settings with their secrets, as `Settings` reads them again."""
    return cast("dict[str, object]", _revealed(settings.model_dump()))


def _revealed(value: object) -> object:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, dict):
        return {name: _revealed(each) for name, each in cast("dict[str, object]", value).items()}
    if isinstance(value, list | tuple):
        return [_revealed(each) for each in cast("Sequence[object]", value)]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
