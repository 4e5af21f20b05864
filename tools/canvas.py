"""A picture as SVG, filled from the top down: headings, lines of text, bars and curves on white paper."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from xml.etree import ElementTree as ET

from tools.cleaning import clean

Say = Callable[[str], str]
"""A sentence of ours in the language of the picture."""

WIDTH = 600
_MARGIN = 16
_INK, _SOFT, _LINE = "#1c2430", "#5b6675", "#d9dee6"
_COLOURS = {
    "delivered": "#1a7f4b",
    "pending": "#8a6d00",
    "scheduled": "#2f6fb3",
    "cancelled": "#7b8594",
    "failed_retryable": "#c2571a",
    "failed_permanent": "#b3261e",
    "unknown": "#6a4fb0",
}
"""Those of the views (`server/mcp/views/shell.html`), in their light theme."""
_FONTS = ",".join(
    f"'{name}'"
    for name in (
        *(
            "Noto Sans TC",
            "Noto Sans CJK TC",
            "PingFang TC",
            "Heiti TC",
            "Microsoft JhengHei",
            "WenQuanYi Micro Hei",
        ),
        *("Noto Sans", "DejaVu Sans", "Liberation Sans", "Segoe UI", "Helvetica", "Arial"),
    )
)
"""One of them has to be there: what it lacks is then drawn in any other font of the machine."""
_TEXT, _LEGEND_GAP, _SQUARE = 12, 16, 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text looks; `anchor` is the part of it that stands at its x: start, middle or end."""

    size: int = _TEXT
    fill: str = _INK
    weight: str = "normal"
    anchor: str = "start"


PLAIN, AT_THE_END = Style(), Style(anchor="end")
_HEADING, _TITLE = Style(size=17, weight="bold"), Style(size=13, weight="bold")
_PARAGRAPH = Style(size=13, fill=_SOFT)


class Canvas:
    """See the module. Lengths are in pixels; text goes in as text alone, so that it can be no markup."""

    def __init__(self) -> None:
        self._drawn = ET.Element("g", {"transform": f"translate({_MARGIN} {_MARGIN})"})
        self._below = 0.0

    def heading(self, text: str) -> None:
        """What the picture is about."""
        self._lines(text, _HEADING)

    def paragraph(self, text: str) -> None:
        """Some words, in as many lines as they need."""
        self._lines(text, _PARAGRAPH)

    def section(self, title: str, height: float) -> float:
        """The top of a new part of this height, below its title."""
        self._below += 28
        self.text(0, self._below, title, _TITLE)
        self._below += 9 + height
        return self._below - height

    def bar(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle in the colour of a state."""
        self._shape("rect", x=x, y=y, width=max(width, 0), height=height, rx=3, fill=_COLOURS[colour])

    def rule(self, x: float, y: float, width: float) -> None:
        """A thin line to read a height by."""
        self._shape("line", x1=x, x2=x + width, y1=y, y2=y, stroke=_LINE)

    def curve(self, points: Iterable[tuple[float, float]], colour: str) -> None:
        """A line through these points."""
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        self._shape("polyline", points=path, fill="none", stroke=_COLOURS[colour], **{"stroke-width": 2.5})

    def text(self, x: float, y: float, text: str, style: Style = PLAIN) -> None:
        """One line of text, its foot at this height."""
        look = {"font-size": style.size, "font-weight": style.weight, "text-anchor": style.anchor}
        self._shape("text", x=x, y=y, fill=style.fill, **look).text = clean(text)

    def mark(self, x: float, y: float, text: str, anchor: str = "start") -> None:
        """A soft word beside an axis."""
        self.text(x, y, text, Style(fill=_SOFT, anchor=anchor))

    def legend(self, items: Iterable[tuple[str, str]]) -> None:
        """What the colours mean: (colour, words)."""
        x, self._below = 0.0, self._below + 18
        for colour, words in items:
            wide = _SQUARE + _wide(words, _TEXT)
            if x and x + wide > WIDTH:
                x, self._below = 0.0, self._below + 18
            self.bar(x, self._below - 9, 10, 10, colour)
            self.text(x + _SQUARE, self._below, words)
            x += wide + _LEGEND_GAP

    def table(self, title: str, rows: Sequence[Sequence[str]]) -> None:
        """Rows of a name and figures, the first of them the heading."""
        top = self.section(title, 22 * len(rows))
        for place, (name, *figures) in enumerate(rows):
            foot = top + 22 * place + 15
            self.text(0, foot, _cut(name, WIDTH - 90 * len(figures), _TEXT))
            for right, figure in enumerate(reversed(figures)):
                self.text(WIDTH - 90 * right, foot, figure, AT_THE_END)
            self.rule(0, foot + 6, WIDTH)

    def svg(self) -> str:
        """The whole picture."""
        wide, high = WIDTH + 2 * _MARGIN, round(self._below) + 2 * _MARGIN
        size = {"width": str(wide), "height": str(high), "viewBox": f"0 0 {wide} {high}"}
        whole = ET.Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "font-family": _FONTS, **size})
        ET.SubElement(whole, "rect", {"width": "100%", "height": "100%", "fill": "#fff"})
        whole.append(self._drawn)
        return ET.tostring(whole, encoding="unicode")

    def _lines(self, text: str, style: Style) -> None:
        for line in _folded(clean(text), style.size):
            self._below += round(style.size * 1.4)
            self.text(0, self._below - 5, line, style)

    def _shape(self, name: str, **attributes: object) -> ET.Element:
        told = {
            key: f"{value:.1f}" if isinstance(value, float) else str(value)
            for key, value in attributes.items()
        }
        return ET.SubElement(self._drawn, name, told)


def figure(value: Decimal | int) -> str:
    """A number as people read it, with a comma at each thousand."""
    whole = Decimal(value)
    return f"{int(whole):,}" if whole == whole.to_integral_value() else f"{whole.normalize():,f}"


def cut(text: str) -> str:
    """As much of it as fits into one line."""
    return _cut(text, WIDTH, _TEXT)


def _cut(text: str, width: float, size: int) -> str:
    if _wide(text, size) <= width:
        return text
    fitting = sum(wide <= width - size for wide in accumulate(_wide(each, size) for each in text))
    return f"{text[:fitting]}…"


def _folded(text: str, size: int) -> list[str]:
    """Lines that are broken at spaces, and anywhere in what is longer than a line."""
    lines, line = list[str](), ""
    for word in text.split(" "):
        longer = f"{line} {word}" if line else word
        if _wide(longer, size) <= WIDTH:
            line = longer
            continue
        lines += [line] if line else []
        line = word
        while _wide(line, size) > WIDTH:
            fitting = len(_cut(line, WIDTH, size)) - 1
            lines, line = [*lines, line[:fitting]], line[fitting:]
    return [*lines, line]


def _wide(text: str, size: int) -> float:
    """About how wide it is: no font is asked."""
    return size * sum(1.0 if unicodedata.east_asian_width(each) in "WF" else 0.57 for each in text)
