"""A caller's campaigns: planned under the operator's rules, looked at, paused."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager, suppress
from datetime import datetime
from decimal import Decimal
from functools import partial

import anyio.to_thread

from server.batches.held import hold_of
from server.campaigns.draft import Draft, Wish
from server.campaigns.planning import NOTHING_PLANNED
from server.campaigns.source import OpenList
from server.campaigns.workbook_rows import workbook_rows
from server.gate.caller import Caller
from server.gate.campaign_holds import told_hold
from server.gate.campaign_retry import OF_LIST, Again, Opener, list_choice, retry_of
from server.gate.campaign_rules import forbidden
from server.gate.campaign_trials import Trials
from server.gate.context import GateContext
from server.gate.exclusions import Exclusions
from server.gate.failures import ANTICIPATED
from server.gate.holding import minutes_of_start
from server.gate.member_list import member_list
from server.gate.members import Members
from server.gate.rehearsing import rehearsed, still_played
from server.gate.rules.policy import quiet_span
from server.gate.watching import look_again
from server.gate.words.sentences import would_refuse_a_start
from server.ledger.notes import Note
from server.store.campaigns import CANCELLED, OVER, RUNNING, Campaign
from tools.campaign_desk import CampaignLine, CampaignView, PlanAsked, PlanFigures, Rehearsed
from tools.campaign_facts import seen_state
from tools.campaigns.cautions import cautions_of, unfilled
from tools.campaigns.cheaper import cheaper_for
from tools.campaigns.pace import is_night, read_pace
from tools.campaigns.trial import read_trial
from tools.campaigns.wording import read_wording
from tools.desk.plan_campaign import PLAN_CAMPAIGN
from tools.every8d.credit import credit_steps
from tools.every8d.references import SENDER, read_written
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS
from tools.every8d.texts import send_time
from tools.lists.mailed import Mailed
from tools.omis.mailed import mailed_steps
from tools.problems import InvalidArgumentError, Problem, RefusedError
from tools.sentence import read, sentence, together

_PAUSED_BY_HAND = sentence("paused by hand")
_NO_ACCOUNT = Problem(
    code="no_account",
    message=together(NOTHING_PLANNED, sentence("No EVERY8D account is set.")),
    next=sentence("A person sets CAMPAIGN_OPS_EVERY8D__UID and its password."),
)


_NO_OMIS = Problem(
    code="no_account",
    message=together(
        NOTHING_PLANNED, sentence("No OMIS account is set, so nobody knows who opened an e-mail.")
    ),
    next=sentence("A person sets CAMPAIGN_OPS_OMIS__LOGIN_NAME and its password; or leave not_opened out."),
)


class OwnCampaigns:
    """The `CampaignDesk` of one call."""

    def __init__(self, context: GateContext, caller: Caller) -> None:
        self._context = context
        self._caller = caller

    async def plan(self, asked: PlanAsked) -> PlanFigures:
        """Plan one; nothing is sent. What takes longer than a call goes on beside it."""
        return await self._context.background.result(
            (self._caller.principal, asked),
            partial(self._plan, asked, partial(self._list, asked)),
            partial(_unfinished, PLAN_CAMPAIGN.name),
        )

    async def retry(self, id_: str, send_at: datetime | None) -> PlanFigures:
        """Plan the same for those whom this one failed to reach; nothing is sent."""
        again = await retry_of(self._context, self._caller, id_, send_at)
        return await self._context.background.result(
            (self._caller.principal, id_, again.asked),
            partial(self._plan, again.asked, again.opened, again),
            partial(_unfinished, "retry_failed"),
        )

    async def _plan(self, asked: PlanAsked, opened: Opener, again: Again | None = None) -> PlanFigures:
        settings = self._context.settings
        if settings.every8d is None:
            raise RefusedError(_NO_ACCOUNT)
        send_time(asked.send_at, self._context.surroundings())
        most = settings.policy.recipients_per_call
        size = settings.every8d.max_recipients
        exclusions = await self._exclusions()
        wish = Wish(
            principal=self._caller.principal,
            account=await self._context.account_of(SEND_PERSONALIZED_SMS),
            name=asked.name,
            list_name=asked.list_name,
            of_list={name: getattr(asked, name) for name in OF_LIST},
            wording=read_wording(asked.text),
            pace=read_pace(asked.send_at, asked.per_hour, asked.not_between, asked.done_by),
            done_by=asked.done_by,
            trial=read_trial(asked.trial, asked.release, booked=asked.send_at is not None),
            size=size if most is None else max(1, min(size, most)),
            excluded=exclusions.among_hashed,
            rules=partial(forbidden, self._context, nothing=NOTHING_PLANNED, plans=True),
            texts_a_day=settings.policy.texts_per_recipient_per_day,
            again_since=None if again is None else again.since,
            again_of="" if again is None else again.of,
        )
        made = await self._context.campaigns.plan(wish, await opened())
        campaign, tally = made.standing.campaign, made.draft.tally
        await self._context.book.record(self._note("campaign_planned", campaign.id))
        credit = await self._credit()
        hits = await self._context.book.caps_hit(campaign.points, campaign.recipients)
        return PlanFigures(
            id=campaign.id,
            recipients=campaign.recipients,
            points=campaign.points,
            points_left=None if credit is None else credit - campaign.points,
            over_caps=[would_refuse_a_start(each) for each in hits],
            segments=tally.segments,
            excluded=made.draft.excluded(),
            longest=made.standing.plan["longest"],
            ends_at=made.standing.last_at,
            texted=tally.texted,
            abroad=tally.abroad,
            estimate=bool(tally.estimates),
            often=made.draft.often,
            full=made.draft.full,
            at_night=self._at_night(made.draft, asked),
            quiet=quiet_span(settings.policy) if asked.send_at is None else "",
            undo_minutes=minutes_of_start(settings.policy, campaign.recipients)
            if asked.send_at is None
            else 0,
            cautions=[
                *unfilled(asked.text, made.found.columns if made.found else ()),
                *cautions_of(wish.wording, tally),
            ],
            cheaper=cheaper_for(wish.wording, tally),
            found=made.found,
        )

    def _at_night(self, draft: Draft, asked: PlanAsked) -> int:
        """How many texts go out at night; what goes out at once, as if it were started now."""
        if asked.send_at is not None:
            return draft.at_night
        return draft.tally.recipients if is_night(self._context.clock()) else 0

    async def _list(self, asked: PlanAsked) -> AbstractAsyncContextManager[OpenList]:
        """A file's rows, or those whom a reference means."""
        reference = read_written(asked.list_name.strip())
        if reference is not None and reference.which != SENDER:
            _refuse_choices(asked)
            return member_list(Members(self._context, PLAN_CAMPAIGN, reference, self._caller))
        mailed = await self._mailed(asked.not_opened)
        choice = list_choice(asked, asked.list_name, self._caller.principal, mailed)
        return self._context.campaigns.lists.opened(choice)

    async def _mailed(self, target: str) -> Mailed | None:
        if not target:
            return None
        if self._context.settings.omis is None:
            raise RefusedError(_NO_OMIS)
        read = await self._context.vendors.query(mailed_steps(target, self._context.surroundings()))
        return await anyio.to_thread.run_sync(read, workbook_rows)

    async def _exclusions(self) -> Exclusions:
        """Who gets no text by the rules.

        Raises:
            RefusedError: a rule cannot be applied, so that nothing can be sent.
        """
        whose = self._context.owning.limits_of(self._caller.principal)
        found = await Exclusions.of(self._context, whose)
        if found.problem:
            raise RefusedError(
                Problem(
                    code="policy_refused",
                    message=together(
                        NOTHING_PLANNED,
                        sentence("A rule cannot be applied: {problem}", problem=found.problem),
                    ),
                    next=sentence("A person mends CAMPAIGN_OPS_POLICY__BLOCKED_NUMBERS_FILE."),
                )
            )
        return found

    async def _credit(self) -> Decimal | None:
        """The plan stands although the vendor cannot be asked; the start asks again."""
        with suppress(*ANTICIPATED):
            return await self._context.vendors.query(credit_steps())
        return None

    async def rehearse(self, id_: str) -> Rehearsed | None:
        """Play a plan against the simulated vendor. What takes longer than a call goes on beside it."""
        found = await self._context.campaigns.known(id_, self._caller.principal)
        if found is None:
            return None
        return await self._context.background.result(
            (self._caller.principal, id_, "rehearsal"),
            partial(rehearsed, self._context.settings, found.campaign),
            still_played,
        )

    async def view(self, id_: str) -> CampaignView | None:
        """How far one is."""
        await self._context.memory.catch_up(briefly=True)
        found = await self._context.campaigns.known(id_, self._caller.principal)
        if found is None:
            return None
        campaign, progress = found.campaign, found.progress
        hold = found.hold if campaign.state == RUNNING else None
        booked = await self._context.campaigns.booked(id_)
        return CampaignView(
            id=campaign.id,
            name=campaign.name,
            state=seen_state(campaign.state, ahead=booked > 0),
            reason=read(campaign.reason) if hold is None else told_hold(hold),
            held_by="" if hold is None else hold.action,
            released=campaign.released,
            recipients=campaign.recipients,
            points=campaign.points,
            spent=progress.points,
            waiting=progress.waiting,
            sending=progress.sending,
            sent=progress.sent,
            unknown=progress.unknown,
            failed=progress.failed,
            left_out=progress.left_out,
            cancelled=progress.cancelled,
            untimed=progress.untimed,
            untimed_parts=progress.untimed_parts,
            in_doubt=await self._context.campaigns.erasings_in_doubt(campaign.id),
            booked=booked,
            delivered=progress.delivered,
            not_delivered=progress.not_delivered,
            undo_until=await self._undo_until(campaign),
            watched_until=await Trials(self._context).watched_until(found),
            started_at=campaign.started_at,
            ends_at=found.last_at,
        )

    async def _undo_until(self, campaign: Campaign) -> datetime | None:
        held = campaign.at_once and campaign.state != CANCELLED
        start = await self._context.book.get(campaign.action) if held and campaign.action else None
        hold = None if start is None else hold_of(start)
        return hold.until if hold is not None and self._context.clock() < hold.until else None

    async def settled(self, id_: str, said: Callable[[CampaignView | None], str]) -> CampaignView | None:
        """The same once it does not run, or as it is when the call's time is up."""
        found = await self.view(id_)
        if found is None or not _runs(found):
            return found
        now = await look_again(self._caller, partial(self.view, id_), lambda now: not _runs(now), said)
        return now or found

    async def page(self, page: int, page_size: int) -> tuple[Sequence[CampaignLine], int]:
        """A page of them, newest first."""
        found, total = await self._context.campaigns.page(self._caller.principal, page, page_size)
        ahead = await self._context.campaigns.booked_ahead([each.id for each in found])
        lines = [
            CampaignLine(
                id=each.id,
                name=each.name,
                state=seen_state(each.state, ahead=each.id in ahead),
                recipients=each.recipients,
                points=each.points,
                created_at=each.created_at,
            )
            for each in found
        ]
        return lines, total

    async def under_way(self, at_most: int) -> Sequence[CampaignView]:
        """Those of which something can still go out."""
        ids = await self._context.campaigns.under_way(self._caller.principal, at_most)
        found = [await self.view(each) for each in ids]
        return [each for each in found if each is not None and (each.state not in OVER or each.booked)]

    async def pause(self, id_: str) -> bool:
        """Begin nothing more of it."""
        if await self._context.campaigns.known(id_, self._caller.principal) is None:
            return False
        by = self._note("campaign_paused", id_)
        return await self._context.book.pause_campaign(id_, _PAUSED_BY_HAND, by)

    def _note(self, what: str, campaign: str) -> Note:
        return Note(what=what, principal=self._caller.principal, outcome=campaign)


def _runs(found: CampaignView | None) -> bool:
    return found is not None and found.state == "running"


def _refuse_choices(asked: PlanAsked) -> None:
    """A reference has neither sheets nor columns.

    Raises:
        InvalidArgumentError: one was named all the same.
    """
    for field in ("sheet", "mobile", "consent", "hidden", "not_opened"):
        if getattr(asked, field):
            raise InvalidArgumentError(field, "is of a file, and the list is a reference.", "Leave it out.")


def _unfinished(tool: str) -> Problem:
    return Problem(
        code="still_planning",
        message=sentence("The plan is not finished yet, and goes on by itself. Nothing was sent."),
        next=sentence("Call {tool} again with the same arguments: it answers with this plan.", tool=tool),
        retryable=True,
    )
