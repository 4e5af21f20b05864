"""What became of many messages, drawn as the view of `summarize_delivery` draws it."""

from tools.canvas import AT_THE_END, WIDTH, Canvas, Say, cut, figure
from tools.desk.insight import SHARES, DeliverySummary
from tools.every8d.codes import read_status
from tools.sentence import sentence
from tools.taipei import iso_minute

_STATES = {
    "delivered": sentence("arrived"),
    "pending": sentence("under way"),
    "scheduled": sentence("booked"),
    "cancelled": sentence("taken back"),
    "failed_retryable": sentence("failed, worth another send"),
    "failed_permanent": sentence("failed for good"),
    "unknown": sentence("unknown"),
}
_LEFT, _PLOT, _HEIGHT = 34, WIDTH - 44, 110
_SECONDS_UNTIL, _MINUTES_UNTIL = 120, 7200


def delivery_chart(summary: DeliverySummary, say: Say) -> str:
    """The chart as SVG: the bar of states, the curve of arrivals, the failures by cause."""
    canvas = Canvas()
    whole, arrived = sum(summary.counts.values()), summary.counts.get("delivered", 0)
    said = sentence(
        "{arrived} of {whole} arrived ({share}%)",
        arrived=figure(arrived),
        whole=figure(whole),
        share=100 * arrived // whole if whole else 0,
    )
    canvas.heading(say(said))
    sent_at = iso_minute(summary.sent_at) if summary.sent_at else ""
    canvas.paragraph(" · ".join(filter(None, [summary.batch_id, sent_at, say(_spent(summary))])))
    _states(canvas, summary, say)
    if summary.arrived_within_s:
        _curve(canvas, summary, summary.arrived_within_s, say)
    _causes(canvas, summary, say)
    return canvas.svg()


def _spent(summary: DeliverySummary) -> str:
    if not summary.points_for_nothing:
        return sentence("{points} points", points=figure(summary.points))
    return sentence(
        "{points} points, {lost} of them for nothing",
        points=figure(summary.points),
        lost=figure(summary.points_for_nothing),
    )


def _states(canvas: Canvas, summary: DeliverySummary, say: Say) -> None:
    there = [state for state in _STATES if summary.counts.get(state)]
    top, x = canvas.section(say(sentence("By state")), 26), 0.0
    for state in there:
        width = WIDTH * summary.counts[state] / sum(summary.counts.values())
        canvas.bar(x, top, width - 2, 26, state)
        x += width
    canvas.legend((state, f"{say(_STATES[state])} {figure(summary.counts[state])}") for state in there)


def _curve(canvas: Canvas, summary: DeliverySummary, times: list[int], say: Say) -> None:
    top = canvas.section(say(sentence("Arrival over time")), 136) + 6
    last = times[-1] or 1

    def at(time: int, share: int) -> tuple[float, float]:
        return _LEFT + _PLOT * time / last, top + _HEIGHT * (1 - share / 100)

    for share in (0, 50, 100):
        _, y = at(0, share)
        canvas.rule(_LEFT, y, _PLOT)
        canvas.mark(_LEFT - 6, y + 4, f"{share}%", "end")
    canvas.curve([at(0, 0), *map(at, times, SHARES)], "delivered")
    canvas.mark(_LEFT, top + _HEIGHT + 18, "0")
    canvas.mark(_LEFT + _PLOT, top + _HEIGHT + 18, say(_lasting(last)), "end")
    if summary.median_s is not None and summary.p95_s is not None:
        half, most = _lasting(summary.median_s), _lasting(summary.p95_s)
        canvas.paragraph(say(sentence("half within {half}, 95% within {most}", half=half, most=most)))


def _lasting(seconds: int) -> str:
    if seconds < _SECONDS_UNTIL:
        return sentence("{count} s", count=figure(seconds))
    if seconds < _MINUTES_UNTIL:
        return sentence("{count} min", count=figure(round(seconds / 60)))
    return sentence("{count} h", count=figure(round(seconds / 3600)))


def _causes(canvas: Canvas, summary: DeliverySummary, say: Say) -> None:
    failed = [each for each in summary.codes if each.state.startswith("failed")]
    if not failed:
        return
    top = canvas.section(say(sentence("Failures by cause")), 40 * len(failed))
    most = max(each.count for each in failed)
    for place, each in enumerate(failed):
        y = top + 40 * place
        meaning = each.meaning if each.code is None else say(read_status(each.code).said)
        canvas.text(0, y + 12, cut(f"{meaning} ({'–' if each.code is None else each.code})"))
        canvas.bar(0, y + 18, (WIDTH - 70) * each.count / most, 14, each.state)
        canvas.text(WIDTH, y + 30, figure(each.count), AT_THE_END)
