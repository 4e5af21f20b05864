"""The points of a month, drawn as the view of `get_points_statement` draws them."""

from collections.abc import Sequence
from decimal import Decimal

from tools.canvas import WIDTH, Canvas, Say, figure
from tools.desk.statement import PointsStatement
from tools.sentence import plural, sentence

_LEFT, _HEIGHT = 40, 120
_DAYS = 31
_STEP = (WIDTH - 44) / _DAYS


def statement_chart(statement: PointsStatement, say: Say) -> str:
    """The chart as SVG: two bars a day, and a line of figures a sender."""
    canvas = Canvas()
    canvas.heading(
        say(
            plural(
                "{month}: {points} points, {sends} send",
                "{month}: {points} points, {sends} sends",
                statement.sends,
                month=statement.month,
                points=figure(statement.points),
                sends=figure(statement.sends),
            )
        )
    )
    canvas.paragraph(" · ".join(map(say, _comparison(statement))))
    if statement.days:
        _by_day(canvas, statement, say)
    if statement.senders:
        _by_sender(canvas, statement, say)
    return canvas.svg()


def _comparison(statement: PointsStatement) -> Sequence[str]:
    charged, told = figure(statement.charged), figure(statement.told)
    apart = statement.charged - statement.told
    if apart:
        difference = f"{'+' if apart > 0 else ''}{figure(apart)}"
        said = sentence(
            "the vendor charged {charged} for what we have as {told} ({difference})",
            charged=charged,
            told=told,
            difference=difference,
        )
    else:
        said = sentence(
            "the vendor charged {charged} for what we have as {told}: the same", charged=charged, told=told
        )
    parts = [said]
    if statement.returned:
        parts.append(sentence("{points} came back", points=figure(statement.returned)))
    if statement.open:
        parts.append(sentence("{points} reserved, outcome unknown", points=figure(statement.open)))
    if statement.credit_after is not None:
        parts.append(sentence("{points} left", points=figure(statement.credit_after)))
    return parts


def _by_day(canvas: Canvas, statement: PointsStatement, say: Say) -> None:
    top = canvas.section(say(sentence("Points by day")), 146) + 8
    most = max(Decimal(1), *(max(day.points, day.charged) for day in statement.days))
    foot = top + _HEIGHT
    canvas.rule(_LEFT, foot, WIDTH - 44)
    canvas.mark(_LEFT - 6, top + 8, figure(most), "end")
    for day in statement.days:
        x = _LEFT + (day.day - 1) * _STEP
        for place, (points, colour) in enumerate(((day.points, "scheduled"), (day.charged, "delivered"))):
            tall = float(_HEIGHT * points / most)
            canvas.bar(x + place * 0.45 * _STEP, foot - tall, 0.42 * _STEP, tall, colour)
    for day in (1, 10, 20, _DAYS):
        canvas.mark(_LEFT + (day - 0.5) * _STEP, foot + 16, str(day), "middle")
    canvas.legend(
        [
            ("scheduled", say(sentence("our ledger"))),
            ("delivered", say(sentence("charged by the vendor"))),
        ]
    )


def _by_sender(canvas: Canvas, statement: PointsStatement, say: Say) -> None:
    heading = [sentence("Sender"), sentence("sends"), sentence("points"), sentence("charged")]
    rows = [
        [each.sender, *map(figure, (each.sends, each.points, each.charged))] for each in statement.senders
    ]
    canvas.table(say(sentence("By sender")), [[*map(say, heading)], *rows])
