"""`campaign-ops-mcp purge`: what is older than the retention becomes counts, now."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.batches.retention import Gone
from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Sandbox, Yes, run
from server.command.terminal import Terminal
from server.store.aging import DECIDED, QUARANTINED, REPLIED, REPORTS
from server.store.campaign_aging import ENDED, PLANS
from tools.sentence import Sentence, plural, sentence


async def purge(config: Path | None, *, yes: bool, dry_run: bool, sandbox: bool = False) -> int:
    """Show what would go, ask, and let it go; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        due = await parts.retention.due()
        if not due.anything:
            out.say(
                plural(
                    "Nothing is older than {count} day.",
                    "Nothing is older than {count} days.",
                    parts.retention.days,
                )
            )
            return OK
        _show(due, parts.retention.days, out)
        if dry_run:
            out.say(sentence("Nothing was removed."))
            return OK
        question = sentence("Remove the numbers, names and replies for good?")
        if not (yes or await out.agreed(question, otherwise=sentence("Nothing was removed."))):
            return FAILED
        gone = await parts.retention.purge(person())
    out.say(
        sentence(
            "Done: {messages} messages of {batches} batches are counts now.",
            messages=gone.messages,
            batches=gone.batches,
        )
    )
    return OK


def _show(due: Gone, days: int, out: Terminal) -> None:
    out.say(plural("Older than {count} day:", "Older than {count} days:", days))
    out.say(
        sentence(
            "{messages} messages and {replies} replies of {batches} batches, which keep their counts",
            messages=due.messages,
            replies=due.replies,
            batches=due.batches,
        )
    )
    out.say(
        plural(
            "the numbers in {count} action of the ledger",
            "the numbers in {count} actions of the ledger",
            due.actions,
        )
    )
    for name, count in due.others.items():
        if count:
            out.say(_OTHERS[name](count))


_OTHERS: Mapping[str, Callable[[int], Sentence]] = {
    REPORTS: lambda count: plural("{count} delivery report", "{count} delivery reports", count),
    QUARANTINED: lambda count: plural(
        "{count} report that fitted nothing", "{count} reports that fitted nothing", count
    ),
    REPLIED: lambda count: plural("{count} reply to no batch", "{count} replies to no batch", count),
    DECIDED: lambda count: plural(
        "{count} opt-out that was dismissed", "{count} opt-outs that were dismissed", count
    ),
    ENDED: lambda count: plural(
        "who was in {count} campaign that ended", "who was in {count} campaigns that ended", count
    ),
    PLANS: lambda count: plural(
        "{count} campaign's plan that nobody started", "{count} campaigns' plans that nobody started", count
    ),
}


def purge_command(
    *,
    yes: Yes = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=sentence("Only show what would go."))] = False,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Reduce what is older than the retention to counts."""
    raise SystemExit(run(partial(purge, config, yes=yes, dry_run=dry_run, sandbox=sandbox)))
