"""`campaign-ops-mcp unlock`: call a vendor's account again after its refused login was dealt with."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated, get_args

import typer

from server.command.common import parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.terminal import terminal
from server.ledger.notes import Note
from server.store import locks
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from tools.operation import Vendor
from tools.sentence import reason_of, sentence

_VENDORS: tuple[Vendor, ...] = get_args(Vendor)


async def unlock_vendor(vendor: str, config: Path | None, *, sandbox: bool = False) -> None:
    """Remove the stop of a vendor's account, and write into the audit who did it.

    Raises:
        typer.BadParameter: there is no such vendor.
        typer.Exit: with 1, when the store cannot be used.
    """
    name = vendor.strip().lower()
    if name not in _VENDORS:
        raise typer.BadParameter(
            sentence("There is no such vendor. Write every8d or omis; nothing was changed.")
        )
    out = terminal(config)
    try:
        found = await _unlock(name, config, sandbox=sandbox)
    except StoreUnavailableError as error:
        out.say(sentence("Nothing was changed: {reason}", reason=reason_of(error)))
        raise typer.Exit(1) from None
    if not found:
        out.say(sentence("The calls of {vendor} were not stopped; nothing was changed.", vendor=name))
        return
    out.say(
        sentence(
            "The calls of {vendor} are no longer stopped. A server that is running has to be started again.",
            vendor=name,
        )
    )


async def _unlock(name: str, config: Path | None, *, sandbox: bool) -> bool:
    def work(conn: Connection, _: datetime) -> tuple[bool, Note | None]:
        found = locks.unlock(conn, name)
        note = Note(what="login_unlocked", principal=person(), by=person(), channel="terminal", outcome=name)
        return found, note if found else None

    async with parts_of(config, sandbox=sandbox) as parts:
        return await parts.journal.write(work)


def unlock(
    vendor: Annotated[str, typer.Argument(help=sentence("every8d or omis"))],
    *,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Call a vendor's account again after its refused login was dealt with."""
    run(partial(unlock_vendor, vendor, config, sandbox=sandbox))
