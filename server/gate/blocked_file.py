"""The file of blocked numbers (opt-outs): one number a line, `#` begins a comment."""

import re
from dataclasses import dataclass
from pathlib import Path

from tools.mobile import from_vendor, normalise_mobile

_TAIWANESE = re.compile(r"\+8869\d{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockedFile:
    """The numbers of the file, E.164, or why it cannot be used."""

    numbers: frozenset[str] = frozenset()
    problem: str = ""
    """Empty, or what is wrong: `line 3 is not a mobile number`. Never what stands there."""


_Stamp = tuple[int, int, int]
_read: dict[Path, tuple[_Stamp, BlockedFile]] = {}
"""The last reading of each file, kept while its time, size and inode stay the same."""


def read_blocked_file(path: Path) -> BlockedFile:
    """Return what the file holds now; it is read again when it has changed.

    A file that cannot be read, or a line that is no mobile number, makes the whole file unusable: somebody
    who asked not to be contacted could stand there.
    """
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
        if path not in _read or _read[path][0] != stamp:
            _read[path] = stamp, _parsed(path.read_text(encoding="utf-8-sig"))
        return _read[path][1]
    except OSError:
        return BlockedFile(problem="the file cannot be read")
    except UnicodeDecodeError:
        return BlockedFile(problem="the file is not UTF-8 text")


def _parsed(text: str) -> BlockedFile:
    numbers: set[str] = set()
    for at, line in enumerate(text.splitlines(), start=1):
        written = line.partition("#")[0].strip()
        try:
            if written:
                numbers.add(_number(written))
        except ValueError:
            return BlockedFile(problem=f"line {at} is not a mobile number")
    return BlockedFile(numbers=frozenset(numbers))


def _number(written: str) -> str:
    """Taiwanese numbers need no look at the numbering plan: a list may be long, and is read before a send."""
    quick = from_vendor(written)
    return quick if _TAIWANESE.fullmatch(quick) and quick.isascii() else normalise_mobile(written)
