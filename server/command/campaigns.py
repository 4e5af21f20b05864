"""`campaign-ops-mcp campaigns`: which there are, how far one is, and a bar while it is sent."""

from functools import partial
from pathlib import Path

import anyio
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from server.command.common import FAILED, OK, parts_of
from server.command.options import CampaignId, Config, Sandbox, run
from server.command.terminal import Terminal, terminal
from server.languages.catalogue import in_language
from server.parts import Parts
from server.store import campaign_progress, campaigns
from server.store.campaign_progress import Progress as HowFar
from server.store.campaigns import Campaign
from server.store.plans import Connection
from tools.sentence import Sentence, plural, sentence
from tools.taipei import iso_minute

_SHOWN = 50
_LOOK_SECONDS = 1.0
_STATES = {
    campaigns.PLANNED: sentence("planned"),
    campaigns.RUNNING: sentence("running"),
    campaigns.HOLDING: sentence("holding after its trial"),
    campaigns.PAUSED: sentence("paused"),
    campaigns.DONE: sentence("done"),
    campaigns.CANCELLED: sentence("cancelled"),
}
Known = tuple[Campaign, HowFar]


async def show_all(config: Path | None, *, sandbox: bool) -> int:
    """The newest campaigns, everybody's."""
    out = terminal(config)
    async with parts_of(config, sandbox=sandbox) as parts:
        found, total = await parts.memory.keeper.read(
            lambda conn: campaigns.list_campaigns(conn, None, 1, _SHOWN)
        )
    out.columns(
        (each.id, iso_minute(each.created_at), _STATES[each.state], str(each.recipients), each.name)
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
            task = bar.add_task(found[0].name, total=found[0].recipients)
            while found is not None:
                bar.update(task, completed=found[0].recipients - found[1].waiting - found[1].cancelled)
                if found[0].state != campaigns.RUNNING:
                    break
                await anyio.sleep(_LOOK_SECONDS)
                found = await _known(parts, id_)
    return _unknown(out) if found is None else _say(out, found)


def _bar(out: Terminal) -> Progress:
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn())
    return Progress(*columns, TimeElapsedColumn(), console=out.console)


async def _known(parts: Parts, id_: str) -> Known | None:
    def look(conn: Connection) -> Known | None:
        found = campaigns.campaign_of(conn, id_)
        if found is None or found.state == campaigns.PLANNING:
            return None
        return found, campaign_progress.progress_of(conn, id_)

    return await parts.memory.keeper.read(look)


def _unknown(out: Terminal) -> int:
    out.say(sentence("There is no such campaign."))
    return FAILED


def _say(out: Terminal, known: Known) -> int:
    campaign, progress = known
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
    out.say(f"{campaign.id}  {campaign.name}  {in_language(_STATES[campaign.state], out.language)}")
    if campaign.reason:
        out.say(campaign.reason)
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
