"""The audit's key, a small file outside the store.

Whoever can change the store cannot forge the audit without it.
"""

import secrets
from pathlib import Path

from server.file_locks import LockHeldError, exclusively
from server.store.files import private_directory, write_private
from tools.sentence import reason_of, sentence

KEY_BYTES = 32


class KeyFileError(Exception):
    """The audit's key cannot be read or made; the text names no path."""


def load_or_create_key(path: Path) -> bytes:
    """The key in the file; the first caller on a new machine makes it, readable by its owner alone.

    Raises:
        KeyFileError: the file cannot be read or written, or is not a key.
    """
    try:
        private_directory(path.parent)
        if not path.exists():
            _create_key(path)
        key = bytes.fromhex(path.read_text("ascii").strip())
    except LockHeldError as error:
        raise KeyFileError(reason_of(error)) from None
    except (OSError, ValueError):
        raise KeyFileError(
            sentence("the audit's key file cannot be read or made. Check its folder.")
        ) from None
    if len(key) < KEY_BYTES:
        raise KeyFileError(sentence("the audit's key is shorter than 32 bytes. Restore it, or move it away."))
    return key


def _create_key(path: Path) -> None:
    with exclusively(_lock_of(path)):
        if not path.exists():
            write_private(path, secrets.token_bytes(KEY_BYTES).hex().encode())


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
