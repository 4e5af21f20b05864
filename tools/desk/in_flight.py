"""What runs, is booked and waits: what the vendors do not list together, or not at all."""

from collections import Counter
from typing import Annotated

from pydantic import Field, StrictBool

from tools.counting import many
from tools.desk_operation import Desk, DeskOperation
from tools.every8d.paging import pages_of
from tools.flight_desk import InFlight, InFlightRow
from tools.operation import PagedParams, Result, Risk
from tools.sentence import sentence
from tools.taipei import iso_minute
from tools.values import Table

KNOWN_ALONE = sentence(
    "OMIS lists no launches: known are only those that were looked up or acted on here within 30 days. "
    "query_launch adds one."
)
_NAMES = {
    "approval": ("approval waits", "approvals wait"),
    "under way": ("action is under way", "actions are under way"),
    "unknown": ("has an unknown outcome", "have an unknown outcome"),
    "booking": ("booking is ahead", "bookings are ahead"),
    "launch": ("launch was not over when last seen", "launches were not over when last seen"),
    "job": ("job was not over when last seen", "jobs were not over when last seen"),
}


class InFlightParams(PagedParams):
    """A page, and whether OMIS is asked first."""

    refresh: Annotated[StrictBool, Field(description="Ask OMIS first.")] = False


class InFlightResult(Result):
    """One page of what can still go out."""

    conclusion: str
    total: int
    page: int
    pages: int
    in_flight: Annotated[list[InFlightRow], Table()]


async def _list(params: InFlightParams, desk: Desk) -> InFlightResult:
    found = await desk.flight.rows(refresh=params.refresh)
    start, total = (params.page - 1) * params.page_size, len(found.rows)
    return InFlightResult(
        conclusion=f"{_conclusion(found)} {KNOWN_ALONE if found.omis else ''}".rstrip(),
        total=total,
        page=params.page,
        pages=pages_of(total, params.page_size),
        in_flight=[*found.rows[start : start + params.page_size]],
    )


def _conclusion(found: InFlight) -> str:
    counts = Counter(row.what for row in found.rows)
    said = [f"{counts[what]} {words[counts[what] > 1]}" for what, words in _NAMES.items() if counts[what]]
    if not said:
        return "Nothing that is known here waits, is booked or runs."
    bookings = [row for row in found.rows if row.what == "booking"]
    times = [row.at for row in bookings if row.at is not None]
    messages = sum(row.count or 0 for row in bookings)
    booked = f" Booked: {many(messages, 'message')}, the first at {iso_minute(min(times))}." if times else ""
    silent = f" OMIS did not say how {found.silent} of them stand now." if found.silent else ""
    return f"{', '.join(said)}.{booked}{silent}"


LIST_IN_FLIGHT = DeskOperation(
    name="list_in_flight",
    title="In flight",
    description=(
        "What is being sent at this moment or is still to go out (scheduled): bookings, running "
        "launches and jobs. 現在在發什麼、還有哪些預約、排程，全部停止後還有沒有在發。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the records"),
    risk=Risk.READ,
    params=InFlightParams,
    result=InFlightResult,
    run=_list,
)
