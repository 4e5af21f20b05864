"""Outcomes that are known while the store cannot be written: small files beside it, until it can.

A place is made and filled before anything is posted, so that an outcome finds room on a full disk. One file
holds one outcome: written over the place, on the disk, and only then given its name.
"""

import logging
import os
import secrets
import time
from collections import deque
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock

from server.store.files import private_directory, write_private
from server.systems import replace, sync_folder
from tools.sentence import sentence

ROOM = 64 * 1024
"""Bytes of a place; an outcome that is longer is not kept."""
LEFT_OVER_SECONDS = 3600.0
"""A place that nobody has taken for so long is a killed server's: each POST takes its own anew."""
_SETTLED_NANOSECONDS = 2_000_000_000
"""Two changes in less than that may have the same time (FAT has the coarsest, two seconds)."""
_DUE = ".due"
_PLACE = ".place"
_log = logging.getLogger(__name__)


class Outbox:
    """The folder of one store's outcomes, shared by its servers on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: deque[Path] = deque()
        """That which was taken last stands at the end."""
        self._wanted = 0
        self._changing = Lock()
        self._nothing_due: tuple[int, int] | None = None
        """The folder as it was when it held no outcome."""

    @contextmanager
    def place(self) -> Generator[None]:
        """Have room for one more outcome within the block.

        Raises:
            OSError: there is none.
        """
        self._want(1)
        try:
            self._make_room()
            yield
        finally:
            self._want(-1)

    def has_room(self) -> bool:
        """Whether `place` finds one that is there, and so need not wait for the disk."""
        if not self._changing.acquire(blocking=False):
            return False
        try:
            return len(self._places) > self._wanted
        finally:
            self._changing.release()

    def _want(self, more: int) -> None:
        with self._changing:
            self._wanted += more

    def _make_room(self) -> None:
        with self._changing:
            # One is looked for at each POST, in turn: all of them are as new as the last few POSTs.
            while self._places and not _taken(self._places[0]):
                self._places.popleft()
            self._places.rotate(-1)
            while len(self._places) < self._wanted:
                self._places.append(self._filled())

    def _filled(self) -> Path:
        if not self._folder.exists():
            private_directory(self._folder)
            sync_folder(self._folder.parent)
        path = self._folder / f"{secrets.token_hex(8)}{_PLACE}"
        write_private(path, b"\n" * ROOM)
        return path

    def keep(self, name: str, content: bytes) -> None:
        """Hold an outcome until it is removed.

        Raises:
            OSError: it could not be written, or is too long.
        """
        if len(content) > ROOM:
            raise OSError("longer than its place")
        with self._changing:
            path = self._places.pop() if self._places else self._filled()
        with path.open("r+b") as file:
            file.write(content.ljust(ROOM, b"\n"))
            file.flush()
            os.fsync(file.fileno())
        replace(path, self._folder / (name + _DUE))
        self._nothing_due = None
        sync_folder(self._folder)

    def due(self) -> dict[str, bytes]:
        """Every outcome that waits, by its name.

        Each step asks: where nothing came or went since nothing was due, nothing is read.
        """
        folder = self._as_it_is()
        if folder is not None and folder == self._nothing_due:
            return {}
        found: dict[str, bytes] = {}
        for path in self._files(_DUE):
            # Another server may have recorded it meanwhile.
            with suppress(OSError):
                found[path.name.removesuffix(_DUE)] = path.read_bytes().strip()
        self._nothing_due = None if found else folder
        return found

    def _as_it_is(self) -> tuple[int, int] | None:
        """The folder, and when a file came or went; None where others may have come at the same time."""
        try:
            seen = self._folder.stat()
        except OSError:
            return None
        settled = time.time_ns() - seen.st_mtime_ns > _SETTLED_NANOSECONDS
        return (seen.st_ino, seen.st_mtime_ns) if settled else None

    def remove(self, name: str) -> None:
        """It is recorded."""
        with suppress(OSError):
            (self._folder / (name + _DUE)).unlink()

    def clear_left_over(self) -> None:
        """Remove the places of servers that were killed. What one of them was about to keep is not known."""
        before = time.time() - LEFT_OVER_SECONDS
        for path in self._files(_PLACE):
            with suppress(OSError):
                if path.stat().st_mtime > before:
                    continue
                if path.read_bytes().strip():
                    _log.error(
                        sentence("a server was killed while it kept an outcome; its action is unknown")
                    )
                path.unlink()

    def close(self) -> None:
        """Give the room back."""
        for path in self._places:
            with suppress(OSError):
                path.unlink()
        self._places.clear()

    def _files(self, kind: str) -> list[Path]:
        try:
            # A place that was being made has a name that goes on.
            with os.scandir(self._folder) as entries:
                return sorted(self._folder / entry.name for entry in entries if kind in entry.name)
        except OSError:
            return []


def _taken(path: Path) -> bool:
    """Whether a place is still there; it is as new as its last taking."""
    try:
        os.utime(path)
    except OSError:
        return False
    return True
