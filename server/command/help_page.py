"""The help of a command, in whole sentences at any width: typer's own cuts a sentence that has no spaces."""

import shutil
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from server.command.wide_lines import cells, wrapped
from server.languages.catalogue import Language, in_language
from tools.sentence import of_text, sentence, together

Row = tuple[str, str]
"""What is typed, and what it means."""
_WIDEST = 100
"""Longer lines are hard to read."""
_NARROWEST = 16
_MARGIN, _GAP = 2, 2
_KINDS = {
    "str": sentence("TEXT"),
    "path": sentence("FILE"),
    "int range": sentence("NUMBER"),
}
"""What an option takes, by typer's name of it."""


def help_page(command: Any, ctx: Any, language: Language) -> str:
    """The page as it is printed, for the terminal that there is."""
    width = min(shutil.get_terminal_size().columns, _WIDEST)
    shown = [each for each in command.get_params(ctx) if not each.hidden]
    arguments = [each for each in shown if each.param_type_name == "argument"]
    options = [each for each in shown if each.param_type_name == "option"]
    parts = [
        (sentence("Arguments:"), [_parameter(each, ctx, language) for each in arguments]),
        (sentence("Options:"), [_parameter(each, ctx, language) for each in options]),
        (sentence("Commands:"), list(_commands(command, ctx, language))),
    ]
    about = wrapped(_said(command.help or "", language), width)
    lines = [command.get_usage(ctx), "", *about]
    for heading, rows in parts:
        if rows:
            lines += ["", typer.style(in_language(heading, language), bold=True), *_table(rows, width)]
    return "\n".join(lines)


def usage_line(path: str, pieces: Iterable[str], language: Language) -> str:
    """How a command is called."""
    head = in_language(sentence("Usage: "), language)
    line = " ".join((path, *(_said(piece, language) for piece in pieces)))
    inside = shutil.get_terminal_size().columns - cells(head)
    return head + ("\n" + " " * cells(head)).join(wrapped(line, inside))


def _said(text: str, language: Language) -> str:
    return in_language(of_text(text), language)


def _commands(group: Any, ctx: Any, language: Language) -> Iterator[Row]:
    for name in getattr(group, "commands", ()):
        yield name, _said(group.get_command(ctx, name).help or "", language)


def _parameter(parameter: Any, ctx: Any, language: Language) -> Row:
    """An option or an argument, with what it takes."""
    takes = "" if getattr(parameter, "is_flag", False) else parameter.display_type(ctx).strip("<>")
    notes = [_said(parameter.help or "", language)]
    if "|" in takes:
        notes.append(in_language(sentence("One of: {names}.", names=", ".join(takes.split("|"))), language))
    if parameter.required:
        notes.append(in_language(sentence("[required]"), language))
    elif takes and parameter.default not in (None, ""):
        notes.append(in_language(sentence("[default: {value}]", value=parameter.default), language))
    if parameter.param_type_name == "argument":
        return parameter.metavar or parameter.name, together(*notes)
    kind = in_language(_KINDS.get(takes, ""), language)
    return " ".join(filter(None, (", ".join(parameter.opts), kind))), together(*notes)


def _table(rows: list[Row], width: int) -> Iterator[str]:
    """Two columns, the first as wide as what stands in it."""
    first = max(cells(typed) for typed, _ in rows) + _MARGIN + _GAP
    for typed, meaning in rows:
        lines = wrapped(meaning, max(width - first, _NARROWEST))
        rest = " " * (first - _MARGIN - cells(typed))
        yield " " * _MARGIN + typer.style(typed, fg="cyan") + rest + lines[0]
        yield from (" " * first + line for line in lines[1:])
