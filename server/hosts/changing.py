"""A file of another program, replaced whole or not at all, with a copy of what was there."""

import os
import secrets
from datetime import datetime
from pathlib import Path

from server.systems import create_new, replace, sync_folder

_BOM = "\ufeff"


class ChangedMeanwhileError(Exception):
    """Somebody else wrote the file after it was read; nothing was written."""


def read_text(path: Path) -> str:
    """What is in the file, with its line ends; empty where there is none.

    Raises:
        OSError: it cannot be read.
        ValueError: it is not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8").removeprefix(_BOM)
    except FileNotFoundError:
        return ""


def replace_text(
    path: Path, old: str, new: str, *, copy_at: datetime | None, private: bool = False
) -> Path | None:
    """Put the new text in the place of the old one, in one step; where the copy of the old one is.

    Of a link, what it points to is replaced. The file keeps its mode, unless it is `private`; a new one is
    its owner's alone, as the copy is.

    Raises:
        ChangedMeanwhileError: the file no longer holds the old text.
        OSError: it cannot be written; then it is as it was.
    """
    target = path.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    before = target.read_bytes() if target.exists() else None
    if (before or b"").decode("utf-8", "replace").removeprefix(_BOM) != old:
        raise ChangedMeanwhileError
    copy = _copied(target, before, copy_at) if before is not None and copy_at else None
    mark = _BOM if (before or b"").startswith(_BOM.encode()) else ""
    fresh = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        with create_new(fresh) as file:
            file.write((mark + new).encode("utf-8"))
            file.flush()
            os.fsync(file.fileno())
        if before is not None and not private:
            fresh.chmod(target.stat().st_mode & 0o777)
        replace(fresh, target)
    finally:
        fresh.unlink(missing_ok=True)
    sync_folder(target.parent)
    return copy


def _copied(target: Path, content: bytes, at: datetime) -> Path:
    copy = target.with_name(f"{target.name}.{at:%Y%m%d-%H%M%S}-{secrets.token_hex(2)}.bak")
    with create_new(copy) as file:
        file.write(content)
    return copy
