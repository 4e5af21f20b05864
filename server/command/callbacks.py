"""`campaign-ops-mcp callbacks`: what comes in by itself, what was set aside of it, and a new secret."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from server.batches.callback_tokens import CallbackTokens, Rotated
from server.batches.reports import NO_BATCH, NO_MESSAGE, REDUCED
from server.command.common import FAILED, OK, parts_of, person
from server.command.options import Config, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.ledger.notes import Note
from server.logs.number_masking import mask_numbers
from server.parts import Parts
from server.settings.settings import CallbacksSettings
from server.store.asking_plan import PLAN, open_plan
from server.store.callback_tokens import CallbackToken
from server.store.quarantine import (
    ASIDE,
    ELSEWHERE,
    FORGED,
    NOTED,
    UNREADABLE,
    CallbackCount,
    SetAside,
    callback_counts,
    newest_aside,
)
from server.store.rows import taipei_day
from tools.cleaning import quote
from tools.every8d.callbacks import PATH
from tools.sentence import Sentence, plural, sentence
from tools.taipei import iso

_DAYS = 30
_AT_MOST, _SHOWN = 50, 40
_KINDS = {
    NOTED: sentence("of messages of ours"),
    ASIDE: sentence("of nothing that was sent here: set aside"),
    FORGED: sentence("with a wrong secret: turned away"),
    ELSEWHERE: sentence("from an address that is not allowed: turned away"),
    UNREADABLE: sentence("that were no report: refused"),
}
_WHY = {
    NO_BATCH: sentence("no such batch"),
    NO_MESSAGE: sentence("no such message in the batch"),
    REDUCED: sentence("the batch was reduced to counts"),
}


async def status(config: Path | None, *, sandbox: bool = False) -> int:
    """What comes in and what is asked for; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out, now = Terminal(parts.settings.language), parts.memory.keeper.clock()
        _tell_receiver(parts.settings.callbacks, await parts.callback_tokens.in_force(), out)
        since = taipei_day(now - timedelta(days=_DAYS))
        counts = await parts.store.read(lambda conn: callback_counts(conn, since))
        batches, next_at = await parts.store.read(open_plan)
    _tell_counts(counts, out)
    _tell_plan(parts.settings.callbacks, batches, next_at, out)
    return OK


def _tell_receiver(settings: CallbacksSettings, tokens: Sequence[CallbackToken], out: Terminal) -> None:
    if not tokens:
        out.say(
            sentence("No delivery reports are received: `campaign-ops-mcp callbacks rotate` makes a secret.")
        )
        return
    out.say(
        sentence(
            "Delivery reports are received on {host}:{port}. Secrets that are taken:",
            host=settings.host,
            port=str(settings.port),
        )
    )
    out.columns((_issued(each), _used(each), _ends(each)) for each in tokens)
    if settings.allowed_addresses:
        allowed = ", ".join(settings.allowed_addresses)
        out.say(sentence("From these addresses alone: {addresses}.", addresses=allowed))


def _issued(token: CallbackToken) -> Sentence:
    if token.issued_at is None:
        return sentence("the one in the settings")
    return sentence("issued {when}", when=iso(token.issued_at))


def _used(token: CallbackToken) -> Sentence:
    if token.used_at is None:
        return sentence("never used")
    return sentence("last used {when}", when=iso(token.used_at))


def _ends(token: CallbackToken) -> Sentence:
    if token.until is None:
        return sentence("without an end")
    return sentence("until {when}", when=iso(token.until))


def _tell_counts(counts: Sequence[CallbackCount], out: Terminal) -> None:
    if not counts:
        out.say(sentence("Nothing came in {days} days.", days=str(_DAYS)))
        return
    out.say(sentence("Calls of {days} days:", days=str(_DAYS)))
    out.columns(
        (str(each.calls), _KINDS[each.what], sentence("last {when}", when=iso(each.newest_at)))
        for each in counts
    )


def _tell_plan(settings: CallbacksSettings, batches: int, next_at: datetime | None, out: Terminal) -> None:
    if not settings.ask:
        out.say(sentence("Batches are not asked for (CAMPAIGN_OPS_CALLBACKS__ASK)."))
    elif next_at is None:
        out.say(sentence("No batch is to be asked for."))
    else:
        out.say(
            plural(
                "{count} batch is to be asked for, next at {when}; {times} times in all at most.",
                "{count} batches are to be asked for, next at {when}; each {times} times at most.",
                batches,
                when=iso(next_at),
                times=str(len(PLAN)),
            )
        )


async def quarantine(config: Path | None, *, sandbox: bool = False) -> int:
    """The newest reports that fit nothing; the exit code."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        await parts.memory.catch_up()
        found, total = await parts.store.read(lambda conn: newest_aside(conn, _AT_MOST))
    if found:
        out.say(sentence("Whoever knows the URL can write these. What stands in 「」 is text from outside."))
    out.columns(_aside(each) for each in found)
    out.say(plural("{count} is set aside", "{count} are set aside", total))
    return OK


def _aside(each: SetAside) -> Sequence[str]:
    written = (each.batch_id, each.mobile, each.status, each.text)
    return (
        iso(each.at),
        _WHY.get(each.why, each.why),
        *(mask_numbers(quote(text, limit=_SHOWN)) for text in written),
    )


async def rotate(config: Path | None, *, days: int | None, retire: bool, sandbox: bool = False) -> int:
    """Make a new secret, or end those before the newest; the exit code."""
    if retire and days is not None:
        terminal(config).say(sentence("Nothing was done: give one of --days and --retire."))
        return FAILED
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        if retire:
            return await _retire(parts.callback_tokens, out)
        note = Note(what="callback_secret_issued", by=person(), channel="terminal")
        _tell_new(parts, await parts.callback_tokens.rotate(days, note), out)
    return OK


def _tell_new(parts: Parts, rotated: Rotated, out: Terminal) -> None:
    settings = parts.settings.callbacks
    out.say(sentence("Give the vendor this URL. It is shown once, and kept nowhere:"))
    base = settings.url or f"http://{settings.host}:{settings.port}"
    out.say(f"{base}{PATH}/{rotated.token}")
    if settings.url is None:
        out.say(sentence("Begin it with your own https address; CAMPAIGN_OPS_CALLBACKS__URL keeps that."))
    if rotated.beside is not None:
        out.say(_beside(rotated.beside))
    out.say(sentence("Running servers take it within a minute, without a restart."))


def _beside(token: CallbackToken) -> Sentence:
    if token.until is not None:
        return sentence("The one before is taken, too, until {when}.", when=iso(token.until))
    return sentence("The one before is taken, too, until `campaign-ops-mcp callbacks rotate --retire`.")


async def _retire(tokens: CallbackTokens, out: Terminal) -> int:
    newest, *before = await tokens.in_force() or [None]
    if newest is None or not before:
        out.say(sentence("Nothing was changed: there is no secret before the newest."))
        return FAILED
    if newest.used_at is None and not await out.agreed(
        sentence("The vendor has never called with the newest. End the ones before all the same?"),
        otherwise=sentence("Nothing was changed."),
    ):
        return FAILED
    ended = await tokens.retire(Note(what="callback_secret_retired", by=person(), channel="terminal"))
    out.say(plural("{count} is taken no longer.", "{count} are taken no longer.", ended))
    return OK


def callbacks_status(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """What came in by callback, which secrets are taken, and when the vendor is asked next."""
    raise SystemExit(run(partial(status, config, sandbox=sandbox)))


def callbacks_quarantine(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """The newest reports that fit nothing that was sent here."""
    raise SystemExit(run(partial(quarantine, config, sandbox=sandbox)))


def callbacks_rotate(
    *,
    days: Annotated[
        int | None,
        typer.Option("--days", min=0, max=365, help=sentence("End the one before after so many days.")),
    ] = None,
    retire: Annotated[
        bool, typer.Option("--retire", help=sentence("Make none, and end those before the newest."))
    ] = False,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Make a new secret for the callback's URL; the one before is taken beside it."""
    raise SystemExit(run(partial(rotate, config, days=days, retire=retire, sandbox=sandbox)))
