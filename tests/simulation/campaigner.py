"""Somebody who plans a campaign, has a person start it, stops it, lets it go on, and sees it to its end."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from server.gate.words.answers import Answer, Question
from tests.simulation.campaign_lists import NAME
from tests.simulation.campaign_watch import Planned
from tests.simulation.client import Client, Wanted

if TYPE_CHECKING:
    from tests.simulation.world import World

WORDS = ("甲", "丙")
"""The first is also what others send, each by a call of its own."""
_PAUSES = (1, 20, 20, 70)
_TRIES, _PATIENCE = 60, 8
_OVER = ("done", "cancelled")
_ENDS = ("cancel_campaign", "move_campaign")
_LATER = "2026-02-05T10:00:00+08:00"


class Campaigner(Client):
    """One campaign from its plan to its end."""

    def __init__(self, world: "World", principal: str, *, can_ask: bool) -> None:
        super().__init__(world, principal, can_ask=can_ask)
        self.campaign = ""
        self._moved = False
        """What went out since is booked, and whoever cancels it has it erased: the vendor here cannot."""

    async def run(self) -> None:
        """Plan, start, meddle, and wait for the end."""
        if not await self._planned():
            return
        await self._pursue(self._step("start_campaign"))
        for _ in range(self._random.choice((0, 1, 2, 3))):
            await anyio.sleep(self._random.choice(_PAUSES))
            await self._meddle()
        await self._until_over()

    async def _planned(self) -> bool:
        words = self._random.choice(WORDS)
        self._world.witness.listed(NAME, self._world.lists[NAME])
        arguments = {"name": "c", "list": NAME, "text": words, "trial": self._random.choice((0, 0, 2))}
        for _ in range(3):
            answer = await self._call(Wanted(tool="plan_campaign", arguments=arguments))
            if isinstance(answer, Answer) and not answer.is_error:
                self.campaign = str(answer.facts["campaign_id"])
                numbers = frozenset(self._world.lists[NAME])
                self._world.watch.campaigns.plans[self.campaign] = Planned(numbers=numbers, words=words)
                return True
        return False

    async def _meddle(self) -> None:
        await self._one_of("pause_campaign", "pause_campaign", "resume_campaign", "get_campaign", *_ENDS)

    async def _one_of(self, *tools: str) -> None:
        tool = self._random.choice([each for each in tools if not (self._moved and each in _ENDS)])
        self._moved = self._moved or tool == "move_campaign"
        await self._pursue(self._step(tool))

    def _step(self, tool: str) -> Wanted:
        when = {"send_at": _LATER} if tool == "move_campaign" else {}
        return Wanted(tool=tool, arguments={"campaign_id": self.campaign, **when})

    async def _until_over(self) -> None:
        """A person lets it go on, or ends it, until nothing waits any more."""
        for tried in range(_TRIES):
            state = await self._state()
            if state in _OVER or state == "planned":
                return
            if tried > _PATIENCE and (self._world.watch.loss.lost or not state):
                # Nobody has accepted that the past is lost; or the copy knows of no such campaign.
                return
            if state in ("paused", "holding"):
                await self._one_of("resume_campaign", "resume_campaign", *_ENDS)
            await anyio.sleep(20)
        self._world.watch.fail("a campaign never ends")

    async def look_at_the_end(self) -> None:
        """What a client sees of it once everything is at rest."""
        self._world.workers[:] = [self._world.start_worker()]
        for _ in range(3 if self.campaign else 0):
            if await self._state():
                return

    async def _state(self) -> str:
        answer = await self._once(self._step("get_campaign"), None, None, "")
        return str(_facts(answer).get("state", ""))


def _facts(answer: Answer | Question | None) -> Mapping[str, Any]:
    return answer.facts if isinstance(answer, Answer) else {}
