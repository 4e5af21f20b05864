"""Bookings, and what the vendor was asked to erase or to pause."""

from datetime import UTC, datetime, timedelta

from server.demo.rows import rows_of
from tests.e2e.house import Facts, House, Session, change_of, fields_of

TOMORROW = (datetime.now(UTC) + timedelta(days=1)).replace(microsecond=0)
STOP = "stop_everything"


async def booked(session: Session, text: str, numbers: int = 1, hours: int = 0) -> str:
    """A booking for tomorrow, agreed to by the person of the session; the vendor's id."""
    recipients = [f"09123451{number:02}" for number in range(numbers)]
    send_at = (TOMORROW + timedelta(hours=hours)).isoformat()
    facts = await session.facts("send_sms", {"recipients": recipients, "text": text, "send_at": send_at})
    return str(facts["batch_id"])


async def erasings(house: House) -> list[str]:
    """The batches that the vendor was asked to erase, in order."""
    log = await house.vendor.log()
    return [fields_of(entry)["BID"] for entry in log if change_of(entry) == "erasebooking.ashx"]


async def pauses(house: House) -> list[str]:
    """The launches and jobs that OMIS was asked to pause, in order."""
    asked = [fields_of(entry) for entry in await house.vendor.log() if change_of(entry) == "taskmanager.aspx"]
    assert all(fields.get("LaunchAction") == "3" or fields.get("JobAction") == "3" for fields in asked)
    return [fields.get("LaunchID") or fields["JobID"] for fields in asked]


def ended(facts: Facts) -> dict[str, str]:
    """How each thing ended, by its id."""
    return {str(row["id"]): str(row["ended"]) for row in rows_of(facts)}
