"""What the command lines share: the options that several have, and the loop that they run on."""

import json
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TextIO, TypeVar

import anyio
import typer

from server.command.log_lines import LogLines
from server.command.unanswered import UnansweredError
from server.command.usage import INTERRUPTED, spoken
from server.first_cause import first_cause
from server.languages.catalogue import in_language
from server.settings.settings import Settings, load_settings
from server.systems import looking_for_signals
from tools.sentence import sentence

T = TypeVar("T")
Sandbox = Annotated[
    bool, typer.Option("--sandbox", help=sentence("Of `serve --sandbox`, not of the real account."))
]
Config = Annotated[
    Path | None, typer.Option("--config", help=sentence("A TOML file with settings, instead of your own."))
]
Number = Annotated[
    str, typer.Argument(help=sentence("A mobile number: 0912345678, +886912345678, or of another country."))
]
ActionId = Annotated[str, typer.Argument(metavar="ID", help=sentence("As `actions list` shows it."))]
CampaignId = Annotated[str, typer.Argument(metavar="ID", help=sentence("As `campaigns list` shows it."))]
Yes = Annotated[bool, typer.Option("--yes", help=sentence("Ask nothing."))]
Port = Annotated[int, typer.Option("--port", min=0, max=65535, help=sentence("0 takes a free port."))]


def settings_from(file: TextIO) -> Settings:
    """The settings that another process hands over, with their secrets, which a command line would show."""
    values: dict[str, Any] = json.loads(file.read())
    return load_settings(None, sandbox=values)


def run(work: Callable[[], Awaitable[T]]) -> T:
    """Run it on an event loop; Ctrl-C ends it, also at a question, and says what did not happen.

    Raises:
        SystemExit: with `INTERRUPTED`, after Ctrl-C.
    """
    logging.getLogger().addHandler(LogLines())

    async def interruptible() -> T:
        with looking_for_signals():
            return await work()

    try:
        return anyio.run(interruptible)
    except* UnansweredError as ended:
        left = first_cause(ended)
        said = left.left if isinstance(left, UnansweredError) else ""
    except* KeyboardInterrupt:
        said = sentence("Ended by Ctrl-C.")
    raise interrupted(said)


def interrupted(said: str) -> SystemExit:
    """The end after Ctrl-C, which one sentence tells."""
    # The terminal stands behind the ^C that it showed.
    typer.echo("\n" + in_language(said, spoken()), err=True)
    return SystemExit(INTERRUPTED)
