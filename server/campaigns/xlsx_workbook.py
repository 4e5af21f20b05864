"""What a workbook says of its sheets and its texts."""

import posixpath
import re
from dataclasses import dataclass
from functools import cached_property

from server.campaigns.problems import unreadable
from server.campaigns.xlsx_package import (
    MOST_OF_STRINGS,
    Package,
    broken,
    elements,
    feed,
    is_true,
    local,
    number_in,
    reader,
)
from server.campaigns.xlsx_strings import Strings
from server.campaigns.xlsx_styles import Styles, read_styles
from tools.sentence import sentence

_ROOT = "_rels/.rels"
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
"""`_x000D_`: how a workbook writes what XML cannot hold."""
_MOST_STRINGS = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a workbook, and the part in which its cells stand."""

    name: str
    part: str
    hidden: bool


class Workbook:
    """A workbook that is open."""

    def __init__(self, package: Package) -> None:
        """Read what concerns all sheets; their texts (`strings`) are read when a sheet is."""
        self.package = package
        self._part = self._find_workbook()
        self._related = _relations(package, self._part)
        self.sheets: list[Sheet] = []
        self._from_1904 = False
        self._read_workbook()
        part = self._part_of("styles")
        self.styles = (
            Styles() if part is None else read_styles(package.pieces(part), from_1904=self._from_1904)
        )

    def _find_workbook(self) -> str:
        for kind, target in _relations(self.package, "").values():
            if kind == "officeDocument" and not target.endswith(".bin"):
                return target
        raise unreadable(
            sentence("it is a zip, and no .xlsx workbook."), sentence("Save it as .xlsx in a spreadsheet.")
        )

    def _read_workbook(self) -> None:
        active, found = 0, list[Sheet]()

        def start(name: str, attributes: dict[str, str]) -> None:
            nonlocal active
            if name == "workbookPr":
                self._from_1904 = is_true(attributes.get("date1904"))
            elif name == "workbookView":
                active = number_in(attributes.get("activeTab"))
            elif name == "sheet":
                key = next((value for key, value in attributes.items() if local(key) == "id"), "")
                kind, target = self._related.get(key, ("", ""))
                if kind == "worksheet":
                    hidden = attributes.get("state", "visible") != "visible"
                    found.append(Sheet(name=attributes.get("name", ""), part=target, hidden=hidden))

        elements(self.package.pieces(self._part), start)
        # The sheet that was on top when the workbook was saved goes first.
        first = found[active : active + 1]
        self.sheets = [*first, *(sheet for sheet in found if sheet not in first)]

    @cached_property
    def strings(self) -> Strings:
        """The texts that cells refer to by their place; what is only read aloud is left out."""
        part = self._part_of("sharedStrings")
        return Strings() if part is None else _read_strings(self.package, part)

    def _part_of(self, wanted: str) -> str | None:
        return next((target for kind, target in self._related.values() if kind == wanted), None)


def _read_strings(package: Package, part: str) -> Strings:
    strings, text = Strings(), list[str]()
    parser = reader()
    spoken = False

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal spoken
        name = local(name)
        if name == "t" and not spoken:
            parser.CharacterDataHandler = text.append
        elif name == "rPh":
            spoken = True

    def end(name: str) -> None:
        nonlocal spoken
        name = local(name)
        if name == "t":
            parser.CharacterDataHandler = None
        elif name == "rPh":
            spoken = False
        elif name == "si":
            strings.add(unescaped("".join(text)))
            text.clear()
            if len(strings) > _MOST_STRINGS:
                raise broken()

    parser.StartElementHandler, parser.EndElementHandler = start, end
    for _ in feed(parser, package.pieces(part, MOST_OF_STRINGS)):
        pass
    return strings


def unescaped(text: str) -> str:
    """A text as it was typed."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def _relations(package: Package, part: str) -> dict[str, tuple[str, str]]:
    """What a part refers to inside the workbook, by its keys: the last word of the kind, and the target."""
    folder, name = posixpath.split(part)
    found: dict[str, tuple[str, str]] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if element == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes.get("Target", "")))
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = kind, target.lstrip("/")

    listed = posixpath.join(folder, "_rels", f"{name}.rels") if part else _ROOT
    if package.has(listed):
        elements(package.pieces(listed), start)
    return found
