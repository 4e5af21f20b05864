"""The texts of a workbook, which its cells name by their place: a million rows may have two million of them.

As objects of Python they would take 150 MB. They are kept compressed in blocks, some 5 bytes for a name or a
number; some blocks are at hand as they are. Spreadsheets write texts in the order in which rows need them, so
that a block is opened once; where a long sheet was sorted since, blocks are opened again and again.
"""

import json
import zlib

_BLOCK = 128
"""Texts of a block."""
_AT_HAND = 8_000_000
"""Characters of the blocks that are at hand, one block at least: the texts of 100,000 people."""
_EACH = 32
"""Characters that an object of Python takes beside its text."""
_LEVEL = 1


class Strings:
    """Texts that are added one after the other, and found by their number."""

    def __init__(self) -> None:
        self._packed: list[bytes] = []
        self._last: list[str] = []
        """The block that is not full."""
        self._open: dict[int, list[str]] = {}
        """Blocks that are at hand; who came first goes first."""
        self._characters = 0

    def __len__(self) -> int:
        return len(self._packed) * _BLOCK + len(self._last)

    def add(self, text: str) -> None:
        """One more."""
        self._last.append(text)
        if len(self._last) == _BLOCK:
            full, self._last = self._last, []
            written = json.dumps(full, ensure_ascii=False, separators=(",", ":"))
            # A workbook can write half a pair of surrogates.
            self._packed.append(zlib.compress(written.encode("utf-8", "surrogatepass"), _LEVEL))
            self._keep(len(self._packed) - 1, full)

    def __getitem__(self, number: int) -> str:
        """The text of this number.

        Raises:
            IndexError: there is none.
        """
        if number < 0:
            raise IndexError
        at, place = divmod(number, _BLOCK)
        block = self._open.get(at)
        if block is None:
            block = self._last if at == len(self._packed) else self._opened(at)
        return block[place]

    def _opened(self, at: int) -> list[str]:
        block: list[str] = json.loads(zlib.decompress(self._packed[at]).decode("utf-8", "surrogatepass"))
        self._keep(at, block)
        return block

    def _keep(self, at: int, block: list[str]) -> None:
        self._open[at] = block
        self._characters += _size(block)
        while self._characters > _AT_HAND and len(self._open) > 1:
            self._characters -= _size(self._open.pop(next(iter(self._open))))


def _size(block: list[str]) -> int:
    return sum(map(len, block)) + _EACH * len(block)
