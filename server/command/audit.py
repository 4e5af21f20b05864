"""`campaign-ops-mcp audit`: check the chain, or write it out."""

import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.command.common import FAILED, OK, parts_of
from server.command.comparison import examined
from server.command.options import Config, Sandbox, run
from server.command.terminal import terminal
from server.folders import head_file_of
from server.settings.own_command import with_own_commands
from server.store import audit
from server.store.head_file import Head, read_head
from server.store.key_file import KeyFileError
from server.store.plans import Connection
from tools.sentence import plural, reason_of, sentence


async def verify(config: Path | None, expect_head: str, *, sandbox: bool) -> int:
    """Check every entry, against the remembered head or the one given as `NUMBER:MAC`; then every table."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        try:
            expected = _parse(expect_head) if expect_head else read_head(head_file_of(parts.settings))
        except (ValueError, KeyFileError) as error:
            out.say(sentence("The expected head cannot be used: {reason}", reason=reason_of(error)))
            return FAILED
        found = await examined(parts, expected)
    for line in (*found.told(), *found.not_compared()):
        out.say(with_own_commands(parts.settings, line))
    if found.chain.ok:
        head = found.chain.head
        out.say(
            plural(
                "The audit is intact: {count} entry, head {head}",
                "The audit is intact: {count} entries, head {head}",
                found.chain.entries,
                head=f"{head.sequence}:{head.mac}",
            )
        )
    return OK if found.ok else FAILED


def _parse(written: str) -> Head:
    number, _, mac = written.partition(":")
    if not number.isdecimal() or not mac:
        raise ValueError(sentence("write it as NUMBER:MAC, as `audit verify` prints it."))
    return Head(int(number), mac)


async def export(config: Path | None, *, sandbox: bool) -> int:
    """JSON lines on stdout."""

    def work(conn: Connection) -> None:
        sys.stdout.writelines(audit.export(conn))

    async with parts_of(config, sandbox=sandbox) as parts:
        await parts.store.read(work)
    return OK


def audit_verify(
    *,
    expect_head: Annotated[
        str, typer.Option("--expect-head", help=sentence("NUMBER:MAC, noted earlier."))
    ] = "",
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Check that no entry of the audit was changed, removed or cut off."""
    raise SystemExit(run(partial(verify, config, expect_head, sandbox=sandbox)))


def audit_export(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """Write the audit to stdout as JSON lines."""
    raise SystemExit(run(partial(export, config, sandbox=sandbox)))
