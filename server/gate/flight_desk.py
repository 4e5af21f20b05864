"""What can still go out, as the desk lists it."""

import json
from collections.abc import Iterator

from server.gate.flight import SENDS_NOTHING, Bookings, Flight
from server.store.actions import UNDECIDED, Action, State
from server.store.batches import Batch
from server.store.tasks_seen import TaskSeen
from tools.every8d.erase import ERASE_MMS_BOOKING, ERASE_SMS_BOOKING
from tools.every8d.texts import first_words
from tools.every8d.undo import UNDO_SEND
from tools.flight_desk import InFlight, InFlightRow, What
from tools.operation import Risk


class OwnFlight:
    """The `FlightDesk` of one call."""

    def __init__(self, flight: Flight) -> None:
        self._flight = flight

    async def rows(self, *, refresh: bool) -> InFlight:
        """What can still go out."""
        silent = await self._flight.refresh(await self._flight.tasks()) if refresh else 0
        actions, bookings = await self._flight.actions(), await self._flight.bookings()
        tasks = await self._flight.tasks()
        return InFlight(
            rows=[*map(_of_action, actions), *_of_bookings(bookings), *map(_of_task, tasks)],
            silent=silent,
            omis=self._flight.context.settings.omis is not None,
        )


def erasing_of(batch: Batch) -> str:
    """The tool that erases this booking."""
    return (ERASE_MMS_BOOKING if batch.kind == "mms" else ERASE_SMS_BOOKING).name


def _of_action(action: Action) -> InFlightRow:
    what, can = _standing(action)
    return InFlightRow(
        what=what,
        id=action.id,
        words=first_words(json.loads(action.arguments)),
        state=action.tool,
        at=action.expires_at if what == "approval" else action.dispatched_at,
        count=action.recipients or None,
        can=can,
    )


def _standing(action: Action) -> tuple[What, str]:
    """What it is, and the tool that ends or settles it."""
    if action.state in UNDECIDED:
        return "approval", "stop_everything" if action.risk == Risk.SPEND else ""
    if action.state is State.UNKNOWN:
        return "unknown", "reconcile_action"
    return "under way", ""


def _of_bookings(found: Bookings) -> Iterator[InFlightRow]:
    for batch in found.certain:
        yield _of_booking(batch, UNDO_SEND.name if batch.id in found.held else erasing_of(batch))


def _of_booking(batch: Batch, can: str) -> InFlightRow:
    return InFlightRow(
        what="booking",
        id=batch.batch_id,
        words=batch.words,
        state=batch.tool,
        at=batch.send_at,
        count=batch.pending,
        can=can,
    )


def _of_task(task: TaskSeen) -> InFlightRow:
    can = "" if task.status in SENDS_NOTHING else f"pause_{task.kind}"
    return InFlightRow(
        what=task.kind,
        id=task.id,
        words=task.name,
        state=task.status,
        at=task.seen_at,
        can=f"resume_{task.kind}" if task.status == "paused" else can,
    )
