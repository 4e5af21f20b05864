"""`campaign-ops-mcp opt-outs`: who asked for nothing more, for a person to block, to let go, or to export."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import anyio
import typer

from server.command.common import FAILED, OK, console, parts_of, person
from server.command.options import Config, Sandbox, run
from server.ledger.journal import Note
from server.parts import Parts
from server.store.opt_outs import OptOut
from tools.cleaning import clean
from tools.mobile import as_dest
from tools.sentence import sentence
from tools.taipei import iso

_AT_MOST = 1_000
_SHOWN = 40


async def opt_outs(
    config: Path | None, *, confirm: bool, dismiss: bool, export: Path | None, sandbox: bool = False
) -> int:
    """List, and then do what is wished; the exit code."""
    if confirm + dismiss + (export is not None) > 1:
        console().print("Nothing was done: give one of --confirm, --dismiss and --export.")
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        await parts.memory.catch_up()
        if export is not None:
            return await _export(parts, export)
        found, total = await parts.memory.opt_outs.proposed(limit=_AT_MOST)
        _show(found, total)
        if not found or not (confirm or dismiss):
            return OK
        return await (_block(parts, found) if confirm else _dismiss(parts, found))


def _show(found: Sequence[OptOut], total: int) -> None:
    out = console()
    for each in found:
        words = clean(each.words, limit=_SHOWN)
        out.print(f"{each.masked}  {iso(each.at)}  {each.source}  {words}", markup=False)
    more = f", of whom {len(found)} are shown" if total > len(found) else ""
    out.print(f"{total} wait to be blocked{more}")


def _agreed(question: str) -> bool:
    try:
        return input(f"{question} [y/n] ").strip().casefold() in ("y", "yes")
    except EOFError:
        return False


async def _block(parts: Parts, found: Sequence[OptOut]) -> int:
    """Only those that were shown: who opts out meanwhile is asked about the next time."""
    if not await anyio.to_thread.run_sync(_agreed, f"Never text these {len(found)} numbers again?"):
        console().print("Nothing was blocked.")
        return FAILED
    fresh = await parts.memory.opt_outs.block(found, Note(what="blocked", by=person(), channel="terminal"))
    console().print(f"{fresh} are blocked.")
    return OK


async def _dismiss(parts: Parts, found: Sequence[OptOut]) -> int:
    if not await anyio.to_thread.run_sync(_agreed, f"Let these {len(found)} numbers go on being texted?"):
        console().print("Nothing was changed.")
        return FAILED
    await parts.memory.opt_outs.dismiss(found, person())
    console().print(f"{len(found)} are dismissed; who asks again is proposed again.")
    return OK


async def _export(parts: Parts, path: Path) -> int:
    """Everybody who opted out and was not dismissed, for OMIS; the file is its owner's alone."""
    rows = [(each, mobile) for each, mobile in await parts.memory.opt_outs.numbers() if mobile]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("mobile", "opted_out_at", "source"))
    writer.writerows((as_dest(mobile), iso(each.at), each.source) for each, mobile in rows)
    try:
        await anyio.to_thread.run_sync(partial(_write, path, text.getvalue()))
    except FileExistsError:
        console().print("Nothing was written: there is such a file already.")
        return FAILED
    except OSError:
        console().print("Nothing was written: the file cannot be made there.")
        return FAILED
    console().print(f"{len(rows)} numbers were written.")
    return OK


def _write(path: Path, text: str) -> None:
    path.touch(mode=0o600, exist_ok=False)
    path.write_bytes(text.encode("utf-8-sig"))


def opt_outs_command(
    *,
    confirm: Annotated[
        bool, typer.Option("--confirm", help=sentence("Ask once, and block all of them."))
    ] = False,
    dismiss: Annotated[
        bool, typer.Option("--dismiss", help=sentence("Ask once, and let all of them go."))
    ] = False,
    export: Annotated[
        Path | None,
        typer.Option("--export", help=sentence("Write all who opted out to this CSV, to import into OMIS.")),
    ] = None,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Who asked for nothing more and waits to be blocked."""
    wanted = partial(opt_outs, config, confirm=confirm, dismiss=dismiss, export=export, sandbox=sandbox)
    raise SystemExit(run(wanted))
