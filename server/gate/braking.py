"""The brakes of a stop: nobody is asked, no look comes first, and none waits for another's failure."""

import json
from collections.abc import Sequence
from functools import partial

from server.gate.acting import Acting
from server.gate.at_once import few_at_once
from server.gate.calls import Call, CallOf
from server.gate.each_alone import alone, end_of
from server.gate.flight import SENDS_NOTHING, Flight
from server.ledger.book import Book
from server.store.actions import STOPPED, UNDECIDED, Action, State
from server.store.campaigns import Campaign
from server.store.tasks_seen import TaskSeen
from tools.desk.stop import Ended, StoppedItem
from tools.every8d.texts import first_words
from tools.omis.jobs import pause_job
from tools.omis.launches import pause_launch
from tools.operation import Risk

_PAUSES = {"launch": pause_launch, "job": pause_job}
_FIRST = ("job", "launch")
"""What sends now is a job; its launch would start the next one."""


class Braking:
    """Ends what waits for approval, and pauses what runs."""

    def __init__(self, book: Book, acting: Acting) -> None:
        self._book = book
        self._acting = acting

    async def brake(self, call: Call, flight: Flight) -> list[StoppedItem]:
        """Whatever can be stopped at once; each pause is an action of its own."""
        campaigns = await self._book.pause_campaigns(flight.principal, STOPPED)
        voided = await self._book.void_sends(flight.principal, STOPPED)
        begun = [each for each in await flight.actions() if _is_begun(each)]
        running = _running(await flight.tasks())
        paused = [
            item
            for kind in _FIRST
            for item in await few_at_once(
                [partial(self._pause, call, task) for task in running if task.kind == kind]
            )
        ]
        return [
            *(_of_campaign(each, "paused") for each in campaigns),
            *(_of_action(each, "voided") for each in voided),
            *(_of_action(each, "too late") for each in begun),
            *paused,
        ]

    async def would_brake(self, flight: Flight) -> list[StoppedItem]:
        """What `brake` would be about, left as it is."""
        actions = await flight.actions()
        campaigns = await self._book.running_campaigns(flight.principal)
        return [
            *(_of_campaign(each, "still there") for each in campaigns),
            *(_of_action(each, "still there") for each in actions if _waits(each) or _is_begun(each)),
            *(_of_task(task, "still there") for task in _running(await flight.tasks())),
        ]

    async def _pause(self, call: Call, task: TaskSeen) -> StoppedItem:
        operation = _PAUSES[task.kind]
        params = operation.params.model_validate({f"{task.kind}_id": task.id})
        pause = CallOf(operation=operation, params=params, caller=call.caller)
        answer = await alone(pause, partial(self._acting.brake, pause))
        end = end_of(answer, done="paused", not_done="not paused")
        return _of_task(task, end.ended).model_copy(update={"why": end.why, "action_id": end.action_id})


def _running(tasks: Sequence[TaskSeen]) -> list[TaskSeen]:
    return [task for task in tasks if task.status not in SENDS_NOTHING]


def _waits(action: Action) -> bool:
    return action.risk == Risk.SPEND and action.state in UNDECIDED


def _is_begun(action: Action) -> bool:
    return action.risk == Risk.SPEND and action.state is State.DISPATCHING


def _of_action(action: Action, ended: Ended) -> StoppedItem:
    return StoppedItem(
        what="under way" if action.state is State.DISPATCHING else "approval",
        id=action.id,
        words=first_words(json.loads(action.arguments)) or action.target,
        count=action.recipients or None,
        ended=ended,
        why=action.tool,
    )


def _of_campaign(campaign: Campaign, ended: Ended) -> StoppedItem:
    return StoppedItem(
        what="campaign", id=campaign.id, words=campaign.name, count=campaign.recipients, ended=ended
    )


def _of_task(task: TaskSeen, ended: Ended) -> StoppedItem:
    return StoppedItem(what=task.kind, id=task.id, words=task.name, ended=ended)
