"""Files that only their owner may read, and a lock between processes."""

import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


def private_directory(folder: Path) -> None:
    """Make the folder, and those above it that are missing, with mode 0700."""
    missing = [folder, *folder.parents]
    for directory in reversed([path for path in missing if not path.exists()]):
        directory.mkdir(mode=0o700, exist_ok=True)


def create_private(path: Path) -> bool:
    """Make an empty file with mode 0600; False when there is one already, which is left alone.

    An existing file is not even opened: closing it would drop the locks that SQLite holds on it in this
    process.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        return False
    return True


def write_private(path: Path, content: bytes) -> None:
    """Replace the file at once and for good: readers see the old content or the new, never a part."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    Path(file.name).replace(path)


@contextmanager
def exclusively(path: Path) -> Generator[None, None, None]:
    """Hold the lock file at `path` against other processes; it is freed when the process dies."""
    descriptor = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
    else:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
