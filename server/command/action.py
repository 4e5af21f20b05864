"""`campaign-ops-mcp actions show`: one action whole, from the call to what the audit says of it."""

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from server.command.common import FAILED, OK, parts_of
from server.command.options import ActionId, Config, Sandbox, run
from server.command.states import state_in_words
from server.command.terminal import Terminal
from server.command.texts import say_texts
from server.gate.words.deciders import decider, way
from server.gate.words.endings import because
from server.gate.words.questions import render
from server.gate.words.texted import texted
from server.languages.catalogue import Language, in_language
from server.logs.number_masking import mask_numbers
from server.store import audit
from server.store.columns import moment_of
from tools.cleaning import quote, shortened
from tools.operation import RISKY, Preview
from tools.sentence import Sentence, sentence
from tools.taipei import iso

if TYPE_CHECKING:
    from server.store.actions import Action

_LONGEST_ANSWER = 2_000


async def show(config: Path | None, action_id: str, page: int, *, sandbox: bool) -> int:
    """Print all of one action; its texts by pages."""
    async with parts_of(config, sandbox=sandbox) as parts:
        out = Terminal(parts.settings.language)
        await parts.memory.catch_up_if_possible()
        action = await parts.book.get(action_id)
        if action is None:
            out.say(sentence("There is no action {id}.", id=action_id))
            return FAILED
        erased = await parts.book.was_erased(action)
        asked = await parts.book.asked_by_text(action.id)
        now = parts.context.clock()
        lines = await parts.store.read(lambda conn: audit.about(conn, action.id))
    state = state_in_words(action.state, erased=erased)
    out.headline(sentence("{id}  {tool}  {state}", id=action.id, tool=action.tool, state=state))
    _say_what(out, action)
    if not say_texts(out, action, page):
        return FAILED
    told = () if asked is None else texted(action, asked, now, iso)
    for line in (*_steps(action), *told, *_outcome(action)):
        out.say(line)
    out.headline(sentence("in the audit"))
    out.columns(_in_the_audit(number, entry, out.language) for number, entry in lines)
    return OK


def _say_what(out: Terminal, action: "Action") -> None:
    """The question; of a change, about which nobody is asked, what it acted on."""
    if action.risk in RISKY:
        preview = Preview.model_validate_json(action.preview)
        # The texts stand below, by pages.
        out.say(render(preview.model_copy(update={"text": ""}), out.language))
    elif action.target:
        out.say(sentence("Id: {id}", id=action.target))


def _steps(action: "Action") -> Iterator[Sentence]:
    yield sentence("{time}  asked for by {who}", time=iso(action.created_at), who=action.principal)
    if action.decided_at is not None:
        who = decider(action)
        if str(action.state) == "denied":
            yield sentence("{time}  denied by {who}", time=iso(action.decided_at), who=who)
        else:
            yield sentence("{time}  approved by {who}", time=iso(action.decided_at), who=who)
    if action.dispatched_at is not None:
        yield sentence("{time}  given to the vendor", time=iso(action.dispatched_at))
    if action.finished_at is not None:
        # A booking was taken when this says: its erasing is an action of its own, at another time.
        state = state_in_words(action.state, erased=False)
        yield sentence("{time}  {state}", time=iso(action.finished_at), state=state)


def _outcome(action: "Action") -> Iterator[Sentence]:
    if action.points:
        yield sentence("Points reserved: {points}", points=f"{action.points:,f}")
    if action.points_final is not None:
        yield sentence("Points charged: {points}", points=f"{action.points_final:,f}")
    if action.points_returned:
        yield sentence("Points that came back: {points}", points=f"{action.points_returned:,f}")
    if action.batch_id:
        yield sentence("The vendor's id: {id}", id=action.batch_id)
    if action.retry_of:
        yield sentence("A safe retry of {id}", id=action.retry_of)
    if action.reason:
        yield sentence("Because: {quoted}", quoted=_quoted_reason(action))
    if action.vendor_answer:
        answer = mask_numbers(shortened(action.vendor_answer, _LONGEST_ANSWER))
        yield sentence("The vendor answered: {quoted}", quoted=quote(answer, limit=_LONGEST_ANSWER))


def _quoted_reason(action: "Action") -> str:
    """Words of ours as a sentence; what a person wrote quoted."""
    ours = str(action.state) in ("expired", "failed")
    return because(action) if ours else quote(action.reason)


def _in_the_audit(number: int, entry: Mapping[str, Any], language: Language) -> tuple[str, ...]:
    details: Mapping[str, Any] = entry["details"]
    by_what_way = in_language(way(str(details.get("channel", ""))), language)
    parts = (details.get("by"), by_what_way, details.get("rule"), details.get("outcome"))
    told = ", ".join(str(part) for part in parts if part)
    return str(number), iso(moment_of(entry["at"])), entry["event"], quote(told) if told else ""


def actions_show(
    action_id: ActionId,
    *,
    page: Annotated[int, typer.Option(min=1, help=sentence("Of the texts."))] = 1,
    sandbox: Sandbox = False,
    config: Config = None,
) -> None:
    """Show all of one action: what, who, when, its texts, how it ended."""
    raise SystemExit(run(partial(show, config, action_id, page, sandbox=sandbox)))
