"""A group whose commands are imported when they are named: the one door to the files of this folder."""

import gc
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command

from server.command.usage import SpokenCommand, SpokenGroup


def late_group(places: Mapping[str, str]) -> type[SpokenGroup]:
    """A group of these commands; each has a place, such as `server.command.serve:serve`."""

    class LateGroup(SpokenGroup):
        """See `late_group`."""

        def __init__(self, **given: Any) -> None:
            super().__init__(**given)
            # Help and the hint at a misspelt name go by the names.
            self.commands = {**{name: TyperCommand(name) for name in places}, **self.commands}

        def get_command(self, ctx: Any, cmd_name: str) -> Any:
            """The command, imported now."""
            place = places.get(cmd_name)
            return super().get_command(ctx, cmd_name) if place is None else _imported(cmd_name, place)

    return LateGroup


def _imported(name: str, place: str) -> Any:
    module, _, function = place.partition(":")
    # Nothing that an import makes is garbage: looking for some takes a tenth of a start.
    gc.disable()
    body = getattr(import_module(module), function)
    gc.enable()
    gc.freeze()
    alone = typer.Typer(add_completion=False)
    alone.command(name, cls=SpokenCommand)(body)
    return get_command(alone)
