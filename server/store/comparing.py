"""The tables held against the audit's chain, both ways.

The last entry of each transaction says what became of every row that was changed in it (`changes`). What the
chain says last of a row must be what the table holds: a row that the chain does not know was inserted by
something else, one that differs was edited, and one that the chain knows and the table lacks was deleted.
An entry says as well what the row was before, and that must be what the chain said last: an edit is found
although the program changed the row again since.
"""

import json

from server.store.compared import Comparison
from server.store.compared_campaigns import ComparedCampaigns, compared_parts
from server.store.compared_tables import tables
from server.store.plans import Connection

_ROWS = '"rows":'
_decode = json.JSONDecoder().raw_decode


class Comparing:
    """Takes the chain, entry by entry, and compares all tables with it."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._tables = {each.name: each for each in (*tables(key), ComparedCampaigns(key))}
        self._earlier = True

    def take(self, entry: str) -> None:
        """The next entry of the chain, whose MAC was checked."""
        # Canonical JSON escapes quotes within a text, so this is found as a name alone.
        at = entry.find(_ROWS)
        if at >= 0:
            self._earlier = False
            said: dict[str, dict[str, str]] = _decode(entry, at + len(_ROWS))[0]
            for name, rows in said.items():
                if name in self._tables:
                    self._tables[name].take(rows)
        elif self._earlier:
            for table in self._tables.values():
                table.take_earlier(entry)

    def compare(self, conn: Connection) -> list[Comparison]:
        """What each table holds against what the chain says of it, in one transaction with the taking."""
        return [*(table.compare(conn) for table in self._tables.values()), compared_parts(conn)]
