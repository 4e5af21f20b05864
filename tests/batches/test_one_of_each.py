"""One of a thing is told in the singular: an assistant repeats our sentences to people."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.batches.inbox import answered
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted

ARRIVES, DEAD = "0912345100", "0912345103"
FREE = {"test_numbers": [ARRIVES, DEAD], "test_recipients": 10, "test_points": 50}
WRONG = re.compile(r"\b1 (?!is\b|was\b|has\b|less\b)[a-z]+s\b")
"""As in `1 batches`."""
CALLS: list[tuple[str, dict[str, Any]]] = [
    ("summarize_delivery", {"refresh": True, "since": "2020-01-01T00:00:00+08:00"}),
    ("get_reply_summary", {"refresh": True}),
    ("get_points_statement", {}),
    ("get_morning_brief", {}),
    ("list_in_flight", {"refresh": True}),
    ("list_dead_numbers", {}),
    ("list_batches", {}),
    ("list_actions", {}),
    ("get_number_history", {"mobile": ARRIVES}),
    ("export_records", {"what": "replies"}),
    ("export_records", {"what": "delivery"}),
    ("export_records", {"what": "points", "file": "png"}),
    ("block_number", {"opt_outs_of": "all"}),
    ("read_report", {"report_id": "9001", "report_type": "11001"}),
    ("read_report", {"report_id": "9002", "report_type": "click_download"}),
    ("stop_everything", {"dry_run": True}),
    ("watch_reports", {}),
]


def sentences(value: object) -> Iterator[str]:
    """Every text of an answer."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for each in value.values():  # pyright: ignore[reportUnknownVariableType] - any answer
            yield from sentences(each)  # pyright: ignore[reportUnknownArgumentType] - as above
    elif isinstance(value, list):
        for each in value:  # pyright: ignore[reportUnknownVariableType] - as above
            yield from sentences(each)  # pyright: ignore[reportUnknownArgumentType] - as above


async def test_one_batch_one_reply_and_one_number_are_told_in_the_singular(house: House) -> None:
    wrong: list[tuple[str, str]] = []
    async with fronted(house, Person(), policy=FREE) as session:
        for text in ("您好", "別的"):
            await session.facts("send_sms", {"recipients": [DEAD], "text": text})
        await session.facts("send_sms", {"recipients": [ARRIVES], "text": "一則"})
        await house.vendor.advance(31)
        await answered(house, ARRIVES, "退訂")
        ahead = (datetime.now(UTC) + timedelta(days=2)).isoformat(timespec="seconds")
        booked = {"recipients": [ARRIVES], "text": "預約", "send_at": ahead}
        await session.facts("send_sms", booked)
        for tool, arguments in CALLS:
            told = await session.told(tool, arguments)
            wrong += [(tool, said) for said in sentences(told.facts) if WRONG.search(said)]
    assert wrong == []
