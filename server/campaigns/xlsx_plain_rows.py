"""Rows that are written as spreadsheets write nearly all of them, read without a call for each of their tags.

A parser of XML calls back for each tag, text and attribute, which is most of what a long list costs. A row
of plain cells is one match of an expression instead. Whatever is written in any other way (a formula, an
entity, a comment, another order of attributes) is left to the parser, row by row, so that both say the same
of any file.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar
from xml.parsers import expat

from server.campaigns.xlsx_package import PIECE, reader

T = TypeVar("T")
Attributes = dict[str, str]
Values = Sequence[str | None]
"""The texts of a row's cells; None is not there."""

ROW_END = "</row>"
_END = ROW_END.encode()
_HELD_BACK = 4 * PIECE
"""Bytes without a row's end: the parser has them, and its limits."""
_MOST_CELLS = 100
"""Of a row that is read so."""
_MOST_LAYOUTS = 2_000
"""Different rows, but for their number and texts; a sheet has some ten."""
# What XML forbids in a text, what ends one, and the carriage return, which XML reads as another character.
_TEXT = "([^<>&\\x00-\\x08\\x0b-\\x1f\\ufffe\\uffff]+)"
_FURTHER = "([^<>&/]{0,200})"
_ROW = f'<row r="([0-9]{{1,7}})"{_FURTHER}>'
_OF_ROW, _OF_CELL = 2, 4
"""Groups of the expression: a number and what follows it; a column, what follows it, `is` and the text."""


def _cell(inline: int) -> str:
    """The expression of a cell; `inline` is the number of its third group."""
    return (
        f'(?><c r="([A-Z]{{1,3}})[0-9]{{1,7}}"{_FURTHER}'
        f'(?:/>|>(?:(?:<v>|(<is><t(?: xml:space="preserve")?>)){_TEXT}(?({inline})</t></is>|</v>))?</c>))'
    )


class Sieve(Generic[T]):
    """Takes plain rows out of a sheet's bytes; what is left is for the parser."""

    def __init__(
        self,
        layout_of: Callable[[Attributes, Sequence[tuple[str, Attributes]]], T | None],
        take: Callable[[str, T, Values], None],
        may_begin: Callable[[int], bool],
    ) -> None:
        """`layout_of` a row's attributes, and of each cell's column and attributes; None is for the parser.

        `take` takes a row: its number, its layout and its texts. `may_begin` tells whether the parser stands
        between two rows after so many bytes.
        """
        self._layout_of = layout_of
        self._take = take
        self._may_begin = may_begin
        self._shapes: dict[int, re.Pattern[str]] = {}
        self._shape = self._of_so_many(1)
        self._layouts: dict[tuple[str, ...], T | None] = {}
        self._left = 0

    def left(self, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """What the parser has to read, in its order; something, or nothing, for each piece at least."""
        rest = b""
        for piece in pieces:
            rest += piece
            end = rest.rfind(_END) + len(_END)
            if end >= len(_END):
                yield from self._sifted(rest[:end])
                rest = rest[end:]
            if len(rest) > _HELD_BACK:
                self._left += len(rest)
                yield rest
                rest = b""
            yield b""
        yield rest

    def _sifted(self, some: bytes) -> Iterator[bytes]:
        """The same of bytes that end as a row does."""
        try:
            text = some.decode()
        except UnicodeDecodeError:
            self._left += len(some)
            yield some
            return
        at = 0
        while True:
            if self._may_begin(self._left):
                at = self._taken(text, at)
            if at == len(text):
                return
            end = text.index(ROW_END, at) + len(ROW_END)
            other = text[at:end].encode()
            self._left += len(other)
            at = end
            yield other

    def _taken(self, text: str, at: int) -> int:
        """Take the rows from this place on, as long as they are plain; the place behind them."""
        layouts, take = self._layouts, self._take
        while found := self._shape.match(text, at) or self._reshaped(text, at):
            groups = found.groups()
            key = groups[1:_OF_ROW] + groups[2::_OF_CELL] + groups[3::_OF_CELL]
            try:
                layout = layouts[key]
            except KeyError:
                layout = self._learned(key)
            if layout is None:
                break
            take(groups[0], layout, groups[5::_OF_CELL])
            at = found.end()
        return at

    def _reshaped(self, text: str, at: int) -> re.Match[str] | None:
        """The row at this place, where it has another number of cells than the last one."""
        cells = text.count("<c ", at, text.find(ROW_END, at))
        if cells > _MOST_CELLS:
            return None
        self._shape = self._of_so_many(cells)
        return self._shape.match(text, at)

    def _of_so_many(self, cells: int) -> re.Pattern[str]:
        shape = self._shapes.get(cells)
        if shape is None:
            written = "".join(_cell(_OF_ROW + _OF_CELL * each + 3) for each in range(cells))
            shape = self._shapes[cells] = re.compile(_ROW + written + ROW_END)
        return shape

    def _learned(self, key: tuple[str, ...]) -> T | None:
        """The layout of rows that are written so."""
        if len(self._layouts) > _MOST_LAYOUTS:
            self._layouts.clear()
        cells = (len(key) - 1) // 2
        row, *each = (_attributes(further) for further in (key[0], *key[1 + cells :]))
        known = [attributes for attributes in each if attributes is not None]
        whole = row is not None and len(known) == cells
        layout = (
            self._layout_of(row, list(zip(key[1:], known, strict=False)))
            if row is not None and whole
            else None
        )
        self._layouts[key] = layout
        return layout


def _attributes(further: str) -> Attributes | None:
    """What stands behind the first attribute, as the parser reads it; None where it is not well-formed."""
    found: list[Attributes] = []
    parser = reader()
    parser.StartElementHandler = lambda _name, attributes: found.append(attributes)
    try:
        parser.Parse(f'<c r=""{further}/>'.encode(), True)  # noqa: FBT003 - expat's own signature
    except (expat.ExpatError, ValueError):
        return None
    (attributes,) = found
    del attributes["r"]
    return attributes
