"""The one file of a report that came as a ZIP."""

import io
import struct
import zipfile
import zlib
from typing import IO

from tools.omis.report_content import Content, told_content
from tools.omis.report_finding import refused
from tools.operation import Reply

_MOST = 128 * 1024 * 1024
"""Bytes that are unpacked, counted meanwhile: what a ZIP says of sizes is its own claim."""
_PIECE = 256 * 1024
_ENCRYPTED = 0x1
_WAYS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Of other ways Python unpacks a piece whole: a few bytes become gigabytes before they are counted."""
_SAVE = "Use download_report: it saves the ZIP as it is."
_DAMAGED = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    RuntimeError,
    ValueError,
)


def unzipped(body: bytes) -> Content:
    """What is in it, seen from its bytes.

    Raises:
        RefusedError: there is not exactly one file in it, or it is damaged, locked, too large, no report,
            or packed in an unusual way.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(body)) as package:
            files = [each for each in package.infolist() if _is_file(each.filename)]
            if len(files) != 1:
                raise refused("no_table", f"The report is a ZIP of {len(files)} files, not of one.", _SAVE)
            if files[0].flag_bits & _ENCRYPTED:
                raise refused("no_table", "The report is a ZIP with a password.", _SAVE)
            if files[0].compress_type not in _WAYS:
                raise refused("no_table", "The report is a ZIP that is packed in an unusual way.", _SAVE)
            with package.open(files[0]) as opened:
                inside = _read(opened)
    except _DAMAGED:
        raise refused("no_table", "The report is a ZIP that is damaged.", _SAVE) from None
    if inside is None:
        raise refused("no_table", "The report is a ZIP of a file that is too large to be read.", _SAVE)
    return told_content(Reply(status=200, body=inside))


def _read(opened: IO[bytes]) -> bytes | None:
    """What is packed, piece by piece: all in one step it would hold up every other call. None: too large."""
    inside = io.BytesIO()
    while piece := opened.read(_PIECE):
        if inside.tell() + len(piece) > _MOST:
            return None
        inside.write(piece)
    return inside.getvalue()


def _is_file(name: str) -> bool:
    """No folder, and nothing that only a Mac knows of."""
    return (
        not name.endswith("/")
        and not name.startswith("__MACOSX/")
        and not name.rpartition("/")[2].startswith(".")
    )
