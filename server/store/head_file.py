"""The audit's newest head in a small file outside the store.

Whoever can change the store cannot cut the audit's end off unnoticed while the head is known.

The file has one length, so a newer head is written over the older one: nothing of the file system changes
with it. The whole of it lies within one sector, which a disk writes at once or not at all.
"""

import os
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import NamedTuple

from server.file_locks import LockHeldError, exclusively, until_free
from server.store.files import private_directory, write_private
from server.store.key_file import KeyFileError
from tools.sentence import reason_of, sentence

_LENGTH = 128
"""Bytes of the file: a number, a MAC and a generation take 113 at most."""
_NOT_WRITTEN = sentence("the audit's head file cannot be written. Check its folder.")
_DAMAGED = sentence("the audit's head file cannot be read or is damaged. Restore it, or move it away.")


class Head(NamedTuple):
    """The newest entry of the audit: its number (0 for none), its MAC in hexadecimal, the store's generation.

    '' is the generation of a head that knows none: of the chain itself, or written by an older version.
    """

    sequence: int
    mac: str
    generation: str = ""


def read_head(path: Path, *, alone: bool = False) -> Head | None:
    """The head that was written last; None when there is none.

    Who reads while another process writes may see a part of both heads. So before anything is made of what
    looks wrong, it is read once more, `alone`: while nobody writes.

    Raises:
        KeyFileError: the file cannot be read, or is not a head.
    """
    try:
        with exclusively(_lock_of(path)) if alone else nullcontext():
            return _read(path)
    except LockHeldError as error:
        raise KeyFileError(reason_of(error)) from None
    except (OSError, ValueError, TypeError):
        if not alone:
            return read_head(path, alone=True)
        raise KeyFileError(_DAMAGED) from None


def write_head(path: Path, head: Head, *, after_loss: bool = False, lasting: bool = True) -> None:
    """Remember the head after a commit. A smaller number, or another generation, than the file's stays out.

    With `after_loss` it replaces whatever is there: a person accepted that the past is lost. Not `lasting`:
    all processes know it, and a power cut may take it; the same head, written again, is kept for good.

    Raises:
        KeyFileError: the file cannot be read or written.
    """
    content = " ".join(map(str, head)).ljust(_LENGTH - 1).encode() + b"\n"
    try:
        private_directory(path.parent)
        with exclusively(_lock_of(path)):
            if after_loss or not _put(path, head, content, lasting=lasting):
                write_private(path, content)
    except LockHeldError as error:
        raise KeyFileError(reason_of(error)) from None
    except OSError:
        raise KeyFileError(_NOT_WRITTEN) from None
    except (ValueError, TypeError):
        raise KeyFileError(_DAMAGED) from None


def check_writable(path: Path) -> None:
    """See that the head can be written, before what it has to name is committed.

    Raises:
        KeyFileError: it cannot.
    """
    try:
        os.close(os.open(_lock_of(path), os.O_CREAT | os.O_RDWR, 0o600))
        # One that is not there is made with the first entry.
        with suppress(FileNotFoundError):
            os.close(os.open(path, os.O_RDWR))
    except OSError:
        raise KeyFileError(_NOT_WRITTEN) from None


async def until_nobody_writes(path: Path) -> None:
    """Wait, for some seconds, until no other process writes the head. This can be cancelled.

    Raises:
        KeyFileError: one does not end.
    """
    try:
        private_directory(path.parent)
        await until_free(_lock_of(path))
    except LockHeldError as error:
        raise KeyFileError(reason_of(error)) from None
    except OSError:
        raise KeyFileError(_NOT_WRITTEN) from None


def _put(path: Path, head: Head, content: bytes, *, lasting: bool) -> bool:
    """Write over an older head; False where the file has to be made: there is none, or an older version's."""
    try:
        file = path.open("r+b", buffering=0)
    except FileNotFoundError:
        return False
    with file:
        written = file.read(2 * _LENGTH)
        known = _parsed(written)
        if _follows(known, head):
            if len(written) != len(content):
                return False
            file.seek(0)
            file.write(content)
        elif known != head:
            return True
        if lasting:
            os.fsync(file.fileno())
    return True


def _read(path: Path) -> Head | None:
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        return _parsed(os.read(descriptor, 2 * _LENGTH))
    finally:
        os.close(descriptor)


def _parsed(written: bytes) -> Head:
    sequence, mac, *generation = written.decode("ascii").split()
    return Head(int(sequence), mac, *generation)


def _follows(known: Head, head: Head) -> bool:
    if not known.generation:
        return known.sequence <= head.sequence
    return known.generation == head.generation and known.sequence < head.sequence


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
