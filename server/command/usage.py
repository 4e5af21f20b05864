"""Help and mistakes of a command line in the person's language: what typer says stands in our catalogue too.

Typer looks its own words up with gettext, in the language that the environment names; what it writes in
English alone is said here in sentences of ours.
"""

import os
import re
import sys
from collections.abc import Generator
from contextlib import contextmanager
from difflib import get_close_matches
from functools import cache
from gettext import bindtextdomain
from itertools import pairwise
from pathlib import Path
from typing import Any, NoReturn, cast

import typer
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from server.command.help_page import help_page, usage_line
from server.languages.catalogue import DOMAIN, FOLDER, Language, in_language
from server.settings.language import language_of
from tools.cleaning import clean
from tools.sentence import Sentence, of_text, sentence, together

INTERRUPTED = 130
"""The exit code after Ctrl-C."""
UsageError = cast("type[TyperException]", typer.BadParameter.__mro__[1])
"""What typer shows together with the usage; it has no public name."""
TYPERS = (
    sentence("[OPTIONS]"),
    sentence("COMMAND [ARGS]..."),
    sentence("Error"),
    sentence("Aborted."),
    sentence("Missing command."),
    sentence("Show this message and exit."),
    sentence("Try [blue]'{command_path} {help_option}'[/] for help."),
)
"""What typer looks up, and the metavars of its usage lines."""
_EXTRA = re.compile(r"Got unexpected extra argument\(s\) \((.*)\)", re.DOTALL)


@cache
def spoken() -> Language:
    """The language of this command line: of the settings that it names, or else of those in force."""
    language = language_of(_config(sys.argv[1:]))
    if language != "en":
        os.environ["LANGUAGE"] = language.replace("-", "_")
        bindtextdomain(DOMAIN, str(FOLDER))
    return language


def _config(words: list[str]) -> Path | None:
    """What `--config` names, the last one where there are several, before anything is known of the rest."""
    named: Path | None = None
    for word, following in pairwise([*words, ""]):
        if word == "--config" and following:
            named = Path(following)
        if word.startswith("--config="):
            named = Path(word.partition("=")[2])
    return named


class SpokenCommand(TyperCommand):
    """A command with its help in the person's language."""

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """See typer."""
        formatter.write(usage_line(ctx.command_path, self.collect_usage_pieces(ctx), spoken()))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """See typer."""
        typer.echo(help_page(self, ctx, spoken()))


class SpokenGroup(TyperGroup):
    """A group of commands with its help and its mistakes in the person's language."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """See typer: a name that is misspelt is answered with those that are like it."""
        if self.get_command(ctx, args[0]) is None:
            close = get_close_matches(args[0], list(self.commands))
            near = sentence("Did you mean {names}?", names=", ".join(map(repr, close))) if close else ""
            _raise_at(ctx, together(sentence("There is no command {name!r}.", name=args[0]), near))
        return super().resolve_command(ctx, args)

    def format_usage(self, ctx: Any, formatter: Any) -> None:
        """See typer."""
        formatter.write(usage_line(ctx.command_path, self.collect_usage_pieces(ctx), spoken()))

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """See typer."""
        typer.echo(help_page(self, ctx, spoken()))

    def make_context(self, *given: Any, **named: Any) -> Any:
        """See typer."""
        with _in_our_words():
            return super().make_context(*given, **named)

    def invoke(self, ctx: Any) -> Any:
        """See typer."""
        with _in_our_words():
            return super().invoke(ctx)


@contextmanager
def _in_our_words() -> Generator[None]:
    try:
        yield
    except (EOFError, KeyboardInterrupt):
        # Typer says that it ends, in words that it looks up now.
        spoken()
        raise
    except TyperException as error:
        if type(error).__name__ == "NoArgsIsHelpError" or getattr(error, "in_our_words", False):
            raise
        _raise_at(getattr(error, "ctx", None), _mistake(error))


def _raise_at(ctx: Any, said: str) -> NoReturn:
    """A mistake of the command line that has this context."""
    mistake: Any = UsageError(in_language(said, spoken()))
    mistake.ctx, mistake.in_our_words = ctx, True
    raise mistake from None


def _mistake(error: Any) -> str:
    match type(error).__name__:
        case "NoSuchOption":
            return together(
                sentence("There is no option {name}.", name=clean(error.option_name)), _near(error)
            )
        case "MissingParameter":
            return sentence("{name} is missing.", name=error.param.get_error_hint())
        case "BadOptionUsage":
            return sentence(
                "{name} is used wrongly: see whether it takes a value.", name=clean(error.option_name)
            )
        case "BadParameter" if isinstance(error.message, Sentence) or error.param is None:
            return error.message
        case "BadParameter":
            return sentence("{name}: {said}", name=error.param.get_error_hint(), said=_form(error.param))
        case _:
            return _of_words(error.message)


def _near(error: Any) -> str:
    names = sorted(error.possibilities or ())
    return sentence("Did you mean {names}?", names=", ".join(names)) if names else ""


def _form(option: Any) -> str:
    """Of an option's value: all that are not texts, flags or paths are whole numbers."""
    least, most = getattr(option, "min", None), getattr(option, "max", None)
    if most is not None:
        return sentence("write a whole number from {least} to {most}.", least=least or 0, most=most)
    return sentence("write a whole number, at least {least}.", least=least or 0)


def _of_words(message: str) -> str:
    """What typer writes in English alone, by its words, or looked up before it knew the language.

    What it may write besides stays as it is.
    """
    if found := _EXTRA.fullmatch(message):
        return sentence("These words are too many: {words}", words=found[1])
    return of_text(message)
