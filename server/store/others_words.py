"""A number that stands in what somebody else replied, and in the words of somebody else's opt-out."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from sqlalchemy import Table, bindparam, select, update

from server.store.plans import Connection
from server.store.record_tables import OPT_OUTS, REPLIES

_TAIWAN = "+886"
_BETWEEN = r"[\s().\-－]*"
_CODE = rf"(?:[+＋]?[8８][8８][6６]{_BETWEEN})?(?:\(?[0０]\)?{_BETWEEN})?"
_MASKED = "***"


class _Words(NamedTuple):
    """Where words stand, and the key of their row."""

    table: Table
    key: str
    words: str


_PLACES = (_Words(REPLIES, "key", "text"), _Words(OPT_OUTS, "number", "words"))
_READ = {
    place: select(place.table.c[place.key], place.table.c[place.words]).where(
        place.table.c[place.words] != ""
    )
    for place in _PLACES
}
_WRITE = {
    place: update(place.table)
    .where(place.table.c[place.key] == bindparam("of_key"))
    .values({place.words: bindparam("new_words")})
    for place in _PLACES
}


def naming(conn: Connection, mobile: str) -> int:
    """How many of these name the number (E.164)."""
    return sum(1 for _ in _found(conn, mobile))


def unname(conn: Connection, mobile: str) -> int:
    """Mask the number (E.164) in all of them; how many named it."""
    found = list(_found(conn, mobile))
    for place, key, words in found:
        conn.execute(_WRITE[place], {"of_key": key, "new_words": words})
    return len(found)


def _found(conn: Connection, mobile: str) -> Iterator[tuple[_Words, str, str]]:
    """Of each that names it: where it stands, its key, and its words without the number."""
    spelling = _spelling(mobile)
    for place in _PLACES:
        for key, words in conn.stream(_READ[place]):
            left = spelling.sub(_MASKED, words)
            if left != words:
                yield place, key, left


def _spelling(mobile: str) -> re.Pattern[str]:
    """Its usual spellings: with 0, with the country's code, in groups, in full-width digits."""
    digits = mobile.removeprefix(_TAIWAN).removeprefix("+")
    number = _BETWEEN.join(f"[{digit}{chr(ord(digit) + 0xFEE0)}]" for digit in digits)
    code = _CODE if mobile.startswith(_TAIWAN) else "[+＋]?"
    return re.compile(rf"(?<!\d){code}{number}(?!\d)")
