"""This program as a person starts it in a terminal."""

import shutil
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from server.own_python import PACKAGES, as_process
from server.systems import shell_line

NAME = "campaign-ops-mcp"
_MODULE = ("-P", "-m", "server.command.cli")
_PASSING = "archive-v0"
"""In the path of an environment that `uvx` made, which is gone when uv clears its cache."""


def typed(words: Sequence[str], environment: Mapping[str, str] = MappingProxyType({})) -> str:
    """What to type for this program with these words, and with this environment."""
    called, needs = program(sys.argv[0], sys.executable)
    return shell_line([*called, *words], {**needs, **environment})


def to_be_started(words: Sequence[str]) -> tuple[list[str], Mapping[str, str]]:
    """What another program runs for this one with these words, and with which environment.

    Whole paths: a program that was not started from a terminal has another PATH.
    """
    if _PASSING in Path(sys.prefix).parts and (runner := shutil.which("uvx")):
        return [runner, NAME, *words], {}
    (called, *rest), needs = program(sys.argv[0], sys.executable)
    return [shutil.which(called) or called, *rest, *words], needs


def in_this_python(*words: str) -> list[str]:
    """This program with these words in the Python that runs it, which imports nothing from its folder."""
    return as_process("server.command.cli", *words)


@cache
def program(called: str, python: str) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """The bare name where the PATH leads to this very program, else the whole path; and what it needs.

    Where it is not installed, the module is run from any folder, and nothing of that folder is imported.
    """
    candidates = (Path(called), Path(python).with_name(f"{NAME}{Path(python).suffix}"))
    started = next((path.absolute() for path in candidates if path.stem == NAME and path.exists()), None)
    if started is None:
        return (python, *_MODULE), {"PYTHONPATH": str(PACKAGES)}
    on_path = shutil.which(NAME)
    return (NAME if on_path and Path(on_path).resolve() == started.resolve() else str(started),), {}
