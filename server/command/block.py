"""`campaign-ops-mcp block`: numbers that are never texted, whatever anybody approves."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from server.command.common import FAILED, OK, console, parts_of, person
from server.ledger.journal import Note
from tools.mobile import mask_mobile, normalise_mobile
from tools.taipei import iso

if TYPE_CHECKING:
    from sqlalchemy import Connection


async def add(config: Path | None, number: str, note: str, *, sandbox: bool = False) -> int:
    """Block a number from now on."""
    from server.store import blocked  # noqa: PLC0415 - the store's own libraries, only when it is used

    out = console()
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.print(f"Nothing was blocked: {error}")
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: "Connection", now: datetime) -> tuple[bool, Note]:
            masked = mask_mobile(mobile)
            fresh = blocked.add(conn, hashed, masked, note, now)
            return fresh, Note(what="blocked", by=person(), outcome=hashed)

        fresh = await parts.journal.write(work)
    out.print(f"{mask_mobile(mobile)} {'is blocked' if fresh else 'was blocked already'}.")
    return OK


async def remove(config: Path | None, number: str, *, sandbox: bool = False) -> int:
    """Let a number be texted again."""
    from server.store import blocked  # noqa: PLC0415 - as above

    out = console()
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.print(f"Nothing was changed: {error}")
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: "Connection", _: datetime) -> tuple[bool, Note]:
            return blocked.remove(conn, hashed), Note(what="unblocked", by=person(), outcome=hashed)

        found = await parts.journal.write(work)
    out.print(f"{mask_mobile(mobile)} {'is no longer blocked' if found else 'was not blocked'}.")
    return OK if found else FAILED


async def show(config: Path | None, *, sandbox: bool = False) -> int:
    """List the blocked numbers, masked, newest first."""
    from server.store import blocked  # noqa: PLC0415 - as above

    out = console()
    async with parts_of(config, sandbox=sandbox) as parts:
        found, total = await parts.store.read(lambda conn: blocked.list_blocked(conn, 1, 1000))
    for entry in found:
        out.print(f"{entry.masked}  {iso(entry.added_at)}  {entry.note}")
    out.print(f"{total} blocked")
    return OK
