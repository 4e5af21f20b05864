"""Settings from several places laid over each other, each remembered with where it came from."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from server.settings.file import FILE_VARIABLE, SettingsFile
from tools.sentence import sentence

PREFIX = "CAMPAIGN_OPS_"
ENVIRONMENT = sentence("the environment")
COMMAND_LINE = sentence("the command line")
SANDBOX = "--sandbox"
DEFAULT = sentence("default")

Place = tuple[str, ...]
"""A setting's place in the models: `("policy", "points_per_day")`."""


def name_of(place: Place) -> str:
    """The setting's name in the environment."""
    return PREFIX + "__".join(place).upper()


def place_of(name: str) -> Place:
    """The place of a name of the environment."""
    return tuple(name[len(PREFIX) :].lower().split("__"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Origins:
    """Where the settings in force came from; what is not in `of` has its default."""

    of: Mapping[Place, str] = field(default_factory=lambda: MappingProxyType({}))
    file: Path | None = None
    """The file that was read."""
    file_was_named: bool = False
    """By `--config` or by the environment; else it is the user's own, which every command reads."""

    def origin(self, *place: str) -> str:
        """Where a setting came from, or parts of it."""
        found = dict.fromkeys(origin for at, origin in self.of.items() if at[: len(place)] == place)
        first, *others = list(found) or [DEFAULT]
        for other in others:
            first = sentence("{first} and {second}", first=first, second=other)
        return first

    def names_by_origin(self) -> dict[str, list[str]]:
        """The names of the settings in force that are not the default, by where they came from."""
        found: dict[str, list[str]] = {}
        for place, origin in sorted(self.of.items()):
            found.setdefault(origin, []).append(name_of(place))
        return found

    @property
    def sandbox(self) -> bool:
        """Whether `--sandbox` replaced accounts and store."""
        return SANDBOX in self.of.values()


def laid_over(
    file: SettingsFile | None, options: Mapping[str, Any], sandbox: Mapping[str, Any]
) -> tuple[dict[str, Any], Origins]:
    """All values as one tree, and their origins: `--sandbox` over options, environment and file."""
    tree: dict[str, Any] = {}
    of: dict[Place, str] = {}
    layers = [(str(file.path), file.values)] if file else []
    layers += [(ENVIRONMENT, _environment()), (COMMAND_LINE, options), (SANDBOX, sandbox)]
    for origin, values in layers:
        for place, value in _leaves(values):
            _put(tree, place, value)
            of[place] = origin
    named = file is not None and file.named
    return tree, Origins(of=of, file=file.path if file else None, file_was_named=named)


def _environment() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in sorted(os.environ):
        if name.upper().startswith(PREFIX) and name.upper() != FILE_VARIABLE:
            _put(found, place_of(name), os.environ[name])
    return found


def _leaves(values: Mapping[str, Any], above: Place = ()) -> Iterator[tuple[Place, Any]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _leaves(cast("Mapping[str, Any]", value), (*above, name))
        else:
            yield (*above, name), value


def _put(tree: dict[str, Any], place: Place, value: Any) -> None:
    """A value where a section belongs stays: it is the mistake that has to be told."""
    for name in place[:-1]:
        below: object = tree.setdefault(name, {})
        if not isinstance(below, dict):
            return
        tree = cast("dict[str, Any]", below)
    tree[place[-1]] = value
