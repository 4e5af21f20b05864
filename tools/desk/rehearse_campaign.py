"""A plan played before it is started, against the simulated vendor."""

from tools.campaign_desk import Rehearsed
from tools.desk.campaigns import SECTION, CampaignParams, no_such_campaign
from tools.desk_operation import Desk, DeskOperation
from tools.operation import Result, Risk
from tools.values import Minute, Points


class RehearsedMoment(Result):
    """Texts of one stretch of time."""

    at: Minute
    texts: int
    points: Points


class Rehearsal(Result):
    """What a plan came to at the simulated vendor."""

    conclusion: str
    campaign_id: str
    texts: int
    points: Points
    twice: int
    """Recipients that had the text more than once."""
    timeline: list[RehearsedMoment]


async def rehearsal(params: CampaignParams, desk: Desk) -> Rehearsed:
    """Play it; nothing is sent."""
    found = await desk.campaigns.rehearse(params.campaign_id)
    if found is None:
        raise no_such_campaign()
    return found


async def _rehearse(params: CampaignParams, desk: Desk) -> Rehearsal:
    found = await rehearsal(params, desk)
    return Rehearsal(
        conclusion=_conclusion(found),
        campaign_id=params.campaign_id,
        texts=found.texts,
        points=found.points,
        twice=found.twice,
        timeline=[RehearsedMoment(at=at, texts=texts, points=points) for at, texts, points in found.timeline],
    )


def _conclusion(found: Rehearsed) -> str:
    played = f"Played against the simulated vendor, nothing left this machine: {found.texts} texts"
    part = (
        "" if found.of == found.recipients else f" of the first {found.of} of {found.recipients} recipients"
    )
    trial = f" The first {found.trial} were the trial; the rest was let go." if found.trial else ""
    bill = f"{found.points} points" + ("" if found.points == found.planned else f", {found.planned} planned")
    return f"{played}{part}, {bill}, {found.twice} got it twice.{trial}"


REHEARSE_CAMPAIGN = DeskOperation(
    name="rehearse_campaign",
    title="Rehearse a campaign",
    description=(
        "Rehearse (dry run, trial run) a campaign in simulation without sending, before it starts: "
        "timeline, what it would cost to send to everyone, doubles. 預演、模擬、試跑、試算活動：總共要"
        "花多少點。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=SECTION,
    risk=Risk.READ,
    params=CampaignParams,
    result=Rehearsal,
    run=_rehearse,
)
