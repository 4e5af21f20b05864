"""What a command says to the person: in their language, in columns as wide as they are on a screen."""

import sys
from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

import anyio.to_thread
from rich.cells import cell_len
from rich.console import Console

from server.command.unanswered import UnansweredError
from server.languages.catalogue import Language, in_language
from server.settings.language import language_of
from tools.sentence import Sentence, sentence

_YES = ("y", "yes")


class Terminal:
    """Plain text without markup: what is printed can hold text from outside."""

    def __init__(self, language: Language) -> None:
        self.language: Language = language
        self.console = Console(markup=False, highlight=False, soft_wrap=True)

    def say(self, said: str) -> None:
        """A line of its own."""
        self.console.print(in_language(said, self.language))

    def headline(self, said: str) -> None:
        """A line across the screen."""
        self.console.rule(in_language(said, self.language))

    async def ask(self, said: str, *, left: Sentence) -> str:
        """What the person types; Ctrl-C ends the waiting at once.

        Raises:
            EOFError: nobody can type any more.
            UnansweredError: the person ended the command, which left this undone.
        """
        prompt = in_language(said, self.language)
        asking = partial(self.console.input, prompt, markup=False, emoji=False)
        try:
            return await anyio.to_thread.run_sync(asking, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            raise UnansweredError(left) from None

    async def agreed(self, question: Sentence, *, otherwise: Sentence) -> bool:
        """Whether the person says yes; `otherwise` is said of anything else, and nobody there is a no."""
        try:
            typed = await self.ask(sentence("{question} [y/n] ", question=question), left=otherwise)
        except EOFError:
            # What is said next stands on a line of its own.
            self.say("")
            typed = ""
        if typed.strip().casefold() in _YES:
            return True
        self.say(otherwise)
        return False

    def columns(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows whose columns stand below each other; nothing is cut, however narrow the screen."""
        told = [[in_language(cell, self.language) for cell in row] for row in rows]
        widths = [max(map(cell_len, column)) for column in zip(*told, strict=True)]
        for row in told:
            cells = (wide(cell, width) for cell, width in zip(row, widths, strict=True))
            self.console.print("  ".join(cells).rstrip())


def is_a_terminal() -> bool:
    """Whether what is typed comes from a terminal, and what is said goes to one."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def wide(text: str, cells: int) -> str:
    """A text filled up with spaces to this many cells of a screen; a Chinese character takes two."""
    return text + " " * (cells - cell_len(text))


def terminal(config: Path | None) -> Terminal:
    """The terminal, in the language of the settings, also of those that cannot be used otherwise."""
    return Terminal(language_of(config))
