"""Outcomes that are known while the store cannot be written: small files beside it, until it can.

A place is made and filled before anything is posted, so that an outcome finds room on a full disk. One file
holds one outcome: written over the place, on the disk, and only then given its name.
"""

import os
import secrets
from collections.abc import Generator
from contextlib import contextmanager, suppress
from pathlib import Path

from server.store.files import private_directory, write_private
from server.systems import replace

ROOM = 64 * 1024
"""Bytes of a place; an outcome that is longer is not kept."""
_DUE = ".due"


class Outbox:
    """The folder of one store's outcomes, shared by its servers on this machine."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._places: list[Path] = []
        self._wanted = 0

    @contextmanager
    def place(self) -> Generator[None]:
        """Have room for one more outcome within the block.

        Raises:
            OSError: there is none.
        """
        self._wanted += 1
        try:
            while len(self._places) < self._wanted:
                self._places.append(self._filled())
            yield
        finally:
            self._wanted -= 1

    def _filled(self) -> Path:
        private_directory(self._folder)
        path = self._folder / f"{secrets.token_hex(8)}.place"
        write_private(path, b"\n" * ROOM)
        return path

    def keep(self, name: str, content: bytes) -> None:
        """Hold an outcome until it is removed.

        Raises:
            OSError: it could not be written, or is too long.
        """
        if len(content) > ROOM:
            raise OSError("longer than its place")
        path = self._places.pop() if self._places else self._filled()
        with path.open("r+b") as file:
            file.write(content.ljust(ROOM, b"\n"))
            file.flush()
            os.fsync(file.fileno())
        replace(path, self._folder / (name + _DUE))

    def due(self) -> dict[str, bytes]:
        """Every outcome that waits, by its name."""
        try:
            names = [path.name for path in self._folder.iterdir() if path.suffix == _DUE]
        except OSError:
            return {}
        found: dict[str, bytes] = {}
        for name in sorted(names):
            # Another server may have recorded it meanwhile.
            with suppress(OSError):
                found[name.removesuffix(_DUE)] = (self._folder / name).read_bytes().strip()
        return found

    def remove(self, name: str) -> None:
        """It is recorded."""
        with suppress(OSError):
            (self._folder / (name + _DUE)).unlink()

    def close(self) -> None:
        """Give the room back."""
        for path in self._places:
            with suppress(OSError):
                path.unlink()
        self._places.clear()
