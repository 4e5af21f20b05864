"""What a text will cost and what may stop it, before anything is planned. Nothing is spent or sent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated

from pydantic import Field

from tools.campaigns.cautions import unfilled, with_unit_twice
from tools.campaigns.cheaper import cheaper_for
from tools.campaigns.tally import Tally
from tools.campaigns.wording import Wording, read_wording
from tools.counting import many
from tools.desk.list_arguments import named_as
from tools.desk.list_notes import to_decide, without_format
from tools.desk.read_list import Column
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.cautions import text_cautions
from tools.every8d.charging import PRICED_UNITS, units
from tools.every8d.overflow import overflow_cautions
from tools.every8d.texts import Text
from tools.list_desk import JudgedText, ListAsked, ListFound
from tools.lists.masking import mask_value
from tools.lists.rows import Recipient
from tools.operation import Params, Result, Risk
from tools.problems import InvalidArgumentError
from tools.sentence import sentence
from tools.values import CELLS, OutsideText, Points, without

_SOMEBODY = "+886900000000"


class CheckMessageParams(Params):
    """A text, and the list that fills it in."""

    text: Annotated[Text, Field(description="With {column} for values of the list.")]
    list: Annotated[
        str, Field(max_length=255, description="List's file name.", json_schema_extra=without("maxLength"))
    ] = ""
    sheet: Annotated[Column, Field(description="Sheet name.")] = ""


class PartsRow(Result):
    """So many recipients get texts of so many parts."""

    parts: int
    recipients: int
    points: Points


class CheckMessageResult(Result):
    """What a text comes to, the conclusion first."""

    conclusion: str
    parts: int
    """Of the longest text."""
    points: Points
    """Of all recipients; of one where there is no list."""
    estimate: bool | None = None
    """A text is longer than the vendor gives a price for."""
    by_parts: list[PartsRow] | None = None
    notes: list[str]
    links: list[OutsideText] | None = None
    """Hosts in the text; they have to be registered."""
    numbers: Annotated[list[OutsideText] | None, CELLS] = None
    cheaper: OutsideText | None = None
    """A wording that costs a part less."""
    previews: Annotated[list[OutsideText], CELLS]
    """As three recipients get it, their values masked."""


async def _check(params: CheckMessageParams, desk: Desk) -> CheckMessageResult:
    wording = read_wording(params.text)
    if wording.columns and not params.list:
        raise InvalidArgumentError("text", "has a {column} and no list.", "Name the list's file as well.")
    tally, found = Tally(), None
    if params.list:
        found = await _counted(params, desk, wording, tally)
    else:
        tally.add(_SOMEBODY, params.text, ())
    # Without a recipient the text is looked at as it stands.
    texts = _longest(wording, tally) or [params.text]
    judged = await desk.lists.judge_texts(texts)
    return CheckMessageResult(
        conclusion=_conclusion(tally, found),
        parts=tally.parts,
        points=tally.cost,
        estimate=tally.estimates > 0 or None,
        by_parts=None if found is None else _by_parts(tally),
        notes=[
            *unfilled(params.text, found.columns if found else ()),
            *with_unit_twice(wording, tally),
            *_notes(texts, judged, found, tally),
        ],
        links=list(judged.links) or None,
        numbers=list(judged.numbers) or None,
        cheaper=cheaper_for(wording, tally) or None,
        previews=[] if found is None else _previews(wording, found),
    )


async def _counted(params: CheckMessageParams, desk: Desk, wording: Wording, tally: Tally) -> ListFound:
    """Count the text of each recipient while the list is read."""

    def count(each: Recipient) -> None:
        text = wording.filled(each.fields)
        if reason := wording.unsendable(each.fields, text):
            tally.excluded[reason] += 1
        else:
            tally.add(each.mobile, text, each.fields)

    asked = ListAsked(file=params.list, sheet=params.sheet, fields=wording.columns)
    try:
        return await desk.lists.read(asked, count)
    except InvalidArgumentError as error:
        raise named_as(error, file="list", fields="text") from None


def _longest(wording: Wording, tally: Tally) -> list[str]:
    return [wording.filled(values) for values in tally.longest]


def _conclusion(tally: Tally, found: ListFound | None) -> str:
    parts, points = many(tally.parts, "part"), many(tally.points, "point")
    if found is None:
        return f"{parts}, {points} for each recipient in Taiwan. Nothing was sent."
    return (
        f"{tally.recipients} of {many(found.tally.rows, 'row')} can be texted, for {points}. "
        "Nothing was sent."
    )


def _by_parts(tally: Tally) -> list[PartsRow]:
    return [
        PartsRow(parts=parts, recipients=count, points=Decimal(points))
        for parts, count, points in tally.segments
    ]


def _notes(texts: Sequence[str], judged: JudgedText, found: ListFound | None, tally: Tally) -> list[str]:
    notes = [*judged.broken, *text_cautions(texts)]
    if found is None:
        (text,) = texts
        notes += [f"{many(units(text), 'character')}.", *overflow_cautions(text)]
    else:
        notes += [*to_decide(found), *without_format(found)]
        if found.tally.blank.count:
            notes.append(f"A value is empty in {many(found.tally.blank.count, 'row')}.")
    if tally.excluded:
        told = ", ".join(f"{reason}: {count}" for reason, count in tally.excluded.items())
        notes.append(f"Texts that cannot be sent as filled in: {told}.")
    if tally.estimates:
        notes.append(
            f"Above {PRICED_UNITS} characters the price is a guess: {many(tally.estimates, 'text')}."
        )
    return notes


def _previews(wording: Wording, found: ListFound) -> list[str]:
    return [wording.filled([mask_value(value) for value in each.fields]) for each in found.tally.samples]


CHECK_MESSAGE = DeskOperation(
    name="check_message",
    title="Check a text",
    description=(
        "Check this text: is it too long, characters, emoji, whether it fits one segment or splits, "
        "how many points it will cost, links, sender name, cheaper wording. 檢查這則簡訊、文案內容有沒"
        "有問題：會不會超過 70 字、拆成幾則、扣幾點，怎麼寫比較省點。"
    ),
    toolset="desk",
    vendor=None,
    serves="every8d",
    section=sentence("ours: the campaigns"),
    risk=Risk.READ,
    params=CheckMessageParams,
    result=CheckMessageResult,
    run=_check,
)
