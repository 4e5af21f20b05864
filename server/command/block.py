"""`campaign-ops-mcp block`: numbers that are never texted, whatever anybody approves."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.batches.opt_outs import WHY
from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Number, Sandbox, run
from server.command.terminal import terminal
from server.ledger.blocking import ToBlock, block_all
from server.ledger.notes import Note
from server.store import blocked
from server.store.plans import Connection
from tools.mobile import mask_mobile, normalise_mobile
from tools.sentence import plural, reason_of, sentence
from tools.taipei import iso

_OURS = {str(each): each for each in WHY.values()}
"""Notes in our words; any other is a person's."""


async def add(config: Path | None, number: str, note: str, *, sandbox: bool = False) -> int:
    """Block a number from now on."""
    out = terminal(config)
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.say(sentence("Nothing was blocked: {reason}", reason=reason_of(error)))
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: Connection, now: datetime) -> tuple[int, *tuple[Note | None, ...]]:
            wanted = ToBlock(number=hashed, masked=mask_mobile(mobile), why=note)
            return block_all(conn, [wanted], Note(what="blocked", by=person()), now)

        fresh = await parts.journal.write(work)
    masked = mask_mobile(mobile)
    if fresh:
        out.say(sentence("{number} is blocked.", number=masked))
    else:
        out.say(sentence("{number} was blocked already.", number=masked))
    return OK


async def remove(config: Path | None, number: str, *, sandbox: bool = False) -> int:
    """Let a number be texted again."""
    out = terminal(config)
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        out.say(sentence("Nothing was changed: {reason}", reason=reason_of(error)))
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        (hashed,) = await parts.journal.hashes([mobile])

        def work(conn: Connection, _: datetime) -> tuple[bool, Note]:
            return blocked.remove(conn, hashed), Note(what="unblocked", by=person(), outcome=hashed)

        found = await parts.journal.write(work)
    masked = mask_mobile(mobile)
    if not found:
        out.say(sentence("{number} was not blocked.", number=masked))
        return FAILED
    out.say(sentence("{number} is no longer blocked.", number=masked))
    return OK


async def show(config: Path | None, *, sandbox: bool = False) -> int:
    """List the blocked numbers, masked, newest first."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        found, total = await parts.store.read(lambda conn: blocked.list_blocked(conn, 1, 1000))
    out.columns((entry.masked, iso(entry.added_at), _OURS.get(entry.note, entry.note)) for entry in found)
    out.say(plural("{count} blocked", "{count} blocked", total))
    return OK


def block_add(
    number: Number,
    *,
    note: Annotated[str, typer.Option(help=sentence("Why; `block list` shows it."))] = "",
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Never text this number again."""
    raise SystemExit(run(partial(add, config, number, note, sandbox=sandbox)))


def block_remove(number: Number, *, sandbox: Sandbox = False, config: Config = None) -> None:
    """Let this number be texted again."""
    raise SystemExit(run(partial(remove, config, number, sandbox=sandbox)))


def block_list(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """List the blocked numbers, masked."""
    raise SystemExit(run(partial(show, config, sandbox=sandbox)))
