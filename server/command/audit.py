"""`campaign-ops-mcp audit`: check the chain, or write it out."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from server.command.common import FAILED, OK, console, parts_of
from server.command.comparison import told
from server.parts import head_file_of
from server.store.keys import Head, KeyFileError, read_head

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from server.store.audit import Verification
    from server.store.comparing import Comparison


async def verify(config: Path | None, expect_head: str, *, sandbox: bool) -> int:
    """Check every entry, against the remembered head or the one given as `NUMBER:MAC`; then every table."""
    from server.store import audit  # noqa: PLC0415 - the store's own libraries, only when it is used
    from server.store.comparing import Comparing  # noqa: PLC0415 - as above

    out = console()
    async with parts_of(config, sandbox=sandbox) as parts:
        try:
            expected = _parse(expect_head) if expect_head else read_head(head_file_of(parts.settings))
        except (ValueError, KeyFileError) as error:
            out.print(f"The expected head cannot be used: {error}")
            return FAILED
        key = await parts.journal.key()

        def work(conn: "Connection") -> "tuple[Verification, list[Comparison]]":
            comparing = Comparing(key)
            found = audit.verify(conn, key, expected, take=comparing.take)
            return found, comparing.compare(conn) if found.ok else []

        found, comparisons = await parts.store.read(work)
    if not found.ok:
        out.print(f"The audit is NOT intact: {found.problem} (entry {found.first_bad}).")
        return FAILED
    for line in told(comparisons):
        out.print(line)
    out.print(f"The audit is intact: {found.entries} entries, head {found.head.sequence}:{found.head.mac}")
    return OK if all(each.ok for each in comparisons) else FAILED


def _parse(written: str) -> Head:
    number, _, mac = written.partition(":")
    if not number.isdecimal() or not mac:
        raise ValueError("write it as NUMBER:MAC, as `audit verify` prints it.")
    return Head(int(number), mac)


async def export(config: Path | None, *, sandbox: bool) -> int:
    """JSON lines on stdout."""
    from server.store import audit  # noqa: PLC0415 - the store's own libraries, only when it is used

    def work(conn: "Connection") -> None:
        sys.stdout.writelines(audit.export(conn))

    async with parts_of(config, sandbox=sandbox) as parts:
        await parts.store.read(work)
    return OK
