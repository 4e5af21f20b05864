"""The one way of every answer that a person gives on the page.

A yes is bound to the frozen preview of its action, as everywhere, and refused where that no longer holds. Who
carries it out: the assistant's call, which waits or is made again; for what was begun on the page itself,
`carry_out`, which a page calls once the yes was taken.
"""

from dataclasses import dataclass
from typing import Literal

from server.call_time import timed_call
from server.gate.approval import proves
from server.gate.recalling import Recalling, arguments_of, begun_on_page, caller_on_page
from server.gate.words.answers import Answer
from server.ledger.deciding import Decision
from server.ledger.refusals import ApprovalRefusedError
from server.ledger.signed import Signed
from server.logs.logs import redact
from server.parts import Parts
from server.store.actions import ALTERED, CHANGE_ASKED, CONSOLE, Action, State
from server.store.errors import StoreUnavailableError
from tools.cleaning import clean, is_blank
from tools.sentence import Sentence, reason_of, sentence, together, written

LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A person's answer, and what shows that it was theirs."""

    answer: Literal["approve", "refuse", "change"]
    by: str
    """The principal who is signed in."""
    proof: str = ""
    """What was typed."""
    note: str = ""
    """What should be different."""
    signed: Signed | None = None
    """What a passkey signed, where one did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of it. `refusal` says why it did nothing, '' where it was taken."""

    entry: Action | None
    refusal: str = ""


async def decide(parts: Parts, action_id: str, said: Said) -> Taken:
    """Approve, refuse, or ask for a change; nothing is decided twice."""
    entry = await parts.book.get(action_id)
    if entry is None:
        return Taken(entry=None, refusal=sentence("There is no action {id}.", id=clean(action_id, limit=20)))
    try:
        match said.answer:
            case "approve":
                return await _approve(parts, entry, said)
            case "refuse":
                return await _deny(parts, entry, Decision(by=said.by, channel=CONSOLE, reason="refused"))
            case "change":
                return await _ask_for_a_change(parts, entry, said)
    except ApprovalRefusedError as error:
        refusal = sentence("{id} was not approved: {reason}", id=entry.id, reason=error.why)
        return Taken(entry=entry, refusal=refusal)
    except StoreUnavailableError as error:
        refusal = sentence("{id} was not decided on: {reason}", id=entry.id, reason=reason_of(error))
        return Taken(entry=entry, refusal=refusal)


def is_decided_so(entry: Action, said: Said) -> bool:
    """Whether the same person has given this very answer here before."""
    if (entry.channel, entry.decided_by) != (CONSOLE, said.by):
        return False
    match said.answer:
        case "approve":
            return entry.state not in (State.PROPOSED, State.DENIED, State.EXPIRED)
        case "refuse":
            return entry.state is State.DENIED and entry.rule != CHANGE_ASKED
        case "change":
            return entry.state is State.DENIED and entry.rule == CHANGE_ASKED


async def carry_out(parts: Parts, entry: Action) -> Answer | None:
    """Do what was begun on the page and approved; None for what an assistant's call carries out.

    The gate looks again at everything, as for any call, and does it once, however often this is called.
    """
    if not begun_on_page(entry):
        return None
    operation = parts.operations[entry.tool]
    with timed_call(parts.settings.approval.more_seconds):
        caller = caller_on_page(entry.principal)
        ended = await parts.gate.call(operation, arguments_of(operation, entry), caller)
    # A caller that cannot be asked gets no question.
    return ended if isinstance(ended, Answer) else None


async def _approve(parts: Parts, entry: Action, said: Said) -> Taken:
    if entry.state is not State.PROPOSED:
        return Taken(entry=entry, refusal=_too_late(entry))
    if entry.proof and not proves(entry.proof, said.proof):
        return Taken(
            entry=entry,
            refusal=sentence("{id} was not approved: what was typed is not the proof.", id=entry.id),
        )
    recalled = await Recalling(parts.context).recall(parts.operations[entry.tool], entry)
    if recalled.stale is not None:
        return await _void(parts, entry, recalled.stale.message)
    approved = await parts.book.approve(entry.id, Decision(by=said.by, channel=CONSOLE, signed=said.signed))
    if approved is None:
        now = await parts.book.get(entry.id) or entry
        return Taken(entry=now, refusal=_too_late(now))
    return Taken(entry=approved)


async def _void(parts: Parts, entry: Action, why: str) -> Taken:
    """What the person saw is no longer true: the question ends, and a new call asks with fresh figures."""
    ended = await parts.book.void(entry.id, written(why)) or await parts.book.get(entry.id) or entry
    return Taken(entry=ended, refusal=together(sentence("{id} was not approved.", id=entry.id), why))


async def _ask_for_a_change(parts: Parts, entry: Action, said: Said) -> Taken:
    if is_blank(said.note):
        refusal = sentence("Write what should be different. {id} still waits.", id=entry.id)
        return Taken(entry=entry, refusal=refusal)
    note = redact(clean(said.note, limit=LONGEST_NOTE))
    return await _deny(parts, entry, Decision(by=said.by, channel=CONSOLE, rule=CHANGE_ASKED, reason=note))


async def _deny(parts: Parts, entry: Action, decision: Decision) -> Taken:
    denied = await parts.book.deny(entry.id, decision)
    if denied is not None:
        return Taken(entry=denied)
    now = await parts.book.get(entry.id) or entry
    return Taken(
        entry=now,
        refusal=sentence("{id} was not refused: it has ended, or is being carried out.", id=entry.id),
    )


def _too_late(entry: Action) -> Sentence:
    if entry.reason == ALTERED:
        return sentence(
            "{id} was not approved: it was changed in the store by something other than this program.",
            id=entry.id,
        )
    return sentence("{id} was not approved: it is decided or expired already.", id=entry.id)
