"""A campaign again for those whom it failed to reach: their own texts, from its own list."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from server.batches.keeper import alike
from server.campaigns.campaigns import Known
from server.campaigns.narrowed import Narrowed
from server.campaigns.planning import NOTHING_PLANNED
from server.campaigns.source import ListChoice, OpenList
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.member_list import member_list
from server.gate.members import Members
from server.store import campaigns
from server.store.failed_sends import SameWords
from tools.campaign_desk import PlanAsked
from tools.campaigns.wording import read_wording
from tools.desk.campaigns import no_such_campaign, plan_unreadable
from tools.desk.plan_campaign import PLAN_CAMPAIGN
from tools.every8d.references import FAILED, Reference
from tools.lists.mailed import Mailed
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together

Opener = Callable[[], Awaitable[AbstractAsyncContextManager[OpenList]]]
OF_LIST = ("sheet", "mobile", "consent", "hidden")
"""What a plan chooses of a list's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """What is planned again, and the list that it is planned from."""

    asked: PlanAsked
    opened: Opener
    of: str
    """The campaign."""
    since: datetime
    """When the first of it was started."""


async def retry_of(context: GateContext, caller: Caller, id_: str, send_at: datetime | None) -> Again:
    """The plan of this campaign for its failed recipients.

    Raises:
        RefusedError: there is no such campaign, it was not started, or its list is not what it was.
    """
    found = await context.campaigns.known(id_, caller.principal)
    if found is None:
        raise no_such_campaign()
    if not found.is_readable:
        raise RefusedError(plan_unreadable(NOTHING_PLANNED))
    if found.campaign.state == campaigns.PLANNED:
        raise RefusedError(_NOT_STARTED)
    text = found.plan["text"]
    since = found.again_since or found.campaign.started_at or found.campaign.created_at
    words = SameWords(alike(await context.memory.keeper.key(), text), since)
    reference = Reference(which=FAILED, of=id_, is_campaign=True)
    members = Members(context, PLAN_CAMPAIGN, reference, caller, but=words)
    if read_wording(text).columns:
        asked = _asked(found, found.campaign.list_name, send_at)
        opened = partial(_from_list, context, found, asked, members)
        return Again(asked=asked, opened=opened, of=found.campaign.id, since=since)
    asked = _asked(found, f"{FAILED}:{id_}", send_at)
    return Again(asked=asked, opened=partial(_from_numbers, members), of=found.campaign.id, since=since)


def list_choice(asked: PlanAsked, name: str, principal: str, mailed: Mailed | None = None) -> ListChoice:
    """The list of this name as a plan chooses of it."""
    return ListChoice(
        name=name,
        principal=principal,
        sheet=asked.sheet,
        mobile=asked.mobile,
        consent=asked.consent,
        hidden=asked.hidden,
        mailed=mailed,
    )


async def _from_numbers(members: Members) -> AbstractAsyncContextManager[OpenList]:
    return member_list(members)


async def _from_list(
    context: GateContext, found: Known, asked: PlanAsked, members: Members
) -> AbstractAsyncContextManager[OpenList]:
    """The list's rows of those who failed: the values of its columns stand nowhere else."""
    lists, name, principal = context.campaigns.lists, found.campaign.list_name, found.campaign.principal
    if await lists.digest(name, principal) != found.campaign.list_digest:
        raise RefusedError(_LIST_CHANGED)
    choice = list_choice(asked, name, principal)
    mobiles, had = set[str](), set[str]()
    for batch in await members.batches():
        those = await members.of(batch)
        mobiles.update(those.mobiles)
        had.update(those.had)

    @asynccontextmanager
    async def narrowed() -> AsyncGenerator[OpenList]:
        async with lists.opened(choice) as whole:
            yield Narrowed(whole, mobiles, had)

    return narrowed()


def _asked(found: Known, list_name: str, send_at: datetime | None) -> PlanAsked:
    kept: dict[str, Any] = found.plan.get("of_list", {})
    of_list = kept if list_name == found.campaign.list_name else {}
    return PlanAsked(
        name=found.campaign.name,
        list_name=list_name,
        sheet=of_list.get("sheet", ""),
        hidden=of_list.get("hidden", ""),
        not_opened="",
        mobile=of_list.get("mobile", ""),
        consent=of_list.get("consent", ""),
        text=found.plan["text"],
        send_at=send_at,
        per_hour=0,
        not_between="",
        done_by=None,
        trial="",
        release="",
    )


_NOT_STARTED = Problem(
    code="state_changed",
    message=together(NOTHING_PLANNED, sentence("The campaign was not started, so nobody of it failed.")),
    next=sentence("Start it with start_campaign."),
)
_LIST_CHANGED = Problem(
    code="state_changed",
    message=(
        f"{NOTHING_PLANNED} The list's file was changed or moved since, and the values of its columns stand "
        "nowhere else."
    ),
    next=(
        "Put the file back as it was; or plan_campaign with list failed:CAMPAIGN_ID and a text without "
        "columns."
    ),
)
