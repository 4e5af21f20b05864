"""The points of a month: our ledger against what the vendor charged."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated

from pydantic import AfterValidator, Field

from tools.counting import many
from tools.desk_operation import Desk, DeskOperation
from tools.insight_desk import Difference, PointsOfDay, Statement
from tools.operation import Params, Result, Risk
from tools.sentence import sentence
from tools.taipei import as_taipei
from tools.values import OutsideText, Points, Table

_MONTH = re.compile("2[0-9]{3}-(?:0[1-9]|1[0-2])")
_DECEMBER = 12
_MOST_SENDERS, _MOST_DIFFERENCES = 8, 5


def _check(month: str) -> str:
    if month and _MONTH.fullmatch(month) is None:
        raise ValueError(sentence("is no month. Write it as 2026-11."))
    return month


class StatementParams(Params):
    """Which month."""

    month: Annotated[str, AfterValidator(_check), Field(description="2026-11; empty: this month.")] = ""


class DayRow(Result):
    """One day: `points` by our ledger, `charged` by the vendor for `told` of them."""

    day: int
    sends: int
    points: Points
    told: Points
    charged: Points


class SenderRow(Result):
    """One sender's month, in the same figures."""

    sender: str
    sends: int
    points: Points
    told: Points
    charged: Points


class DifferenceRow(Result):
    """A send for which the vendor charged something else than our ledger has, and why that may be."""

    action_id: str
    batch_id: OutsideText
    points: Points
    charged: Points
    why: str


class PointsStatement(Result):
    """A month's points. Where the vendor did not say every price of a send, `told` leaves it out."""

    conclusion: str
    month: str
    sends: int
    points: Points
    """By our ledger: final, or reserved while the outcome is open; less what came back."""
    returned: Points
    """What erased bookings gave back."""
    open: Points
    """Reserved by sends whose outcome is unknown."""
    told: Points
    charged: Points
    elsewhere: Points
    """Charged for batches that were sent without this server and are in the records."""
    credit_before: Points | None = None
    credit_after: Points | None = None
    """Points left before the month's first send and after its last, by their receipts."""
    days: Annotated[list[DayRow], Table()]
    senders: list[SenderRow]
    differences: list[DifferenceRow]
    notes: list[str]


async def _state(params: StatementParams, desk: Desk) -> PointsStatement:
    return await month_statement(params.month, desk)


async def month_statement(month: str, desk: Desk) -> PointsStatement:
    """The statement of a month (2026-11); of the current one where it is empty."""
    month = month or as_taipei(desk.surroundings.now).strftime("%Y-%m")
    first = date.fromisoformat(f"{month}-01")
    end = date(first.year + first.month // _DECEMBER, first.month % _DECEMBER + 1, 1)
    found = await desk.insight.statement(first, end, _MOST_DIFFERENCES)
    return statement_result(month, found)


def statement_result(month: str, found: Statement) -> PointsStatement:
    """The figures as an answer."""
    whole = _Sum(found.days)
    return PointsStatement(
        conclusion=_conclusion(month, whole, found),
        month=month,
        sends=whole.sends,
        points=whole.points,
        returned=whole.returned,
        open=whole.open,
        told=whole.told,
        charged=whole.charged,
        elsewhere=found.elsewhere,
        credit_before=found.credit[0] if found.credit else None,
        credit_after=found.credit[1] if found.credit else None,
        days=_days(found.days),
        senders=_senders(found.days),
        differences=[_difference(each) for each in found.differences],
        notes=_notes(whole, found),
    )


class _Sum:
    """Several days or senders together."""

    def __init__(self, parts: Iterable[PointsOfDay]) -> None:
        every = [*parts]
        zero = Decimal(0)
        self.sends = sum(each.sends for each in every)
        self.points = sum((each.points for each in every), zero)
        self.returned = sum((each.returned for each in every), zero)
        self.open = sum((each.open for each in every), zero)
        self.told = sum((each.told for each in every), zero)
        self.charged = sum((each.charged for each in every), zero)


def _conclusion(month: str, whole: _Sum, found: Statement) -> str:
    if not whole.sends:
        return f"{month}: nothing was sent here."
    said = f"{month}: {_points(whole.points)} for {many(whole.sends, 'send')} by our ledger"
    if not whole.told and not whole.charged:
        return f"{said}; the vendor has not said its prices yet."
    apart = whole.charged - whole.told
    if apart:
        more = f"{abs(apart)} {'more' if apart > 0 else 'less'} than that, in {many(found.differing, 'send')}"
    elif found.differing:
        more = f"the same in sum, though {many(found.differing, 'send differs', 'sends differ')}"
    else:
        more = "the same"
    return f"{said}; of the {whole.told} whose prices the vendor said, it charged {whole.charged}: {more}."


def _points(points: Decimal) -> str:
    return f"{points} {'point' if points == 1 else 'points'}"


def _days(parts: Sequence[PointsOfDay]) -> list[DayRow]:
    rows: list[DayRow] = []
    for day in sorted({each.day for each in parts}):
        whole = _Sum(each for each in parts if each.day == day)
        rows.append(
            DayRow(
                day=day.day, sends=whole.sends, points=whole.points, told=whole.told, charged=whole.charged
            )
        )
    return rows


def _senders(parts: Sequence[PointsOfDay]) -> list[SenderRow]:
    """Who spent most first; those beyond the room together."""
    by_sender: defaultdict[str, list[PointsOfDay]] = defaultdict(list)
    for each in parts:
        by_sender[each.sender].append(each)
    ordered = sorted(by_sender, key=lambda sender: (-_Sum(by_sender[sender]).points, sender))
    named = ordered if len(ordered) <= _MOST_SENDERS else ordered[: _MOST_SENDERS - 1]
    rows = [_sender(name, by_sender[name]) for name in named]
    if rest := ordered[len(named) :]:
        rows.append(_sender(many(len(rest), "other"), [each for name in rest for each in by_sender[name]]))
    return rows


def _sender(name: str, parts: Sequence[PointsOfDay]) -> SenderRow:
    whole = _Sum(parts)
    return SenderRow(
        sender=name, sends=whole.sends, points=whole.points, told=whole.told, charged=whole.charged
    )


def _difference(each: Difference) -> DifferenceRow:
    if each.returned and each.charged > each.points:
        why = f"an erased booking gave back {each.returned}, and the vendor's rows still show a price"
    elif each.charged > each.points:
        why = "the vendor's rows cost more than its answer to the send said"
    else:
        why = "the vendor's rows cost less than its answer to the send said"
    return DifferenceRow(
        action_id=each.action_id, batch_id=each.batch_id, points=each.points, charged=each.charged, why=why
    )


def _besides(whole: _Sum, found: Statement) -> Decimal:
    """What the receipts' points left show beside our ledger: above 0 it went, below it came.

    What erased bookings gave back may have come after the last receipt, and what is reserved by sends of
    unknown outcome may not have been taken: so much is told of neither.
    """
    if found.credit is None:
        return Decimal(0)
    other = found.credit[0] - found.credit[1] - whole.points
    if other > 0:
        return max(other - whole.returned, Decimal(0))
    return min(other + whole.open, Decimal(0))


def _notes(whole: _Sum, found: Statement) -> list[str]:
    notes: list[str] = []
    if silent := whole.points - whole.told:
        notes.append(
            f"Of sends of which the vendor has not said every price: {_points(silent)}. "
            "summarize_delivery with refresh: true asks it."
        )
    if whole.open:
        notes.append(f"Reserved by sends of unknown outcome: {_points(whole.open)}: reconcile_action.")
    if other := _besides(whole, found):
        came = "went besides what our ledger has" if other > 0 else "came in besides (a top-up, or returned)"
        notes.append(f"By the receipts' points left, {abs(other)} {came}, between the first and last send.")
    if found.differing > len(found.differences):
        notes.append(f"Only the {len(found.differences)} largest of {found.differing} differences are here.")
    return notes


GET_POINTS_STATEMENT = DeskOperation(
    name="get_points_statement",
    title="Statement of points",
    description=(
        "Monthly points statement: how many points we used, who spent them, what came back, what the "
        "vendor charged. 點數對帳單、扣點明細：花了多少點，花在哪，刪預約補回幾點。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records and the ledger"),
    risk=Risk.READ,
    params=StatementParams,
    result=PointsStatement,
    run=_state,
)
