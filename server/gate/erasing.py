"""The erasings of a whole: each part of the list that a person agreed to, as an action of its own."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from server.gate.at_once import few_at_once
from server.gate.calls import Call, CallOf
from server.gate.each_alone import alone, end_of
from server.gate.flight_desk import erasing_of
from server.gate.words.answers import Answer
from server.gate.words.store_refusals import outcome_kept, store_lost
from server.ledger.book import Book
from server.ledger.finishing import Ending
from server.ledger.keeping import OutcomeKeptError
from server.ledger.parts import Part, listed, parts_of, request_ids
from server.store.actions import Action
from server.store.batches import Batch
from server.store.errors import StoreUnavailableError
from tools.desk.stop import NOT_BOOKED, StoppedItem
from tools.every8d.erase import ERASE_MMS_BOOKING, ERASE_SMS_BOOKING, NOTHING_TO_ERASE

_NO_BATCH_ID = "Nobody knows whether it was booked: reconcile_action finds its batch, or a person does."
CarryPart = Callable[[CallOf, Action, int], Awaitable[Answer]]
"""Carries out a part of a whole, of at most so many messages."""
_ERASINGS = {each.name: each for each in (ERASE_SMS_BOOKING, ERASE_MMS_BOOKING)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreed:
    """What a person is asked about, as it is frozen: the bookings, and what was braked before."""

    bookings: Sequence[StoppedItem]
    braked: Sequence[StoppedItem]

    @classmethod
    def of(cls, whole: Action) -> "Agreed":
        """As the arguments of the whole hold it."""
        kept: dict[str, Any] = json.loads(whole.arguments)
        return cls(
            bookings=[StoppedItem.model_validate(each) for each in kept["bookings"]],
            braked=[StoppedItem.model_validate(each) for each in kept["braked"]],
        )

    def arguments(self, parts: Sequence[Part]) -> str:
        """As the arguments of the whole are to hold it."""
        return json.dumps(
            {
                "parts": listed(parts),
                "bookings": [each.model_dump(mode="json") for each in self.bookings],
                "braked": [each.model_dump(mode="json") for each in self.braked],
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What became of one booking."""

    item: StoppedItem
    points: Decimal = Decimal(0)


def booking_of(batch: Batch) -> StoppedItem:
    """A booking that still stands."""
    return StoppedItem(
        what="booking",
        id=batch.batch_id,
        words=batch.words,
        at=batch.send_at,
        count=batch.pending,
        ended="still there",
    )


def lost_booking(batch: Batch) -> StoppedItem:
    """A booking of unknown outcome: without the vendor's id it cannot be erased, and it may go out."""
    return booking_of(batch).model_copy(
        update={"id": batch.id, "ended": "unknown", "why": _NO_BATCH_ID, "action_id": batch.id}
    )


def part_of(batch: Batch) -> Part:
    """Its erasing, as a part of the whole."""
    return Part(tool=erasing_of(batch), target=batch.batch_id, most=batch.pending)


async def erase_all(carry_part: CarryPart, call: Call, whole: Action) -> list[Erased]:
    """Erase each booking of the list, a few at a time."""
    each = zip(parts_of(whole), request_ids(whole), Agreed.of(whole).bookings, strict=True)
    return await few_at_once(
        [
            partial(_erase, carry_part, _call_of(part, request_id, call), whole, part, item)
            for part, request_id, item in each
        ]
    )


async def finished(book: Book, whole: Action, ending: Ending, answer: Answer) -> Answer:
    """The answer, with how the whole ended written down, or with the word that it could not be."""
    try:
        await book.finish(whole.id, ending)
    except OutcomeKeptError:
        return outcome_kept(answer)
    except StoreUnavailableError:
        return store_lost(answer)
    return answer


def _call_of(part: Part, request_id: str, call: Call) -> CallOf:
    operation = _ERASINGS[part.tool]
    params = operation.params(batch_id=part.target, request_id=request_id)
    return CallOf(operation=operation, params=params, caller=call.caller)


async def _erase(
    carry_part: CarryPart, erasing: CallOf, whole: Action, part: Part, item: StoppedItem
) -> Erased:
    answer = await alone(erasing, partial(carry_part, erasing, whole, part.most))
    facts = answer.facts
    is_over = facts.get("code") == NOTHING_TO_ERASE
    end = end_of(answer, done="erased", not_done=NOT_BOOKED if is_over else "not erased")
    gone = end.ended == "erased" and not facts["found"]
    return Erased(
        item=item.model_copy(
            update={
                "ended": "gone" if gone else end.ended,
                "count": facts["erased"] if end.ended == "erased" else item.count,
                "why": end.why,
                "action_id": end.action_id,
            }
        ),
        points=Decimal(str(facts.get("points_returned", 0))),
    )
