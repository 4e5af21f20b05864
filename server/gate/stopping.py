"""Stop everything: brakes first and unasked, then one question, then each erasing as an action of its own.

The whole is an action of the ledger, whose list a person agrees to; each part is one as well, claimed while
this process carries the whole out. Whatever dies on the way, the ledger knows of each part how it ended.
"""

import json
import secrets
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from server.call_time import enough_to_post
from server.gate.acting import Acting
from server.gate.approval import Approval
from server.gate.braking import Braking
from server.gate.caller import FormReply
from server.gate.calls import Call
from server.gate.changing import has_a_slot, is_allowed
from server.gate.context import GateContext
from server.gate.erasing import Agreed, Erased, booking_of, erase_all, finished, lost_booking, part_of
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.flight import Flight
from server.gate.masking import present
from server.gate.proposing import Proposing
from server.gate.shield import uncancelled
from server.gate.words.answers import Answer, Envelope, Question, failure
from server.gate.words.sentences import nothing, said_to_be_undone, time_is_up
from server.gate.words.telling import problem_text, shown_preview, told, unknown
from server.ledger.finishing import Ending
from server.store.actions import Action as Entry
from server.store.actions import CallKey, State
from tools.desk.in_flight import KNOWN_ALONE
from tools.desk.stop import NOT_BOOKED, StoppedItem, StopResult, stop_result
from tools.operation import Preview
from tools.problems import Problem
from tools.sentence import sentence
from tools.taipei import iso_minute

if TYPE_CHECKING:
    from server.store.batches import Batch

MOST_ASKED = 50
"""Bookings of one question: nobody reads a longer list in a hurry."""
_SOME_UNKNOWN = "of some of its erasings nobody knows the end"


class Stopping:
    """Takes a call of `stop_everything` through the gate."""

    def __init__(self, context: GateContext, acting: Acting) -> None:
        self._context = context
        self._acting = acting
        self._approval = Approval(context)
        self._braking = Braking(context.book, acting)
        self._proposing = Proposing(context.settings.approval)

    async def answer(self, call: Call, action_id: str | None, reply: FormReply | None) -> Answer | Question:
        """The end of the call, or the question for the person; with what was braked in either case."""
        try:
            if action_id is not None and reply is not None:
                return await self._replied(call, action_id, reply)
            if call.params.dry_run:
                return await self._dry_run(call)
            await is_allowed(self._context, call.operation, call.caller)
            braked = await self._braking.brake(call, self._flight(call))
        except ANTICIPATED as error:
            return self._failure(call, error)
        try:
            return await self._erase(call, braked)
        except ANTICIPATED as error:
            return await self._with(call, self._failure(call, error), braked)

    def _failure(self, call: Call, error: Exception) -> Answer:
        return failure(said_to_be_undone(call.operation, problem_of(call.operation, error)))

    def _flight(self, call: Call) -> Flight:
        whose = self._context.owning.limits_of(call.caller.principal)
        return Flight(self._context, None if call.caller.everybodys else whose)

    async def _dry_run(self, call: Call) -> Answer:
        flight = self._flight(call)
        braked, found = await self._braking.would_brake(flight), await flight.bookings()
        bookings = found.certain
        note = f"{nothing(call.operation)} This is only a preview; nothing was paused or ended either."
        preview = {"preview": shown_preview(_preview(bookings))} if bookings else {}
        answer = Envelope(outcome="dry_run").around({**preview, "note": note})
        return await self._with(
            call, answer, [*braked, *map(lost_booking, found.unknown), *map(booking_of, bookings)]
        )

    async def _replied(self, call: Call, action_id: str, reply: FormReply) -> Answer | Question:
        """The second round: what was braked before the question stands in what was asked."""
        asked = await self._context.book.get(action_id)
        own_call = (call.caller.principal, call.operation.name)
        agreed = Agreed.of(asked) if asked and (asked.principal, asked.tool) == own_call else None
        try:
            entry = await self._approval.replied(call, await self._digest(call), action_id, reply)
            if isinstance(entry, Entry):
                return await self._advance(call, entry, () if agreed is None else agreed.braked)
        except ANTICIPATED as error:
            entry = self._failure(call, error)
        if agreed is None:
            return entry
        return await self._with(call, entry, [*agreed.braked, *agreed.bookings])

    async def _erase(self, call: Call, braked: Sequence[StoppedItem]) -> Answer | Question:
        bookings, lost, _ = await self._flight(call).bookings()
        braked = [*braked, *map(lost_booking, lost)]
        entry = await self._waiting(call, bookings)
        if entry is None and not bookings:
            return await self._with(call, Envelope(outcome="done").around({}), braked)
        if entry is None:
            await has_a_slot(self._context, call.operation, call.caller)
            entry = await self._propose(call, bookings, braked)
        return await self._advance(call, entry, braked)

    async def _waiting(self, call: Call, bookings: Sequence["Batch"]) -> Entry | None:
        """The whole that was asked for before and can still be approved, or is; ended if its list is old."""
        asked = (call.caller.principal, call.operation.name)
        standing = [batch.batch_id for batch in bookings[:MOST_ASKED]]
        for action in await self._flight(call).actions():
            if (action.principal, action.tool) != asked:
                continue
            same = [item.id for item in Agreed.of(action).bookings] == standing
            if action.state is State.APPROVED or (action.state is State.PROPOSED and same):
                return action
            if action.state is State.PROPOSED:
                await self._context.book.void(action.id, "other bookings stand now")
        return None

    async def _propose(self, call: Call, bookings: Sequence["Batch"], braked: Sequence[StoppedItem]) -> Entry:
        some = bookings[:MOST_ASKED]
        key = CallKey(
            principal=call.caller.principal,
            tool=call.operation.name,
            digest=await self._digest(call),
            # Each stop is one of its own: what was stopped an hour ago says nothing of now.
            request_id=f"once-{secrets.token_hex(8)}",
        )
        agreed = Agreed(bookings=[*map(booking_of, some)], braked=braked)
        proposal = replace(
            self._proposing.proposal(call, self._context.surroundings(), _preview(bookings), key),
            arguments=agreed.arguments([*map(part_of, some)]),
        )
        expires_s = self._context.settings.approval.expires_s
        entry, _ = await self._context.book.propose(proposal, expires_s, (), through=call.caller.through)
        return entry

    async def _digest(self, call: Call) -> str:
        return await self._context.digest_of(call, self._context.surroundings())

    async def _advance(self, call: Call, entry: Entry, braked: Sequence[StoppedItem]) -> Answer | Question:
        decided = await self._approval.advance(call, entry)
        if isinstance(decided, Question):
            return decided
        if isinstance(decided, Entry) and enough_to_post():
            return await uncancelled(lambda: self._carry_out(call, decided, braked))
        answer = decided if isinstance(decided, Answer) else failure(time_is_up(call.operation))
        return await self._with(call, answer, [*braked, *Agreed.of(entry).bookings])

    async def _carry_out(self, call: Call, entry: Entry, braked: Sequence[StoppedItem]) -> Answer:
        book = self._context.book
        async with book.room():
            whole = await book.claim(entry.id, ())
            if not isinstance(whole, Entry):
                now = await self._context.entry_of(call, entry.id) or entry
                return await self._with(call, told(call.operation, now), braked)
            erased = await erase_all(self._acting.part, call, whole)
            points = sum((each.points for each in erased), Decimal(0))
            result = self._result([*braked, *(each.item for each in erased)], points)
            answer = await self._around(call, _answer(call, whole, erased), result)
            return await finished(book, whole, _ending(call, erased, result), answer)

    async def _with(self, call: Call, answer: Answer, items: Sequence[StoppedItem]) -> Answer:
        """The answer with what was stopped and what was not."""
        return await self._around(call, answer, self._result(items))

    def _result(self, items: Sequence[StoppedItem], points: Decimal | None = None) -> StopResult:
        return stop_result(items, points, KNOWN_ALONE if self._context.settings.omis is not None else "")

    async def _around(self, call: Call, answer: Answer, result: StopResult) -> Answer:
        shown = present(result, show_numbers=self._context.settings.privacy.show_numbers)
        if shown.outside:
            await self._context.outside.read(call.caller.in_session)
        return replace(answer, facts={**answer.facts, **shown.facts})


def _preview(bookings: Sequence["Batch"]) -> Preview:
    some = bookings[:MOST_ASKED]
    back = sum((batch.points or Decimal(0)) - batch.points_returned for batch in some)
    said = [sentence("Each is erased for good; what is booked after this question is not in it.")]
    if back:
        said.append(sentence("Points that come back: about {points}.", points=f"{back}"))
    if len(bookings) > len(some):
        said.append(
            sentence(
                "These are the next {count}; {more} more need another question.",
                count=len(some),
                more=len(bookings) - len(some),
            )
        )
    return Preview(
        effect=sentence("Erase every booking of this list"),
        nothing="Nothing was erased.",
        destroyed=sum(batch.pending for batch in some),
        warnings=tuple(said),
        details={_when(number, batch): batch.words for number, batch in enumerate(some, start=1)},
    )


def _when(number: int, batch: "Batch") -> str:
    """Each is told apart by its number: two can go out at the same time to as many."""
    at = "" if batch.send_at is None else f" {iso_minute(batch.send_at)[:16].replace('T', ' ')}"
    return f"{number}.{at} × {batch.pending:,}"


def _ended(erased: Sequence[Erased]) -> State:
    ends = {each.item.ended for each in erased}
    if "unknown" in ends:
        return State.UNKNOWN
    return State.SUCCEEDED if ends & {"erased", "gone", NOT_BOOKED} else State.FAILED


def _answer(call: Call, whole: Entry, erased: Sequence[Erased]) -> Answer:
    match _ended(erased):
        case State.UNKNOWN:
            return unknown(whole, _SOME_UNKNOWN)
        case State.FAILED:
            return failure(_none_erased(call))
        case _:
            return Envelope(outcome="done", action_id=whole.id).around({})


def _ending(call: Call, erased: Sequence[Erased], result: StopResult) -> Ending:
    match _ended(erased):
        case State.UNKNOWN:
            return Ending(state=State.UNKNOWN, outcome=json.dumps({"reason": _SOME_UNKNOWN}))
        case State.FAILED:
            return Ending(state=State.FAILED, outcome=problem_text(_none_erased(call)))
        case _:
            masked = present(result, show_numbers=False).facts
            return Ending(state=State.SUCCEEDED, outcome=json.dumps(masked, ensure_ascii=False))


def _none_erased(call: Call) -> Problem:
    return Problem(
        code="not_erased",
        message=f"{nothing(call.operation)} Every booking of the list was refused; `why` says it of each.",
        next="Call again: the person is asked about what still stands.",
        retryable=True,
    )
