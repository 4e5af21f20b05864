"""All that a store holds, as text: what must not be in it is looked for in every table at once."""

from sqlalchemy import select

from server.parts import Parts
from server.store.plans import Connection
from server.store.record_tables import METADATA


async def stored(parts: Parts) -> dict[str, str]:
    """Each table's rows, written out; what is sealed stays so."""

    def work(conn: Connection) -> dict[str, str]:
        return {
            table.name: "\n".join(repr(tuple(row)) for row in conn.execute(select(table)))
            for table in METADATA.sorted_tables
        }

    return await parts.store.read(work)


async def tables_with(parts: Parts, *words: str) -> set[str]:
    """The tables that hold one of these anywhere."""
    found = await stored(parts)
    return {name for name, text in found.items() if any(word in text for word in words)}


async def rows_in(parts: Parts, *tables: str) -> int:
    """How many rows these tables have together."""
    found = await stored(parts)
    return sum(len(found[name].splitlines()) for name in tables)
