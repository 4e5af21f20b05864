"""Files that only their owner may read."""

import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from server.systems import create_new, replace


def private_directory(folder: Path) -> None:
    """Make the folder, and those above it that are missing, with mode 0700."""
    if folder.exists():
        return
    missing = [folder, *folder.parents]
    for directory in reversed([path for path in missing if not path.exists()]):
        directory.mkdir(mode=0o700, exist_ok=True)


def create_private(path: Path) -> bool:
    """Make an empty file with mode 0600; False when there is one already, which is left alone.

    An existing file is not even opened: closing it would drop the locks that SQLite holds on it in this
    process.
    """
    try:
        create_new(path).close()
    except FileExistsError:
        return False
    return True


def write_private(path: Path, content: bytes) -> None:
    """Replace the file at once and for good: readers see the old content or the new, never a part."""
    with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    replace(Path(file.name), path)
