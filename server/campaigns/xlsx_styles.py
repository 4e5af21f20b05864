"""What a workbook's styles make of its cells: dates, numbers, texts as a person reads them, and strikes."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from server.campaigns.xlsx_package import elements, is_true, number_in
from tools.lists.excel_dates import Show, built_in_format, date_reader
from tools.lists.number_formats import Show as ShowNumber
from tools.lists.number_formats import number_format, text_format

T = TypeVar("T")
ShowText = Callable[[str], str]
_SECTIONS = frozenset(
    {"numFmts", "fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "dxfs", "cellStyles"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Styles:
    """By the number of a cell's style."""

    dates: Mapping[str, Show] = field(default_factory=dict[str, Show])
    """What shows its number as a date."""
    numbers: Mapping[str, ShowNumber] = field(default_factory=dict[str, ShowNumber])
    """What shows its number, no date, in a way of its own."""
    texts: Mapping[str, ShowText] = field(default_factory=dict[str, ShowText])
    """What shows its text with more around it."""
    struck: frozenset[str] = frozenset()
    """Those that strike through."""


@dataclass(slots=True)
class _Read:
    """What the part says, element by element."""

    codes: dict[int, str] = field(default_factory=dict[int, str])
    """Of formats, by their numbers."""
    formats: list[int] = field(default_factory=list[int])
    """Of styles, in their order; of `fonts` the same."""
    fonts: list[int] = field(default_factory=list[int])
    struck: set[int] = field(default_factory=set[int])
    """Fonts that strike through."""
    _fonts: int = 0
    _section: str = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        if name in _SECTIONS:
            self._section = name
            return
        match self._section, name:
            case "numFmts", "numFmt":
                self.codes[number_in(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
            case "fonts", "font":
                self._fonts += 1
            case "fonts", "strike" if is_true(attributes.get("val", "1")):
                self.struck.add(self._fonts - 1)
            case "cellXfs", "xf":
                self.formats.append(number_in(attributes.get("numFmtId")))
                self.fonts.append(number_in(attributes.get("fontId")))
            case _:
                pass


def read_styles(pieces: Iterator[bytes], *, from_1904: bool) -> Styles:
    """The styles of a workbook whose days count from 1900, or from 1904."""
    read = _Read()
    elements(pieces, read.start)
    dates, numbers, texts = dict[int, Show](), dict[int, ShowNumber](), dict[int, ShowText]()
    for each in set(read.formats):
        code = read.codes.get(each, "")
        if date := date_reader(code or built_in_format(each), from_1904=from_1904):
            dates[each] = date
        elif number := number_format(each, code):
            numbers[each] = number
        if text := text_format(code):
            texts[each] = text
    return Styles(
        dates=_by_style(read.formats, dates),
        numbers=_by_style(read.formats, numbers),
        texts=_by_style(read.formats, texts),
        struck=frozenset(str(at) for at, font in enumerate(read.fonts) if font in read.struck),
    )


def _by_style(formats: Sequence[int], shows: Mapping[int, T]) -> dict[str, T]:
    return {str(at): shows[each] for at, each in enumerate(formats) if each in shows}
