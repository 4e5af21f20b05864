"""Finds every sentence of the code for the catalogue: what `sentence` and `plural` are given, and helps."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from jinja2 import Environment
from jinja2.ext import extract_from_ast

from server.command.cli import PLACES

ROOT = Path(__file__).resolve().parent.parent
_ROOMS = ("server", "tools")
_DEFINED = Path("tools/sentence.py")
_FUNCTIONS = {"sentence": 1, "plural": 2}
"""How many templates each takes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A sentence, and the file that says it."""

    template: str
    plural: str = ""
    file: str

    @property
    def key(self) -> tuple[str, str]:
        """What makes two the same."""
        return self.template, self.plural


class NoTemplateError(Exception):
    """A sentence is made of something else than a text that stands there."""


def found() -> dict[tuple[str, str], list[str]]:
    """Every sentence with the files that say it, in the order of the files."""
    everything: dict[tuple[str, str], list[str]] = {}
    for each in (*_said(), *_shown(), *_helps()):
        files = everything.setdefault(each.key, [])
        if each.file not in files:
            files.append(each.file)
    return everything


def _said() -> Iterator[Found]:
    for room in _ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT)
            # The one place where templates come by name.
            if name == _DEFINED:
                yield from in_code(path.read_text("utf-8"), str(name), whole=False)
            else:
                yield from in_code(path.read_text("utf-8"), str(name))


def in_code(code: str, file: str, *, whole: bool = True) -> Iterator[Found]:
    """The sentences of a file.

    Raises:
        NoTemplateError: with `whole`, when one is not written out.
    """
    for node in ast.walk(ast.parse(code)):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name):
            continue
        count = _FUNCTIONS.get(node.func.id)
        if count is None:
            continue
        given = [each.value for each in node.args[:count] if isinstance(each, ast.Constant)]
        texts = [each for each in given if isinstance(each, str)]
        if len(texts) == count:
            yield Found(template=texts[0], plural=texts[1] if count > 1 else "", file=file)
        elif whole:
            raise NoTemplateError(f"{file}, line {node.lineno}: a sentence is not written out")


def _shown() -> Iterator[Found]:
    """The sentences of the page's templates."""
    for path in sorted((ROOT / "server").rglob("templates/*.html")):
        yield from in_template(path.read_text("utf-8"), str(path.relative_to(ROOT)))


def in_template(text: str, file: str) -> Iterator[Found]:
    """The sentences of a template: what `_` and `_n` are given.

    Raises:
        NoTemplateError: one is not written out.
    """
    parsed = Environment(autoescape=True).parse(text)
    for line, function, given in extract_from_ast(parsed, ("_", "_n"), babel_style=True):
        texts = [given] if isinstance(given, str) else [each for each in given or () if isinstance(each, str)]
        if len(texts) != (2 if function == "_n" else 1):
            raise NoTemplateError(f"{file}, line {line}: a sentence is not written out")
        yield Found(template=texts[0], plural=texts[1] if function == "_n" else "", file=file)


def _helps() -> Iterator[Found]:
    for place in PLACES:
        module, _, function = place.partition(":")
        help_text = (getattr(import_module(module), function).__doc__ or "").strip()
        yield Found(template=help_text, file=f"{module.replace('.', '/')}.py")
