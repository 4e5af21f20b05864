"""The morning in a few lines."""

from decimal import Decimal
from typing import Annotated

from tools.brief_desk import Left, Morning
from tools.counting import many
from tools.desk.insight_words import share
from tools.desk_operation import Desk, DeskOperation
from tools.operation import Params, Result, Risk
from tools.sentence import sentence
from tools.taipei import iso_minute
from tools.values import OutsideText, Table


class MorningBriefParams(Params):
    """The brief takes no arguments."""


class DroppedBatch(Result):
    """A batch that did worse than the mean: the share that arrived, and how many failed."""

    batch_id: OutsideText
    arrived: str
    failed: int


class MorningBrief(Result):
    """What went out, what dropped and what waits."""

    conclusion: str
    lines: list[str]
    dropped: Annotated[list[DroppedBatch], Table()]


async def _brief(_params: MorningBriefParams, desk: Desk) -> MorningBrief:
    return brief_result(await desk.brief.morning(), await desk.brief.left())


def brief_result(morning: Morning, left: Left) -> MorningBrief:
    """The figures as an answer."""
    return MorningBrief(
        conclusion=_conclusion(morning),
        lines=[*_waiting(morning), _points(morning, left)],
        dropped=[
            DroppedBatch(
                batch_id=each.batch_id,
                arrived=share(each.arrived.delivered, each.arrived.ended),
                failed=each.arrived.failed,
            )
            for each in morning.dropped
        ],
    )


def _conclusion(morning: Morning) -> str:
    since = iso_minute(morning.since)[:10]
    if not morning.batches:
        return f"Nothing went out since {since}."
    batches, recipients = many(morning.batches, "batch", "batches"), many(morning.recipients, "recipient")
    said = f"Since {since}: {batches} to {recipients}"
    arrived, before = morning.arrived, morning.before
    if not arrived.ended:
        return f"{said}; nothing was heard of them yet."
    said += f"; of {arrived.ended} that ended, {share(arrived.delivered, arrived.ended)} arrived"
    return (
        f"{said} (30 days before: {share(before.delivered, before.ended)})." if before.ended else f"{said}."
    )


def _waiting(morning: Morning) -> list[str]:
    told = {
        "of unknown outcome: reconcile_action": morning.unknown,
        "waiting for approval: list_actions, state proposed": morning.approvals,
        "who opted out, to be blocked": morning.opt_outs,
        f"{'reply' if morning.replies == 1 else 'replies'} to these batches": morning.replies,
    }
    said = [f"{count} {what}." for what, count in told.items() if count]
    if morning.paused:
        said.append(f"Paused here and not resumed: launch {', '.join(morning.paused)}.")
    if morning.standing:
        said.append(
            f"Campaigns that wait for a person: {', '.join(morning.standing)}; get_campaign tells why."
        )
    return said or ["Nothing waits."]


def _points(morning: Morning, left: Left) -> str:
    if not left.configured:
        return "No EVERY8D account is configured, so the points left are not known."
    if left.points is None:
        return "The vendor did not say how many points are left: query_credit tells why."
    a_day = morning.spent / morning.spent_days
    said = f"{left.points.normalize():f} {'point' if left.points == 1 else 'points'} left"
    if a_day <= 0:
        return f"{said}; none were spent here in 30 days."
    days, pace = int(left.points / a_day), a_day.quantize(Decimal("0.1")).normalize()
    return (
        f"{said}: {many(days, 'day')} at {pace:f} a day (our sends, last {many(morning.spent_days, 'day')})."
    )


GET_MORNING_BRIEF = DeskOperation(
    name="get_morning_brief",
    title="Morning brief",
    description=(
        "Morning brief, a summary of the day: what happened since last night. 早報、晨報：昨晚到今天有"
        "什麼狀況。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=MorningBriefParams,
    result=MorningBrief,
    run=_brief,
)
