"""What a report comes to, in words."""

from tools.counting import many
from tools.omis.report_columns import Columns
from tools.omis.report_events import MACHINES_DO, Told
from tools.omis.report_sums import MACHINE_SECONDS, Sums


def concluded(told: Told, sums: Sums, *, recipients: bool) -> str:
    """The report in one sentence."""
    what = told.event.capitalize() or "The report"
    if not sums.total:
        return f"{what}: no rows."
    if not recipients:
        return f"{what}: {many(sums.total, 'row')}; in none of its columns are recipients known."
    said = f"{what}: {many(sums.unique, 'recipient')}, {many(sums.total, 'time')} in all"
    if sums.machines:
        said += (
            f"; {sums.machines} within {MACHINE_SECONDS} s of sending, which machines do: "
            f"{many(sums.people, 'recipient')} without them"
        )
    return f"{said}."


def undecided(reports: int) -> str:
    """Where nobody can tell which one is meant."""
    return f"{reports} reports could be meant, and none was read: call again with one's report_id."


def noted(told: Told, sums: Sums, columns: Columns, *, how: str, broken: bool) -> str:
    """How sure the report is the right one, and what its rows do not tell."""
    untold = told.event in MACHINES_DO and sums.total and not sums.timed
    unread = many(sums.unread, "row has", "rows have")
    return " ".join(
        filter(
            None,
            (
                f"Tie: {how}" if how else "",
                "Whether machines are among them cannot be told: no time of sending." if untold else "",
                f"{unread} a time that cannot be read." if sums.unread else "",
                "No row has a time of its own." if "at" not in columns.places and sums.total else "",
                "The table breaks off: what follows these rows cannot be read." if broken else "",
            ),
        )
    )
