"""The audit's key and its newest head: two small files outside the store.

Whoever can change the store cannot forge the audit without the key, and cannot cut its end off unnoticed
while the head is known.
"""

import hashlib
import hmac
import secrets
from pathlib import Path
from typing import NamedTuple

from server.store.files import private_directory, write_private
from server.systems import exclusively

KEY_BYTES = 32


class Head(NamedTuple):
    """The newest entry of the audit: its number (0 for none), its MAC in hexadecimal, the store's generation.

    '' is the generation of a head that knows none: of the chain itself, or written by an older version.
    """

    sequence: int
    mac: str
    generation: str = ""


class KeyFileError(Exception):
    """The audit's key cannot be read or made; the text names no path."""


def load_or_create_key(path: Path) -> bytes:
    """The key in the file; the first caller on a new machine makes it, readable by its owner alone.

    Raises:
        KeyFileError: the file cannot be read or written, or is not a key.
    """
    try:
        private_directory(path.parent)
        with exclusively(_lock_of(path)):
            if not path.exists():
                write_private(path, secrets.token_bytes(KEY_BYTES).hex().encode())
            key = bytes.fromhex(path.read_text("ascii").strip())
    except (OSError, ValueError):
        raise KeyFileError("the audit's key file cannot be read or made. Check its folder.") from None
    if len(key) < KEY_BYTES:
        raise KeyFileError("the audit's key is shorter than 32 bytes. Restore it, or move it away.")
    return key


def read_head(path: Path) -> Head | None:
    """The head that was written last; None when there is none.

    Raises:
        KeyFileError: the file cannot be read, or is not a head.
    """
    try:
        sequence, mac, *generation = path.read_text("ascii").split()
        return Head(int(sequence), mac, *generation)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise KeyFileError(
            "the audit's head file cannot be read or is damaged. Restore it, or move it away."
        ) from None


def write_head(path: Path, head: Head, *, after_loss: bool = False) -> None:
    """Remember the head after a commit. A smaller number, or another generation, than the file's stays out.

    With `after_loss` it replaces whatever is there: a person accepted that the past is lost.

    Raises:
        KeyFileError: the file cannot be read or written.
    """
    try:
        private_directory(path.parent)
        with exclusively(_lock_of(path)):
            if after_loss or _follows(read_head(path), head):
                write_private(path, f"{' '.join(map(str, head)).rstrip()}\n".encode())
    except OSError:
        raise KeyFileError("the audit's head file cannot be written. Check its folder.") from None


def _follows(known: Head | None, head: Head) -> bool:
    if known is None:
        return True
    if not known.generation:
        return known.sequence <= head.sequence
    return known.generation == head.generation and known.sequence < head.sequence


def keyed(key: bytes, label: str, text: str) -> str:
    """HMAC-SHA256 of a text, in hexadecimal. What was made for one purpose (`label`) serves no other."""
    return hmac.digest(key, f"{label}:{text}".encode("utf-8", "surrogatepass"), hashlib.sha256).hex()


def hash_number(key: bytes, e164: str) -> str:
    """A mobile number as a keyed hash: comparable, and without the key not to be found by trying all."""
    return keyed(key, "number", e164)


def hash_message(key: bytes, to: str, content: str) -> str:
    """Whom a message goes to and what is seen of it, as a keyed hash. No address holds a line break."""
    return keyed(key, "message", f"{to}\n{content}")


def _lock_of(path: Path) -> Path:
    return path.with_name(f"{path.name}.lock")
