"""The parts of a workbook (.xlsx is a zip of XML), opened so that no file can do harm.

What a hostile file could do: grow a thousandfold when it is unpacked, define entities that grow, name files
of this machine, list millions of parts. Each part has a limit that is counted while it is unpacked, since
what the zip says of sizes is its own claim; a document type is refused; nothing is ever written out.
"""

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from server.campaigns.problems import DAMAGED, unreadable
from tools.problems import RefusedError
from tools.sentence import sentence

PIECE = 64 * 1024
MOST_OF_A_PART = 16 * 1024 * 1024
"""Bytes of the workbook's own parts, unpacked."""
MOST_OF_STRINGS = 128 * 1024 * 1024
MOST_OF_A_SHEET = 1024 * 1024 * 1024
"""A million rows of ten columns take half of it."""
_LONGEST_TOKEN = 4 * 1024 * 1024
"""Bytes without a tag or text that ends: expat holds them all."""
_MOST_PARTS = 5_000
_END = b"PK\5\6"
_LONGEST_END = 65_557
_ENCRYPTED = 0x1
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    ValueError,
    NotImplementedError,
    struct.error,
)
"""What Python's reader of zips raises over one that is not whole."""


class Package:
    """The parts of one workbook by name."""

    def __init__(self, file: BinaryIO) -> None:
        """Read the list of parts.

        Raises:
            RefusedError: it is no zip, or one with too many parts.
        """
        _check_end(file)
        try:
            self._zip = zipfile.ZipFile(file)
        except _DAMAGE:
            raise broken() from None
        self._names = {info.filename.lower().lstrip("/"): info for info in self._zip.infolist()}

    def has(self, name: str) -> bool:
        """Whether there is a part of this name."""
        return name.lower().lstrip("/") in self._names

    def pieces(self, name: str, most: int = MOST_OF_A_PART) -> Iterator[bytes]:
        """A part, piece by piece.

        Raises:
            RefusedError: it is missing, damaged or larger than `most`.
        """
        info = self._names.get(name.lower().lstrip("/"))
        if info is None or info.flag_bits & _ENCRYPTED or info.compress_type not in _WAYS:
            raise broken()
        taken = 0
        try:
            with self._zip.open(info) as part:
                while piece := part.read(PIECE):
                    taken += len(piece)
                    if taken > most:
                        raise unreadable(sentence("unpacked it would be far too large."), DAMAGED)
                    yield piece
        except _DAMAGE:
            raise broken() from None


def _check_end(file: BinaryIO) -> None:
    """Refuse a zip of too many parts before Python's reader makes an object of each."""
    size = file.seek(0, 2)
    file.seek(max(0, size - _LONGEST_END))
    found = file.read(_LONGEST_END)
    at = found.rfind(_END)
    if at < 0 or len(found) < at + 12:
        raise broken()
    parts = int.from_bytes(found[at + 10 : at + 12], "little")
    if parts > _MOST_PARTS:
        raise unreadable(sentence("it has too many parts for a workbook."), DAMAGED)


def broken() -> RefusedError:
    """The refusal of a workbook that is not whole."""
    return unreadable(sentence("the workbook is damaged."), DAMAGED)


def reader() -> expat.XMLParserType:
    """A reader of XML that knows no document type, and so no entity of a file's own."""
    made = expat.ParserCreate()
    made.buffer_text = True
    made.StartDoctypeDeclHandler = _refuse_doctype
    return made


def _refuse_doctype(*_: object) -> None:
    raise broken()


def feed(parser: expat.XMLParserType, pieces: Iterator[bytes]) -> Iterator[None]:
    """Parse piece by piece, pausing after each.

    Raises:
        RefusedError: the XML is not well-formed, or claims an encoding that nobody reads.
    """
    taken = 0
    try:
        for piece in pieces:
            taken += len(piece)
            parser.Parse(piece)
            if taken - parser.CurrentByteIndex > _LONGEST_TOKEN:
                raise broken()
            yield
        parser.Parse(b"", True)  # noqa: FBT003 - expat's own signature
        yield
    except (expat.ExpatError, LookupError, ValueError):
        raise broken() from None


def elements(pieces: Iterator[bytes], start: Callable[[str, dict[str, str]], None]) -> None:
    """Tell every element of a small part: its name without a prefix, and its attributes."""
    parser = reader()
    parser.StartElementHandler = lambda name, attributes: start(local(name), attributes)
    for _ in feed(parser, pieces):
        pass


def local(name: str) -> str:
    """A name without its prefix."""
    return name.rpartition(":")[2]


def is_true(written: str | None) -> bool:
    """A flag in an attribute."""
    return written in ("1", "true", "on")


def number_in(written: str | None) -> int:
    """A whole number in an attribute; 0 for what is none."""
    return int(written) if written and written.isdecimal() and len(written) < 10 else 0  # noqa: PLR2004 - no id is longer
