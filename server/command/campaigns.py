"""`campaign-ops-mcp campaigns`: which there are, how far one is, and a bar while it is sent."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

import anyio
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bar

from server.command.common import FAILED, OK, parts_of
from server.command.options import CampaignId, Config, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.gate.campaign_trials import Trials
from server.languages.catalogue import in_language
from server.parts import Parts
from server.store import campaigns
from server.store.campaign_progress import Progress
from server.store.campaigns import Campaign
from tools.campaign_facts import SeenState, seen_state
from tools.desk.campaign_steps import STATES
from tools.sentence import Sentence, plural, sentence
from tools.taipei import iso_minute, plain_minute

_SHOWN = 50
_LOOK_SECONDS = 1.0
_STATES: Mapping[SeenState, str] = {**STATES, "holding": sentence("holding after its trial")}


@dataclass(frozen=True, slots=True, kw_only=True)
class HowFar:
    """One campaign, as a person in the terminal hears of it."""

    campaign: Campaign
    progress: Progress
    booked: int
    """Messages that are booked at the vendor, and still to go out."""
    ends_at: datetime | None
    watched_until: datetime | None
    again_of: str

    @property
    def state(self) -> SeenState:
        """Its state as it is told."""
        return seen_state(self.campaign.state, ahead=self.booked > 0)


async def show_all(config: Path | None, *, sandbox: bool) -> int:
    """The newest campaigns, everybody's."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        found, total = await parts.memory.keeper.read(
            lambda conn: campaigns.list_campaigns(conn, None, 1, _SHOWN)
        )
        ahead = await parts.context.campaigns.booked_ahead([each.id for each in found])
    out.columns(
        (
            each.id,
            iso_minute(each.created_at),
            _STATES[seen_state(each.state, ahead=each.id in ahead)],
            str(each.recipients),
            each.name,
        )
        for each in found
    )
    out.say(plural("{shown} of {count} campaign", "{shown} of {count} campaigns", total, shown=len(found)))
    return OK


async def show(config: Path | None, id_: str, *, sandbox: bool) -> int:
    """How far one is."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        await parts.memory.catch_up_if_possible()
        found = await _known(parts, id_)
    return _unknown(out) if found is None else _say(out, found)


async def watch(config: Path | None, id_: str, *, sandbox: bool) -> int:
    """A bar until nothing more of it is sent by itself."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        found = await _known(parts, id_)
        if found is None:
            return _unknown(out)
        with _bar(out) as bar:
            task = bar.add_task(found.campaign.name, total=found.campaign.recipients)
            while found is not None:
                ended = found.campaign.recipients - found.progress.waiting - found.progress.cancelled
                bar.update(task, completed=ended)
                if found.state != campaigns.RUNNING:
                    break
                await anyio.sleep(_LOOK_SECONDS)
                found = await _known(parts, id_)
    return _unknown(out) if found is None else _say(out, found)


def _bar(out: Terminal) -> Bar:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Bar(*columns, TimeElapsedColumn(), console=out.console)


async def _known(parts: Parts, id_: str) -> HowFar | None:
    every, keeper = parts.context.campaigns, parts.memory.keeper
    kept = await keeper.read(lambda conn: campaigns.campaign_of(conn, id_))
    found = None if kept is None else await every.known(id_, kept.principal)
    if found is None:
        return None
    return HowFar(
        campaign=found.campaign,
        progress=found.progress,
        booked=await every.booked(id_),
        ends_at=found.last_at,
        watched_until=await Trials(parts.context).watched_until(found),
        again_of=found.plan.get("again_of", ""),
    )


def _unknown(out: Terminal) -> int:
    out.say(sentence("There is no such campaign."))
    return FAILED


def _say(out: Terminal, known: HowFar) -> int:
    campaign, progress = known.campaign, known.progress
    counts: dict[Sentence, int] = {
        sentence("waiting"): progress.waiting,
        sentence("being sent"): progress.sending,
        sentence("given to the vendor"): progress.sent,
        sentence("of unknown outcome"): progress.unknown,
        sentence("certainly not sent"): progress.failed,
        sentence("left out"): progress.left_out,
        sentence("taken back"): progress.cancelled,
        sentence("delivered"): progress.delivered,
        sentence("not delivered"): progress.not_delivered,
    }
    out.say(f"{campaign.id}  {campaign.name}  {in_language(_STATES[known.state], out.language)}")
    if campaign.reason:
        out.say(campaign.reason)
    if known.again_of:
        id_ = known.again_of
        out.say(sentence("A retry of campaign {id}, for those alone whom it failed to reach.", id=id_))
    if known.watched_until is not None:
        out.say(sentence("Its trial is watched until {when}.", when=plain_minute(known.watched_until)))
    if known.booked and known.ends_at is not None:
        until = plain_minute(known.ends_at)
        out.say(sentence("Booked at the vendor until {when}; till then it can be taken back.", when=until))
    out.columns((said, str(count)) for said, count in counts.items() if count)
    return OK


def campaigns_list(*, sandbox: Sandbox = False, config: Config = None) -> None:
    """List the newest campaigns."""
    raise SystemExit(run(partial(show_all, config, sandbox=sandbox)))


def campaigns_show(campaign_id: CampaignId, *, sandbox: Sandbox = False, config: Config = None) -> None:
    """Show how far a campaign is."""
    raise SystemExit(run(partial(show, config, campaign_id, sandbox=sandbox)))


def campaigns_watch(campaign_id: CampaignId, *, sandbox: Sandbox = False, config: Config = None) -> None:
    """Show a bar of progress while a campaign is sent."""
    raise SystemExit(run(partial(watch, config, campaign_id, sandbox=sandbox)))
