"""What is hashed with the audit's key."""

from collections.abc import Iterable

from server.store.macs import mac_with

HALF = 32
"""Characters of a keyed hash that stand for a number in the records: 128 bits."""


def keyed(key: bytes, label: str, text: str) -> str:
    """HMAC-SHA256 of a text, in hexadecimal. What was made for one purpose (`label`) serves no other."""
    return mac_with(key).of(f"{label}:{text}".encode("utf-8", "surrogatepass"))


def hash_number(key: bytes, e164: str) -> str:
    """A mobile number as a keyed hash: comparable, and without the key not to be found by trying all."""
    return keyed(key, "number", e164)


def hash_numbers(key: bytes, those: Iterable[str]) -> list[str]:
    """The same for many, in their order."""
    return mac_with(key).of_each(_numbers(those))


def number_digests(key: bytes, those: Iterable[str]) -> list[bytes]:
    """The same as bytes."""
    return mac_with(key).digests(_numbers(those))


def half_hashes(key: bytes, those: Iterable[str]) -> dict[str, str]:
    """What finds each of these numbers in the records."""
    each = tuple(dict.fromkeys(those))
    return {e164: hashed[:HALF] for e164, hashed in zip(each, hash_numbers(key, each), strict=True)}


def half_hash(key: bytes, e164: str) -> str:
    """What finds a number in the records."""
    return hash_number(key, e164)[:HALF]


def forgotten_hash(key: bytes, half: str) -> str:
    """What stands in the records for the half hash of a number that is forgotten: nobody asks for it by name.

    The same for all of one person's messages, so that counts of people stay right.
    """
    return keyed(key, "forgotten", half)[:HALF]


def hash_messages(key: bytes, those: Iterable[tuple[str, str]]) -> list[str]:
    """Whom each message goes to and what is seen of it, as keyed hashes. No address holds a line break."""
    return mac_with(key).of_each(_messages(those))


def message_digests(key: bytes, those: Iterable[tuple[str, str]]) -> list[bytes]:
    """The same as bytes."""
    return mac_with(key).digests(_messages(those))


def _numbers(those: Iterable[str]) -> list[bytes]:
    return [b"number:" + e164.encode("utf-8", "surrogatepass") for e164 in those]


def _messages(those: Iterable[tuple[str, str]]) -> list[bytes]:
    return [f"message:{to}\n{content}".encode("utf-8", "surrogatepass") for to, content in those]
