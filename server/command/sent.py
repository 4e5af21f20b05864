"""`campaign-ops-mcp sent`: what went out on a day, and what it cost."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.command.common import FAILED, OK, parts_of
from server.command.options import Config, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.logs.number_masking import mask_numbers
from server.parts import utc_now
from server.store import batches
from server.store.batches import Batch, BatchFilter
from server.store.day_sums import DaySums, day_sums
from tools.sentence import plural, sentence, together
from tools.taipei import as_taipei, iso_minute, read_day, whole_days

_SHOWN = 1_000
_STATES = {
    batches.SENT: sentence("sent"),
    batches.UNKNOWN: sentence("unknown"),
    batches.FAILED: sentence("failed"),
    batches.ERASED: sentence("erased"),
}


async def sent(config: Path | None, day: str, *, sandbox: bool = False) -> int:
    """Print the day's batches, oldest first, and their sum."""
    on = _day_of(day)
    if on is None:
        terminal(config).say(sentence("That is no day. Write today, yesterday, or a day as 2026-12-31."))
        return FAILED
    since, before = whole_days(on)
    wanted = BatchFilter(since=since, before=before)
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        found, total = await parts.memory.page(wanted, 1, _SHOWN)
        sums = await parts.store.read(lambda conn: day_sums(conn, wanted))
    out.columns(_row(batch) for batch in reversed(found))
    if total > len(found):
        out.say(sentence("Only the newest {shown} of {total} are shown.", shown=len(found), total=total))
    out.say(_told(on, sums))
    return OK


def _day_of(written: str) -> date | None:
    today = as_taipei(utc_now()).date()
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    try:
        return named.get(written) or read_day(written)
    except ValueError:
        return None


def _row(batch: Batch) -> Sequence[str]:
    booked = sentence("for {time}", time=iso_minute(batch.send_at)) if batch.send_at else ""
    return (
        iso_minute(batch.sent_at),
        batch.id if batch.principal else batch.batch_id,
        _STATES[batch.state],
        plural("{count} recipient", "{count} recipients", batch.recipients),
        "" if batch.points is None else sentence("{points} points", points=f"{batch.points:,f}"),
        batch.principal,
        mask_numbers(batch.words),
        booked,
    )


def _told(on: date, sums: DaySums) -> str:
    told = sentence(
        "{day}: {sends} to {recipients}, {points} points",
        day=on.isoformat(),
        sends=plural("{count} send", "{count} sends", sums.batches),
        recipients=plural("{count} recipient", "{count} recipients", sums.recipients),
        points=f"{sums.points:,f}",
    )
    if not sums.returned:
        return told
    back = sentence("(less {points} that came back)", points=f"{sums.returned:,f}")
    return together(told, back)


def sent_command(
    day: Annotated[
        str, typer.Argument(metavar="DAY", help=sentence("today, yesterday, or a day as 2026-12-31"))
    ] = "today",
    *,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """List what went out on a day, with the sum."""
    raise SystemExit(run(partial(sent, config, day, sandbox=sandbox)))
