"""Whether the rest of a campaign follows its trial by itself, on the terms that a person agreed to."""

import logging
from datetime import datetime

from server.batches.asking import ask
from server.batches.asking_replies import ask_for_replies
from server.campaigns.campaigns import Known
from server.campaigns.course import Judgement
from server.campaigns.standing import Standing
from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED, problem_of
from server.store.batches import Batch
from server.store.campaign_chunks import REST
from server.store.campaign_trials import TrialSeen, trial_of
from server.store.campaigns import RUNNING
from tools.campaigns.trial import Terms, against, read_terms, reasons_of
from tools.every8d.delivery import GET_SMS_DELIVERY
from tools.sentence import sentence
from tools.taipei import as_taipei

_BY_HAND = sentence("the trial is out; a person looks at it and releases the rest")
_OTHER_DAY = sentence("it was watched into another day")
_NONE_SENT = sentence("nothing of it was sent")
_log = logging.getLogger(__name__)


class Trials:
    """Watches the trials of one server's campaigns."""

    def __init__(self, context: GateContext) -> None:
        self._context = context

    async def judge(self, standing: Standing) -> Judgement:
        """What follows the trial of this campaign by now; at the end of its time the vendor is asked anew."""
        if not standing.plan.get("release"):
            return Judgement(hold=_booked(standing) or _BY_HAND)
        terms = read_terms(standing.plan["release"])
        seen = await self._seen(standing)
        until = seen.watched_until(terms.within)
        if seen.out_at is None or until is None:
            return Judgement(hold=reasons_of([_NONE_SENT]))
        now = self._context.clock()
        if now < until:
            return _told(terms, seen, over=False)
        if standing.first_at is None and as_taipei(now).date() != as_taipei(seen.out_at).date():
            return Judgement(hold=reasons_of([_OTHER_DAY]))
        for batch in seen.to_ask:
            await self._ask(batch)
        return _told(terms, await self._seen(standing), over=True)

    async def watched_until(self, found: Known) -> datetime | None:
        """Until when its trial is watched; None where none is out that releases the rest by itself."""
        campaign, release = found.campaign, found.plan.get("release")
        if campaign.state != RUNNING or campaign.released or not release or found.progress.sending:
            return None
        waiting = await self._context.campaigns.waiting(campaign.id, 1)
        if not waiting or waiting[0].phase != REST:
            return None
        seen = await self._context.memory.keeper.read(lambda conn: trial_of(conn, campaign.id))
        return seen.watched_until(read_terms(release).within)

    async def _seen(self, standing: Standing) -> TrialSeen:
        await self._context.memory.catch_up(briefly=True)
        return await self._context.memory.keeper.read(lambda conn: trial_of(conn, standing.campaign.id))

    async def _ask(self, batch: Batch) -> None:
        """What cannot be asked for is judged by what is known."""
        memory, vendors = self._context.memory, self._context.vendors
        try:
            await ask(memory, vendors, batch, self._context.surroundings())
            await ask_for_replies(memory, vendors, batch)
        except ANTICIPATED as error:
            _log.warning("a trial could not be asked for (%s)", problem_of(GET_SMS_DELIVERY, error).code)


def _told(terms: Terms, seen: TrialSeen, *, over: bool) -> Judgement:
    reasons = against(terms, seen.outcome, over=over)
    if reasons:
        return Judgement(hold=reasons_of(reasons))
    return Judgement(released=over)


def _booked(standing: Standing) -> str:
    """Of a trial that is booked nothing can be known yet."""
    if standing.first_at is None:
        return ""
    return sentence("the trial is booked; a person releases the rest, whose times must still lie ahead then")
