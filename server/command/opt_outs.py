"""`campaign-ops-mcp opt-outs`: who asked for nothing more, for a person to block, to let go, or to export."""

import csv
import io
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.command.common import FAILED, OK, parts_of, person
from server.command.new_file import written
from server.command.options import Config, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.ledger.notes import Note
from server.logs.number_masking import mask_numbers
from server.parts import Parts
from server.store.opt_outs import REPLY, OptOut
from tools.cleaning import clean
from tools.mobile import as_dest
from tools.sentence import plural, sentence
from tools.taipei import iso

_AT_MOST = 1_000
_SHOWN = 40


async def opt_outs(
    config: Path | None, *, confirm: bool, dismiss: bool, export: Path | None, sandbox: bool = False
) -> int:
    """List, and then do what is wished; the exit code."""
    if confirm + dismiss + (export is not None) > 1:
        terminal(config).say(sentence("Nothing was done: give one of --confirm, --dismiss and --export."))
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        await parts.memory.catch_up()
        if export is not None:
            return await _export(parts, export, out)
        found, total = await parts.memory.opt_outs.proposed(limit=_AT_MOST)
        _show(found, total, out)
        if not found or not (confirm or dismiss):
            return OK
        return await (_block(parts, found, out) if confirm else _dismiss(parts, found, out))


def _show(found: Sequence[OptOut], total: int, out: Terminal) -> None:
    out.columns(
        (each.masked, iso(each.at), _source(each), mask_numbers(clean(each.words, limit=_SHOWN)))
        for each in found
    )
    if total > len(found):
        out.say(
            sentence("{total} wait to be blocked, of whom {shown} are shown", total=total, shown=len(found))
        )
    else:
        out.say(plural("{count} waits to be blocked", "{count} wait to be blocked", total))


def _source(opt_out: OptOut) -> str:
    return sentence("reply") if opt_out.source == REPLY else opt_out.source


async def _block(parts: Parts, found: Sequence[OptOut], out: Terminal) -> int:
    """Only those that were shown: who opts out meanwhile is asked about the next time."""
    question = plural(
        "Never text this {count} number again?", "Never text these {count} numbers again?", len(found)
    )
    if not await out.agreed(question, otherwise=sentence("Nothing was blocked.")):
        return FAILED
    fresh = await parts.memory.opt_outs.block(found, Note(what="blocked", by=person(), channel="terminal"))
    out.say(plural("{count} is blocked.", "{count} are blocked.", fresh))
    return OK


async def _dismiss(parts: Parts, found: Sequence[OptOut], out: Terminal) -> int:
    question = plural(
        "Let this {count} number go on being texted?",
        "Let these {count} numbers go on being texted?",
        len(found),
    )
    if not await out.agreed(question, otherwise=sentence("Nothing was changed.")):
        return FAILED
    await parts.memory.opt_outs.dismiss(found, person(), "terminal")
    out.say(
        plural(
            "{count} is dismissed; who asks again is proposed again.",
            "{count} are dismissed; who asks again is proposed again.",
            len(found),
        )
    )
    return OK


async def _export(parts: Parts, path: Path, out: Terminal) -> int:
    """Everybody who opted out and was not dismissed, for OMIS; the file is its owner's alone."""
    rows = [(each, mobile) for each, mobile in await parts.memory.opt_outs.numbers() if mobile]
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("mobile", "opted_out_at", "source"))
    writer.writerows((as_dest(mobile), iso(each.at), each.source) for each, mobile in rows)
    if not await written(path, text.getvalue().encode("utf-8-sig"), out):
        return FAILED
    out.say(plural("{count} number was written.", "{count} numbers were written.", len(rows)))
    return OK


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
