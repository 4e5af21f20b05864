"""`campaign-ops-mcp install` and `uninstall`: this server in another program's list, after a yes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.command.common import FAILED, OK
from server.command.options import Config, Yes, run
from server.command.terminal import Terminal, terminal
from server.hosts.changing import ChangedMeanwhileError, read_text, replace_text
from server.hosts.hosts import ENTRY, HOSTS, Host, HostName
from server.settings.language import environment_of_language
from server.settings.own_program import to_be_started
from tools.sentence import Sentence, sentence
from tools.taipei import TAIPEI

HostOption = Annotated[HostName, typer.Argument(help=sentence("The program that starts this server."))]


async def install_into(host: Host, *words: str, config: Path | None, yes: bool) -> int:
    """Put this server in the program's list; the exit code."""
    out = terminal(config)
    path = host.file()
    text = _readable(host, path, out)
    if text is None:
        return FAILED
    held = host.held(text)
    command, environment = to_be_started(words)
    # Accounts and limits that a person wrote into the entry stay there.
    kept = {**environment_of_language(config), **(held or {}).get("env", {}), **environment}
    entry = {**(held or {}), **host.entry(command, kept)}
    if held == entry:
        out.say(sentence("{host} starts this server already. Nothing was changed.", host=host.title))
        return OK
    out.say(_asking(held is not None, host, path))
    out.say(f"  {' '.join(command)}")
    done = sentence("{host} starts this server from its next start on.", host=host.title)
    return await _Change(path, text, partial(host.added, text, entry), done).carried_out(out, yes=yes)


async def remove_from(host: Host, *, config: Path | None, yes: bool) -> int:
    """Take this server out of the program's list; the exit code."""
    out = terminal(config)
    path = host.file()
    text = _readable(host, path, out)
    if text is None:
        return FAILED
    if host.held(text) is None:
        out.say(sentence("{host} does not start this server. Nothing was changed.", host=host.title))
        return OK
    out.say(sentence("Remove {name} from {path}?", name=ENTRY, path=str(path)))
    done = sentence("{host} starts this server no more, from its next start on.", host=host.title)
    return await _Change(path, text, partial(host.removed, text), done).carried_out(out, yes=yes)


def _asking(there: bool, host: Host, path: Path) -> Sentence:  # noqa: FBT001 - the one thing it depends on
    if there:
        return sentence(
            "Replace {name} in {path}, so that {host} runs this?", name=ENTRY, path=str(path), host=host.title
        )
    return sentence(
        "Add {name} to {path}, so that {host} runs this?", name=ENTRY, path=str(path), host=host.title
    )


def _readable(host: Host, path: Path, out: Terminal) -> str | None:
    """The file's text; None, once the person was told, where it is not what it should be."""
    try:
        text = read_text(path)
        host.held(text)
    except (OSError, ValueError, RecursionError):
        out.say(sentence("Nothing was changed: {path} cannot be read. Correct it first.", path=str(path)))
        return None
    return text


@dataclass(frozen=True, slots=True)
class _Change:
    """A change of a file that was read, and what to say when it is made."""

    path: Path
    old: str
    new: Callable[[], str]
    done: Sentence

    async def carried_out(self, out: Terminal, *, yes: bool) -> int:
        """Make it once a person agreed; the exit code."""
        where = str(self.path)
        try:
            new = self.new()
        except ValueError:
            out.say(
                sentence(
                    "Nothing was changed: {path} is written in a way that is left alone. Change it by hand.",
                    path=where,
                )
            )
            return FAILED
        unchanged = sentence("Nothing was changed.")
        if not (yes or await out.agreed(sentence("Write it?"), otherwise=unchanged)):
            return FAILED
        try:
            copy = replace_text(self.path, self.old, new, copy_at=datetime.now(TAIPEI))
        except ChangedMeanwhileError:
            out.say(sentence("Nothing was changed: {path} was written meanwhile. Try again.", path=where))
            return FAILED
        except OSError:
            out.say(sentence("Nothing was changed: {path} cannot be written.", path=where))
            return FAILED
        if copy:
            out.say(sentence("What was there before is in {path}.", path=str(copy)))
        out.say(self.done)
        return OK


def install(
    host: HostOption,
    *,
    sandbox: Annotated[
        bool, typer.Option("--sandbox", help=sentence("With both vendors simulated; nothing real is sent."))
    ] = False,
    yes: Yes = False,
    config: Config = None,
) -> None:
    """Have another program start this server: shows the change, asks, and keeps a copy of the file."""
    words = ["serve", *(["--sandbox"] if sandbox else [])]
    words += ["--config", str(config.absolute())] if config else []
    raise SystemExit(run(partial(install_into, HOSTS[host], *words, config=config, yes=yes)))


def uninstall(host: HostOption, *, yes: Yes = False, config: Config = None) -> None:
    """Take this server out of another program's list again."""
    raise SystemExit(run(partial(remove_from, HOSTS[host], config=config, yes=yes)))
