"""`campaign-ops-mcp unlock`: call a vendor's account again after its refused login was dealt with."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import typer

from server.command.common import console, parts_of, person
from server.ledger.journal import Note
from server.store.errors import StoreUnavailableError
from tools.operation import Vendor

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VENDORS: tuple[Vendor, ...] = get_args(Vendor)


async def unlock_vendor(vendor: str, config: Path | None, *, sandbox: bool = False) -> None:
    """Remove the stop of a vendor's account, and write into the audit who did it.

    Raises:
        typer.BadParameter: there is no such vendor.
        typer.Exit: with 1, when the store cannot be used.
    """
    name = vendor.strip().lower()
    if name not in _VENDORS:
        raise typer.BadParameter(f"no such vendor. Write {' or '.join(_VENDORS)}.")
    out = console()
    try:
        found = await _unlock(name, config, sandbox=sandbox)
    except StoreUnavailableError as error:
        out.print(f"Nothing was changed: {error}")
        raise typer.Exit(1) from None
    if not found:
        out.print(f"The calls of {name} were not stopped; nothing was changed.")
        return
    out.print(f"The calls of {name} are no longer stopped. A server that is running has to be started again.")


async def _unlock(name: str, config: Path | None, *, sandbox: bool) -> bool:
    from server.store.locks import unlock  # noqa: PLC0415 - the store's own libraries, only when it is used

    def work(conn: "Connection", _: datetime) -> tuple[bool, Note | None]:
        found = unlock(conn, name)
        note = Note(what="login_unlocked", principal=person(), by=person(), channel="terminal", outcome=name)
        return found, note if found else None

    async with parts_of(config, sandbox=sandbox) as parts:
        return await parts.journal.write(work)
