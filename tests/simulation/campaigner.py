"""Somebody who plans a campaign, has a person start it, stops it, lets it go on, and sees it to its end."""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import anyio

from server.gate.words.answers import Answer, Question
from tests.simulation.campaign_lists import NAME
from tests.simulation.campaign_watch import Planned
from tests.simulation.client import Client, Wanted
from tests.simulation.worker import TEST_NUMBER

if TYPE_CHECKING:
    from tests.simulation.world import World

WORDS = ("甲", "丙")
"""The first is also what others send, each by a call of its own."""
_ALONE = 0.3
"""How often one of the list is sent the same by a call of its own, of which nobody is asked."""
_TERMS = "delivered>=50, failed<=50, opt_outs<=0, within=5m"
_PAUSES = (1, 20, 20, 70)
_TRIES, _PATIENCE, _MOST_ENDS = 60, 8, 9
_BOOKED, _BOOKED_WHERE_HARSH, _GIVES_UP = 0.5, 0.2, 0.1
_OVER = ("booked", "done", "cancelled")
_ENDS = ("cancel_campaign", "move_campaign")
_LATER = tuple(f"2026-02-{day:02}T10:00:00+08:00" for day in (5, 6, 7))
_NAMED = re.compile(r"reconcile_action for ([0-9A-Z, -]+)")


class Campaigner(Client):
    """One campaign from its plan to its end."""

    def __init__(self, world: "World", principal: str, *, can_ask: bool) -> None:
        super().__init__(world, principal, can_ask=can_ask)
        self.campaign = ""
        self.campaigns: list[str] = []
        """All that it planned."""
        self._words = self._random.choice(WORDS)
        self._moves = 0

    async def run(self) -> None:
        """Plan, start, meddle, and wait for the end."""
        if not await self._planned():
            return
        await self.pursue(self._step("start_campaign"))
        for _ in range(self._random.choice((0, 0, 1) if self._world.on_terms else (0, 1, 2, 3))):
            await anyio.sleep(self._random.choice(_PAUSES))
            await self._meddle()
        if self._random.random() < _ALONE:
            alone = {"recipients": [TEST_NUMBER], "text": self._words}
            await self.pursue(Wanted(tool="send_sms", arguments=alone))
        await self._until_over()

    async def _planned(self) -> bool:
        words = self._words
        self._world.witness.listed(NAME, self._world.lists[NAME])
        arguments = {"name": "c", "list": NAME, "text": words, **self._course()}
        for _ in range(3):
            answer = await self._call(Wanted(tool="plan_campaign", arguments=arguments))
            if isinstance(answer, Answer) and not answer.is_error:
                self.campaign = str(answer.facts["campaign_id"])
                self.campaigns.append(self.campaign)
                numbers = frozenset(self._world.lists[NAME])
                self._world.watch.campaigns.plans[self.campaign] = Planned(
                    numbers=numbers, words=words, terms=self._world.on_terms
                )
                return True
        return False

    def _course(self) -> dict[str, Any]:
        """What goes first, and when."""
        if self._world.on_terms:
            return {"trial": 2, "release": _TERMS}
        trial = self._random.choice((0, 0, 2))
        if self._random.random() >= (_BOOKED_WHERE_HARSH if self._world.truth.harsh else _BOOKED):
            return {"trial": trial}
        self._world.truth.spares_sends = True
        return {"trial": trial, "send_at": _LATER[0]}

    async def _meddle(self) -> None:
        await self._one_of("pause_campaign", "pause_campaign", "resume_campaign", "get_campaign", *_ENDS)

    async def _one_of(self, *tools: str) -> None:
        await self.pursue(self._step(self._random.choice(tools)))

    def _step(self, tool: str) -> Wanted:
        arguments = {"campaign_id": self.campaign}
        if tool not in _ENDS:
            return Wanted(tool=tool, arguments=arguments)
        if tool == "move_campaign":
            arguments["send_at"] = self._random.choice(_LATER)
        self._moves += 1
        return Wanted(tool=tool, arguments=arguments, request_id=f"e{self._moves}")

    async def _until_over(self) -> None:
        """A person lets it go on, or ends it, until nothing waits any more."""
        for tried in range(_TRIES):
            told = await self._told()
            state = str(told.get("state", ""))
            if state == "planned" or (state in _OVER and not await self._goes_after(told)):
                return
            if tried > _PATIENCE and (self._world.watch.loss.lost or not state):
                # Nobody has accepted that the past is lost; or the copy knows of no such campaign.
                return
            if state in ("paused", "holding"):
                await self._one_of("resume_campaign", "resume_campaign", *_ENDS)
            await anyio.sleep(20)
        self._world.watch.fail("a campaign never ends")

    async def _goes_after(self, told: Mapping[str, Any]) -> bool:
        """Whether something was done for those whose bookings were erased, or may have been."""
        named = _NAMED.search(str(told["next"]))
        for action_id in named[1].split(", ") if named else ():
            await self._call(Wanted(tool="reconcile_action", arguments={"action_id": action_id.strip()}))
        if self._moves >= _MOST_ENDS or self._random.random() < _GIVES_UP:
            return False
        if "have no time" in str(told["conclusion"]):
            await self.pursue(self._step("move_campaign"))
        elif named is None:
            await self._one_of("move_campaign", *_ENDS)
        return True

    async def look_at_the_end(self) -> None:
        """What a client sees of them once everything is at rest."""
        self._world.workers[:] = [self._world.start_worker()]
        for campaign in self.campaigns:
            self.campaign = campaign
            for _ in range(3):
                if await self._state():
                    break

    async def _state(self) -> str:
        return str((await self._told()).get("state", ""))

    async def _told(self) -> Mapping[str, Any]:
        return _facts(await self._once(self._step("get_campaign"), None, None, ""))


def _facts(answer: Answer | Question | None) -> Mapping[str, Any]:
    return answer.facts if isinstance(answer, Answer) else {}
