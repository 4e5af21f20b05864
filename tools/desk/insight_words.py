"""What is said of a delivery: its conclusion in one sentence, what can be done, what the figures rest on."""

from collections import Counter
from collections.abc import Sequence
from decimal import ROUND_FLOOR, Decimal

from tools.counting import many
from tools.every8d.codes import DEAD_NUMBER, MMS_SENT, read_status
from tools.insight_desk import CodeFigures, DeliveryFigures, Refreshed
from tools.sentence import sentence
from tools.taipei import iso_minute

FAILED = ("failed_retryable", "failed_permanent")
_WAITING = ("", "pending")
_UNHEARD = {"": sentence("nothing heard yet"), "cancelled": sentence("booking erased")}


def counts_of(figures: DeliveryFigures) -> dict[str, int]:
    """Messages by class, those of which nothing was heard as pending; without classes that have none."""
    found = Counter[str]()
    for each in figures.codes:
        found["pending" if each.state in _WAITING else each.state] += each.count
    unheard = figures.recipients - found.total()
    found["pending"] += max(0, unheard)
    return {name: count for name, count in found.items() if count}


def share(part: int, whole: int) -> str:
    """A share in per cent, rounded down: only what is whole is 100%."""
    percent = (Decimal(part) * 100 / whole).quantize(Decimal("0.1"), ROUND_FLOOR)
    return f"{percent.normalize():f}%"


def percentile(delays: Sequence[tuple[int, int]], percent: int) -> int | None:
    """The seconds in which so many per cent had arrived (nearest rank); None when none did."""
    total = sum(count for _, count in delays)
    rank = -(-total * percent // 100)
    for seconds, count in delays:
        rank -= count
        if rank <= 0:
            return max(0, seconds)
    return None


def meaning_of(each: CodeFigures) -> str:
    """What a code says."""
    return (
        _UNHEARD.get(each.state, sentence("no code")) if each.code is None else read_status(each.code).meaning
    )


def conclusion(figures: DeliveryFigures) -> str:
    """All in one sentence."""
    if not figures.recipients:
        unknown = f" {figures.unknown_recipients} may have gone out." if figures.unknown_recipients else ""
        return f"Nothing went out.{unknown}"
    counts = counts_of(figures)
    delivered, failed = counts.get("delivered", 0), sum(counts.get(name, 0) for name in FAILED)
    said = [f"{delivered} of {figures.recipients} arrived ({share(delivered, figures.recipients)})"]
    said.append(f"{failed} failed{_mostly(figures, failed)}" if failed else "none failed")
    unreported = sum(each.count for each in figures.codes if each.code == MMS_SENT)
    if unreported:
        said.append(f"{unreported} MMS sent, whose arrival the vendor does not report")
    rest = {"pending": counts.get("pending", 0) - unreported} | {
        name: counts.get(name, 0) for name in ("scheduled", "cancelled", "unknown")
    }
    said += [f"{count} {_REST[name]}" for name, count in rest.items() if count]
    return "; ".join(said) + "."


_REST = {
    "pending": "without an end yet",
    "scheduled": "booked",
    "cancelled": "cancelled",
    "unknown": "of a code that nobody knows",
}


def _mostly(figures: DeliveryFigures, failed: int) -> str:
    worst = next((each for each in figures.codes if each.state in FAILED), None)
    if worst is None:
        return ""
    most = "" if worst.count == failed else f"{worst.count} of them "
    return f", {most}because: {meaning_of(worst).partition(': ')[2] or meaning_of(worst)}"


def compared(figures: DeliveryFigures) -> str | None:
    """How the last ones that are like these did."""
    before = figures.earlier
    if before is None or not before.delivered + before.failed:
        return None
    counts = counts_of(figures)
    ended = counts.get("delivered", 0) + sum(counts.get(name, 0) for name in FAILED)
    if not ended:
        return None
    like = "with the same text" if before.same_text else "of this kind"
    now, then = (
        share(counts.get("delivered", 0), ended),
        share(before.delivered, before.delivered + before.failed),
    )
    which = f"the last {before.batches} {like}" if before.batches > 1 else f"the last one {like}"
    return f"Of those that ended, {now} arrived; of {which}: {then}."


def advice(figures: DeliveryFigures) -> list[str]:
    """What can be done."""
    counts = counts_of(figures)
    dead = sum(each.count for each in figures.codes if each.code in DEAD_NUMBER)
    lasting = counts.get("failed_permanent", 0) - dead
    said: list[str] = []
    if again := counts.get("failed_retryable", 0):
        said.append(f"Worth another send, since the numbers are fine: {again} (failed_retryable).")
    if dead:
        said.append(
            f"{many(dead, 'is a dead or refusing number', 'are dead or refusing numbers')}: to be left out; "
            "list_dead_numbers tells which fail twice."
        )
    if lasting > 0:
        said.append(f"{lasting} failed for good for what was sent: correct it first.")
    if counts.get("pending") and any(each.code != MMS_SENT for each in figures.codes):
        said.append("For those without an end, ask again with refresh: true.")
    if figures.unknown_batches:
        said.append(
            f"Not counted: {many(figures.unknown_batches, 'send')} of unknown outcome "
            f"({many(figures.unknown_recipients, 'recipient')}): reconcile_action."
        )
    return said


def rests_on(figures: DeliveryFigures, refreshed: Refreshed | None) -> str:
    """Where the figures come from, and how old they are."""
    said = [] if refreshed is None else [*filter(None, [_asked_anew(refreshed)])]
    if figures.asked_at is not None:
        of = f"{figures.asked} of {figures.batches} batches" if figures.batches > 1 else "the batch"
        when = iso_minute(figures.asked_at)
        said.append(f"The vendor was asked for {of}{', longest ago' if figures.asked > 1 else ''} at {when}.")
    if figures.heard_at is not None and figures.heard_at != figures.asked_at:
        said.append(f"The newest report came in at {iso_minute(figures.heard_at)}.")
    if figures.asked_at is None and figures.heard_at is None and figures.batches:
        said.append("Nothing was heard from the vendor yet.")
    if figures.reduced:
        reduced = many(figures.reduced, "batch", "batches")
        said.append(f"Of {reduced} only counts are kept by now, and nobody's number.")
    return " ".join(said)


def _asked_anew(refreshed: Refreshed) -> str:
    said: list[str] = []
    if refreshed.stopped:
        why = {
            "vendor": "The vendor gave no usable answer",
            "time": "The time of a call was over",
            "many": "A call asks for the newest ones alone",
            "account": "No EVERY8D account is configured",
        }[refreshed.stopped]
        left = many(refreshed.left, "batch was", "batches were")
        said.append(f"{why}: {left} not asked for anew, whose figures are older.")
    if refreshed.partly:
        partly = many(refreshed.partly, "batch", "batches")
        said.append(f"Of {partly} the vendor did not tell every message; that is older.")
    return " ".join(said)
