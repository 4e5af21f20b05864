"""A store's file, as another program has it.

Never by Python's own SQLite in this process: the server brings another one, and a file that is closed in the
one loses the POSIX locks of the other.
"""

import json
import sys
from pathlib import Path
from typing import Any

import anyio

from tests.e2e.house import House
from tests.store.unguarding import DROPPING

MEDDLED: set[Path] = set()
"""Stores that something else than the program has written: the audit does not know all of them."""

_RUN = (
    "done = [store.execute(each) for each in sys.argv[2:]]\n"
    "print(json.dumps([each.fetchall() if each.description else each.rowcount for each in done]))\n"
    "store.commit()\n"
)
_COPY = "copy = sqlite3.connect(sys.argv[2])\nstore.backup(copy)\ncopy.close()\nprint('null')\n"


async def tampered(store: Path, *statements: str) -> list[Any]:
    """The same by somebody who drops the triggers first that keep the ledger and the audit."""
    return (await run_sql(store, *DROPPING, *statements))[len(DROPPING) :]


def store_of(house: House) -> Path:
    """The house's store."""
    return house.folder / "store" / "store.sqlite3"


async def run_sql(store: Path, *statements: str) -> list[Any]:
    """The statements in one transaction: of each its rows, or how many it changed."""
    if not all(each.startswith(("SELECT", "PRAGMA")) for each in statements):
        MEDDLED.add(store)
    return await _elsewhere(_RUN, store, *statements)


async def copied(store: Path, copy: Path) -> None:
    """A backup, as a person makes one while the server runs."""
    MEDDLED.add(copy)
    await _elsewhere(_COPY, store, copy)


async def _elsewhere(script: str, store: Path, *given: str | Path) -> Any:
    whole = f"import json, sqlite3, sys\nstore = sqlite3.connect(sys.argv[1], timeout=30)\n{script}"
    done = await anyio.run_process([sys.executable, "-IS", "-c", whole, str(store), *map(str, given)])
    return json.loads(done.stdout)
