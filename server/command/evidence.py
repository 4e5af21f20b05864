"""`campaign-ops-mcp evidence`: one file for a complaint, of what a number was sent and who agreed to it."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import anyio
import typer

from server.batches.evidence import Asked, evidence
from server.command.common import FAILED, OK, parts_of, person
from server.command.new_file import IS_THERE, written
from server.command.options import Config, Number, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.folders import head_file_of
from server.gate.words.questions import render
from server.store.head_file import read_head
from server.store.key_file import KeyFileError
from tools.mobile import normalise_mobile
from tools.sentence import plural, reason_of, sentence
from tools.taipei import as_taipei, read_day


async def write_evidence(  # noqa: PLR0913 - what the command takes
    config: Path | None, number: str, *, first: str, last: str, output: Path | None, sandbox: bool = False
) -> int:
    """Put everything together and write it; the exit code."""
    try:
        asked = _asked(number, first, last)
    except ValueError as error:
        terminal(config).say(sentence("Nothing was written: {reason}", reason=reason_of(error)))
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        out, now = Terminal(parts.settings.language), as_taipei(parts.memory.keeper.clock())
        path = output or Path(f"evidence-{now:%Y%m%d-%H%M%S}.json")
        if await anyio.Path(path).exists():
            out.say(IS_THERE)
            return FAILED
        try:
            expected = await anyio.to_thread.run_sync(read_head, head_file_of(parts.settings))
        except KeyFileError as error:
            out.say(sentence("Nothing was written: {reason}", reason=reason_of(error)))
            return FAILED
        found = await evidence(
            parts.memory,
            asked,
            by=person(),
            expected=expected,
            shown=partial(render, language=parts.settings.language),
        )
    content = json.dumps(found, ensure_ascii=False, indent=2).encode("utf-8", "replace")
    if not await written(path, content, out):
        return FAILED
    _told(found, path, out)
    return OK


def _asked(number: str, first: str, last: str) -> Asked:
    """What is wanted.

    Raises:
        ValueError: the number or a day is none, or the days are in the wrong order.
    """
    asked = Asked(mobile=normalise_mobile(number), first=_day(first), last=_day(last))
    if asked.first > asked.last:
        raise ValueError(sentence("the first day lies after the last one."))
    return asked


def _day(written: str) -> date:
    try:
        return read_day(written)
    except ValueError:
        raise ValueError(sentence("{written} is no day. Write it as 2026-11-30.", written=written)) from None


def _told(found: dict[str, Any], path: Path, out: Terminal) -> None:
    sends = len(found["messages"]) + len(found["sends_without_details"])
    out.say(
        plural(
            "{count} message and {lines} lines of the audit are in {path}. It holds the number whole; "
            "you alone can read it.",
            "{count} messages and {lines} lines of the audit are in {path}. It holds the number whole; "
            "you alone can read it.",
            sends,
            lines=len(found["audit"]["lines"]),
            path=str(path),
        )
    )
    if not found["audit"]["intact"]:
        out.say(sentence("The audit is NOT intact, and the file says so: `campaign-ops-mcp audit verify`."))


def evidence_command(  # noqa: PLR0913 - its options
    number: Number,
    *,
    first: Annotated[str, typer.Option("--from", help=sentence("The first day, as 2026-11-01."))],
    last: Annotated[str, typer.Option("--to", help=sentence("The last day, as 2026-11-30."))],
    output: Annotated[
        Path | None, typer.Option("--output", help=sentence("The file; a new one in this folder if absent."))
    ] = None,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Write what a number was sent, who agreed and what came of it to one file, with the audit's proof."""
    wanted = partial(write_evidence, config, number, first=first, last=last, output=output, sandbox=sandbox)
    raise SystemExit(run(wanted))
