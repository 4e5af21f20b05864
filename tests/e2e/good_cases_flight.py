"""The good cases of what can still go out: listed, and stopped."""

from datetime import UTC, datetime, timedelta

from server.demo.rows import rows_of
from tests.e2e.good_case import Arguments, Case, contains
from tests.e2e.house import Facts, House, Session


async def _booked(_house: House, session: Session) -> Arguments:
    send_at = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
    booking: Arguments = {"recipients": ["0922345678"], "text": "明天見", "send_at": send_at.isoformat()}
    await session.facts("send_sms", booking)
    return {}


def _one_booking(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    contains(rows_of(facts)[0], {"what": "booking", "words": "明天見", "can": "erase_sms_booking"})


def _erased(facts: Facts) -> None:
    contains(facts, {"outcome": "done", "points_returned": 1})
    contains(rows_of(facts)[0], {"what": "booking", "words": "明天見", "ended": "erased"})


FLIGHT_CASES: dict[str, Case] = {
    "list_in_flight": Case(prepare=_booked, check=_one_booking),
    "stop_everything": Case(prepare=_booked, check=_erased),
}
