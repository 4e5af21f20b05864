"""What became of many messages: summed, judged, and compared with the last ones."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tools.desk.insight_words import (
    FAILED,
    advice,
    compared,
    conclusion,
    counts_of,
    meaning_of,
    percentile,
    rests_on,
)
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.batches import BatchOrCampaignId
from tools.every8d.references import campaign_named
from tools.insight_desk import Chosen, CodeFigures, DeliveryFigures, Refreshed
from tools.operation import Params, Result, Risk
from tools.problems import Problem, RefusedError
from tools.sentence import sentence
from tools.values import DayArgument, Minute, MobileNumber, OutsideText, Points, Table, TimeArgument

_MOST_CODES, _MOST_EXAMPLES = 8, 16
SHARES = (10, 25, 50, 75, 90, 95, 100)
"""The per cents whose times `arrived_within_s` has."""


class SummarizeParams(Params):
    """Which batches to sum up."""

    batch_id: Annotated[BatchOrCampaignId | None, Field(description="Or campaign_id; absent: any.")] = None
    day: Annotated[DayArgument | None, Field(description="absent: any.")] = None
    words: Annotated[str, Field(max_length=40, description="In text or subject.")] = ""
    since: Annotated[TimeArgument | None, Field(description="absent: any; all absent: newest batch.")] = None
    refresh: Annotated[bool, Field(description="Ask vendor anew.")] = False


class CodeCount(Result):
    """The messages of one status; `numbers` are some that failed."""

    code: int | None
    meaning: str
    state: str
    count: int
    points: Points | None
    """Points that the vendor charged for them, where it said."""
    numbers: list[MobileNumber]


class DeliverySummary(Result):
    """What became of the chosen batches, the conclusion first."""

    conclusion: str
    batches: int
    batch_id: OutsideText | None = None
    sent_at: Minute | None = None
    counts: dict[str, int]
    """Messages by class."""
    codes: Annotated[list[CodeCount], Table()]
    more_codes: int | None = None
    """Messages whose codes are rarer than those listed."""
    median_s: int | None = None
    p95_s: int | None = None
    """Seconds from sending to arrival, by the vendor's times."""
    arrived_within_s: list[int] | None = None
    """Seconds within which 10, 25, 50, 75, 90, 95 and 100% of those that arrived had arrived."""
    points: Points
    """Points charged."""
    points_from: str
    points_for_nothing: Points | None = None
    """Of these, for messages that failed, as far as the vendor said."""
    compared: str | None = None
    to_do: list[str]
    rests_on: str


async def _summarize(params: SummarizeParams, desk: Desk) -> DeliverySummary:
    given = params.batch_id or ""
    campaign = campaign_named(given)
    chosen = Chosen(
        batch_id="" if campaign else given,
        campaign_id=campaign,
        day=params.day,
        words=params.words.strip(),
        since=params.since,
    )
    refreshed = await desk.insight.refresh(chosen) if params.refresh else None
    return await summary_of(chosen, desk, refreshed)


async def summary_of(chosen: Chosen, desk: Desk, refreshed: Refreshed | None = None) -> DeliverySummary:
    """What became of these batches, by the records.

    Raises:
        RefusedError: there is no batch of this id.
    """
    figures = await desk.insight.delivery(chosen, _MOST_EXAMPLES)
    if chosen.batch_id and not figures.batches + figures.unknown_batches:
        raise RefusedError(_NO_SUCH_BATCH)
    if chosen.campaign_id and not figures.batches + figures.unknown_batches:
        raise RefusedError(_NONE_OF_CAMPAIGN)
    return _summary(figures, refreshed)


_NO_SUCH_BATCH = Problem(
    code="not_found",
    message=sentence("There is no such batch in the records."),
    next=sentence("Use list_batches to find the id."),
)


_NONE_OF_CAMPAIGN = Problem(
    code="not_found",
    message=sentence("Nothing of such a campaign is in the records."),
    next=sentence("get_campaign tells whether it was started."),
)


def _summary(figures: DeliveryFigures, refreshed: Refreshed | None) -> DeliverySummary:
    one, shown = figures.one, figures.codes[:_MOST_CODES]
    points, whose = _points(figures)
    within = {share: percentile(figures.delays, share) for share in SHARES}
    return DeliverySummary(
        conclusion=conclusion(figures),
        batches=figures.batches,
        batch_id=one.batch_id or None if one else None,
        sent_at=one.sent_at if one else None,
        counts=counts_of(figures),
        codes=[_row(each) for each in shown],
        more_codes=sum(each.count for each in figures.codes[_MOST_CODES:]) or None,
        median_s=within[50],
        p95_s=within[95],
        arrived_within_s=_curve(within.values()),
        points=points,
        points_from=whose,
        points_for_nothing=_for_nothing(figures),
        compared=compared(figures),
        to_do=advice(figures),
        rests_on=rests_on(figures, refreshed),
    )


def _curve(within: Iterable[int | None]) -> list[int] | None:
    """How the arrivals went on; None where one figure tells it all."""
    times = [seconds for seconds in within if seconds is not None]
    return times if len(set(times)) > 1 else None


def _row(each: CodeFigures) -> CodeCount:
    known = each.unpriced < each.count
    return CodeCount(
        code=each.code,
        meaning=meaning_of(each),
        state=each.state or "pending",
        count=each.count,
        points=each.points if known else None,
        numbers=[*each.examples],
    )


def _points(figures: DeliveryFigures) -> tuple[Decimal, str]:
    """What was charged: by the vendor, where it gave the price of every message; else by our ledger."""
    priced = [each for each in figures.codes if each.state != "cancelled"]
    told = sum(each.count for each in figures.codes) == figures.recipients
    if told and not any(each.unpriced for each in priced):
        return sum((each.points for each in priced), start=Decimal(0)), "the vendor, message by message"
    return figures.ledger_points, "our ledger: the vendor has not said the price of each message"


def _for_nothing(figures: DeliveryFigures) -> Decimal | None:
    failed = [each for each in figures.codes if each.state in FAILED and each.unpriced < each.count]
    return sum((each.points for each in failed), start=Decimal(0)) if failed else None


SUMMARIZE_DELIVERY = DeskOperation(
    name="summarize_delivery",
    title="Summarise delivery",
    description=(
        "Sum up delivery of a batch, campaign or day: delivery rate, did last night's texts arrive, how "
        "many failed, reasons. 昨晚的簡訊到了沒、送達率、成功率、失敗幾個、原因。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=SummarizeParams,
    result=DeliverySummary,
    run=_summarize,
)
