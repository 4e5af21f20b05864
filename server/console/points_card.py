"""A month's points in a person's words: from the figures of `get_points_statement` alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from server.console.shown import Figure
from tools.canvas import figure
from tools.cleaning import clean
from tools.desk.statement import DayRow, PointsStatement, SenderRow
from tools.sentence import Sentence, sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A day's or a sender's points."""

    name: str
    sends: str
    points: str
    charged: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Apart:
    """A send for which the vendor charged something else."""

    action_id: str
    said: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class PointsCard:
    """The page's values."""

    figures: tuple[Figure, ...]
    days: tuple[Row, ...]
    senders: tuple[Row, ...]
    apart: tuple[Apart, ...]


def points_card(statement: PointsStatement) -> PointsCard:
    """The statement as the page shows it."""
    return PointsCard(
        figures=tuple(_figures(statement)),
        days=tuple(_row(f"{statement.month}-{each.day:02}", each) for each in statement.days),
        senders=tuple(_row(clean(each.sender), each) for each in statement.senders),
        apart=tuple(
            Apart(
                action_id=each.action_id,
                said=sentence(
                    "{points} by our ledger, {charged} by the vendor",
                    points=figure(each.points),
                    charged=figure(each.charged),
                ),
            )
            for each in statement.differences
        ),
    )


def _figures(statement: PointsStatement) -> Sequence[Figure]:
    told: list[tuple[str, Sentence, Decimal | int | None]] = [
        ("points", sentence("Points by our ledger"), statement.points),
        ("sends", sentence("Sends"), statement.sends),
        ("told", sentence("Of these, priced by the vendor"), statement.told),
        ("charged", sentence("Charged for them"), statement.charged),
        ("returned", sentence("Came back from erased bookings"), statement.returned or None),
        ("open", sentence("Reserved, outcome unknown"), statement.open or None),
        ("elsewhere", sentence("Charged for sends made elsewhere"), statement.elsewhere or None),
        ("before", sentence("Left before the first send"), statement.credit_before),
        ("after", sentence("Left after the last send"), statement.credit_after),
    ]
    return [Figure(key=key, name=name, value=figure(value)) for key, name, value in told if value is not None]


def _row(name: str, each: DayRow | SenderRow) -> Row:
    return Row(name=name, sends=figure(each.sends), points=figure(each.points), charged=figure(each.charged))
