"""`campaign-ops-mcp block`: numbers that are never texted, whatever anybody approves."""

from datetime import datetime
from functools import partial
from pathlib import Path

from server.command.common import FAILED, OK, console, parts_of, person
from server.command.options import Config, Sandbox, run
from server.ledger.blocking import ToBlock, block_all
from server.ledger.notes import Note
from server.store import blocked
from server.store.plans import Connection
from tools.mobile import mask_mobile, normalise_mobile
from tools.taipei import iso


async def add(config: Path | None, number: str, note: str, *, sandbox: bool = False) -> int:
    """Block a number from now on."""
    out = console()
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.print(f"Nothing was blocked: {error}")
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: Connection, now: datetime) -> tuple[int, *tuple[Note | None, ...]]:
            wanted = ToBlock(number=hashed, masked=mask_mobile(mobile), why=note)
            return block_all(conn, [wanted], Note(what="blocked", by=person()), now)

        fresh = await parts.journal.write(work)
    out.print(f"{mask_mobile(mobile)} {'is blocked' if fresh else 'was blocked already'}.")
    return OK


async def remove(config: Path | None, number: str, *, sandbox: bool = False) -> int:
    """Let a number be texted again."""
    out = console()
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.print(f"Nothing was changed: {error}")
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: Connection, _: datetime) -> tuple[bool, Note]:
            return blocked.remove(conn, hashed), Note(what="unblocked", by=person(), outcome=hashed)

        found = await parts.journal.write(work)
    out.print(f"{mask_mobile(mobile)} {'is no longer blocked' if found else 'was not blocked'}.")
    return OK if found else FAILED


async def show(config: Path | None, *, sandbox: bool = False) -> int:
    """List the blocked numbers, masked, newest first."""
    out = console()
    async with parts_of(config, sandbox=sandbox) as parts:
        found, total = await parts.store.read(lambda conn: blocked.list_blocked(conn, 1, 1000))
    for entry in found:
        out.print(f"{entry.masked}  {iso(entry.added_at)}  {entry.note}")
    out.print(f"{total} blocked")
    return OK


def block_add(number: str, *, note: str = "", sandbox: Sandbox = False, config: Config = None) -> None:
    """Never text this number again."""
    raise SystemExit(run(partial(add, config, number, note, sandbox=sandbox)))


def block_remove(number: str, *, sandbox: Sandbox = False, config: Config = None) -> None:
    """Let this number be texted again."""
    raise SystemExit(run(partial(remove, config, number, sandbox=sandbox)))


def block_list(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """List the blocked numbers, masked."""
    raise SystemExit(run(partial(show, config, sandbox=sandbox)))
