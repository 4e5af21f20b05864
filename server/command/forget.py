"""`campaign-ops-mcp forget`: a person asked for their data to be deleted."""

from functools import partial
from pathlib import Path

from server.batches.forgetting import Forgetting, OfNumber
from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Number, Sandbox, Yes, run
from server.command.terminal import Terminal, terminal
from tools.mobile import mask_mobile, normalise_mobile
from tools.sentence import plural, reason_of, sentence

_SHOWN_IDS = 5


async def forget(config: Path | None, number: str, *, yes: bool, sandbox: bool = False) -> int:
    """Show what is known of a number, ask, and forget it; the exit code."""
    try:
        mobile = normalise_mobile(number)
    except ValueError as error:
        terminal(config).say(sentence("Nothing was removed: {reason}", reason=reason_of(error)))
        return FAILED
    masked = mask_mobile(mobile)
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        forgetting = Forgetting(parts.memory)
        found = await forgetting.look(mobile)
        _show(found, masked, out)
        if not found.anything:
            return OK
        question = sentence("Forget {number} for good?", number=masked)
        if not (yes or await out.agreed(question, otherwise=sentence("Nothing was removed."))):
            return FAILED
        await forgetting.forget(mobile, person())
    out.say(sentence("{number} is forgotten; the counts stay.", number=masked))
    return OK


def _show(found: OfNumber, masked: str, out: Terminal) -> None:
    rows = found.rows
    out.say(
        sentence(
            "Of {number} are kept: {messages} messages, {replies} replies, {reports} delivery reports, "
            "{opt_outs} opt-outs, and {actions} sends of the ledger.",
            number=masked,
            messages=rows.messages,
            replies=rows.replies,
            reports=rows.reports,
            opt_outs=rows.opt_outs,
            actions=found.actions,
        )
    )
    if found.campaigns:
        out.say(
            plural(
                "{count} campaign that has ended knows it too.",
                "{count} campaigns that have ended know it too.",
                found.campaigns,
            )
        )
    if rows.named:
        out.say(
            plural(
                "{count} reply of somebody else names it: it is masked there.",
                "{count} replies of others name it: it is masked there.",
                rows.named,
            )
        )
    if rows.opt_outs:
        out.say(
            sentence(
                "Its opt-out stays known by a keyed hash, and cannot be written for OMIS any more: export "
                "the opt-outs first."
            )
        )
    if found.blocked:
        out.say(sentence("It is blocked and stays so, by a keyed hash."))
    if found.open:
        out.say(
            plural(
                "{count} send that has not ended holds it and keeps it ({ids}): settle that one, and forget "
                "again.",
                "{count} sends that have not ended hold it and keep it ({ids}): settle those, and forget "
                "again.",
                len(found.open),
                ids=_named(found.open),
            )
        )
    if found.open_campaigns:
        out.say(
            plural(
                "{count} campaign that has not ended holds it and keeps it ({ids}): forget again once it is "
                "done or cancelled. A plan that nobody starts goes by itself after a day.",
                "{count} campaigns that have not ended hold it and keep it ({ids}): forget again once they "
                "are done or cancelled. A plan that nobody starts goes by itself after a day.",
                len(found.open_campaigns),
                ids=_named(found.open_campaigns),
            )
        )
    if found.texts:
        out.say(
            plural(
                "{count} send holds it in its text or note for everybody, and keeps it.",
                "{count} sends hold it in their text or note for everybody, and keep it.",
                found.texts,
            )
        )
    out.say(sentence("Files that were written or downloaded before are not searched."))


def _named(ids: tuple[str, ...]) -> str:
    shown = ", ".join(ids[:_SHOWN_IDS])
    return shown if len(ids) <= _SHOWN_IDS else f"{shown}, …"


def forget_command(
    number: Number, *, yes: Yes = False, sandbox: Sandbox = False, config: Config = None
) -> None:
    """Forget a number: its messages, names and replies go, the counts stay."""
    raise SystemExit(run(partial(forget, config, number, yes=yes, sandbox=sandbox)))
