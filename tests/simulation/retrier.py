"""Somebody who, once a campaign is over, has it planned again for those whom it failed to reach."""

from datetime import timedelta
from random import Random

from server.gate.words.answers import Answer
from tests.simulation.campaign_watch import Planned
from tests.simulation.campaigner import Campaigner
from tests.simulation.client import Client, Wanted
from tests.simulation.vendor import SWITCHED_OFF
from tests.simulation.worker import TEST_NUMBER

_INSISTS = 4
_AGAIN = (0, 1, 1, 2, 2)
"""How often."""
_NOBODY = ("nobody_left", "state_changed")
_TWICE, _HEARS_LATE, _MEDDLES = 0.25, 0.3, 0.2
_MORE, _HOW = 2, ("the same by a call", "the same by a campaign", "other words")
_OTHER_WORDS = ("丁", "戊")
_LATER = (timedelta(), timedelta(hours=1), timedelta(hours=25))


class Retrier(Campaigner):
    """One campaign from its plan to its end, and what is planned again of it, or of what was."""

    async def run(self) -> None:
        await super().run()
        await self._insist()
        if self._world.more_texts is not None:
            await self._texts_more(self._world.more_texts)
        for _ in range(self._random.choice(_AGAIN)):
            if self._goes_on_with_it:
                await self._again()

    async def _insist(self) -> None:
        """Ask for the start until a person agrees to it."""
        for _ in range(_INSISTS):
            if (
                not self._goes_on_with_it
                or self._world.watch.loss.changed
                or await self._state() != "planned"
            ):
                return
            await self.pursue(self._step("start_campaign"))
            await self._until_over()

    async def _texts_more(self, luck: Random) -> None:
        """The same words by a campaign or somebody else's call, or other words until a day's limit."""
        other = Client(self._world, "token:d", can_ask=True)
        for _ in range(_MORE):
            if not self._goes_on_with_it:
                return
            how = luck.choice(_HOW)
            if how == "the same by a campaign":
                await self._same_by_a_campaign()
                continue
            for words in (self._words,) if how == "the same by a call" else _OTHER_WORDS:
                alone = {"recipients": [TEST_NUMBER], "text": words}
                await other.pursue(Wanted(tool="send_sms", arguments=alone))

    async def _same_by_a_campaign(self) -> None:
        if await self._planned():
            await self.pursue(self._step("start_campaign"))
            await self._until_over()

    @property
    def _goes_on_with_it(self) -> bool:
        return bool(self.campaign) and not self._world.watch.loss.lost

    async def _again(self) -> None:
        self._time_passes()
        first = self._random.choice(self.campaigns)
        times = 2 if self._random.random() < _TWICE else 1
        planned = [again for _ in range(times) if (again := await self._planned_again(first))]
        if planned and self._random.random() < _HEARS_LATE:
            await self._hears_late()
        for campaign in planned:
            self.campaign = campaign
            await self.pursue(self._step("start_campaign"))
            if self._random.random() < _MEDDLES:
                await self._meddle()
        for campaign in planned:
            self.campaign = campaign
            await self._until_over()

    def _time_passes(self) -> None:
        """What is booked goes out, and more."""
        now = self._world.clock()
        last = max((text.due for text in self._world.truth.texts), default=now)
        self._world.jumped += max(last - now, timedelta()) + self._random.choice(_LATER)

    async def _planned_again(self, first: str) -> str:
        """The campaign that was planned; empty where there is none."""
        watched = self._world.watch.campaigns.plans
        for _ in range(3):
            answer = await self._call(Wanted(tool="retry_failed", arguments={"campaign_id": first}))
            if isinstance(answer, Answer) and answer.facts.get("code") in _NOBODY:
                break
            if isinstance(answer, Answer) and not answer.is_error:
                again = str(answer.facts["campaign_id"])
                watched[again] = Planned(numbers=watched[first].numbers, words=watched[first].words)
                self.campaigns.append(again)
                return again
        return ""

    async def _hears_late(self) -> None:
        """A phone was on again, and somebody asks the vendor."""
        truth = self._world.truth
        failed = [text for text in truth.texts if text.code == SWITCHED_OFF]
        if failed:
            text = self._random.choice(failed)
            truth.reported.add((text.reference, text.number))
            asked = {"batch_id": truth.done[text.reference], "refresh": True}
            await self._call(Wanted(tool="summarize_delivery", arguments=asked))
