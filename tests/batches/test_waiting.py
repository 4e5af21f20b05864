"""A call that waits for the vendor tells that it is at work, and ends in time with what is known."""

import json
import time

import pytest

from server import call_time
from server.batches import asking
from server.mcp import progress
from tests.batches.inbox import sent
from tests.e2e.answer_facts import facts_of
from tests.e2e.house import Facts, House
from tests.gate.servers import FREE, FREE_NUMBER, fronted
from tests.patience import PATIENCE

pytestmark = pytest.mark.xdist_group("time")

CALL = 1.0
BATCH = "{batch_id}"
WAITING: dict[str, tuple[str, Facts]] = {
    "a summary of what the vendor says now": ("summarize_delivery", {"batch_id": BATCH, "refresh": True}),
    "what people replied until now": ("get_reply_summary", {"refresh": True}),
    "a send to those who failed": ("send_sms", {"recipients": [f"failed:{BATCH}"], "text": "再一次"}),
    "a send to those who replied": ("send_sms", {"recipients": [f"replied:{BATCH}"], "text": "再一次"}),
    "the import of a batch": ("import_batch", {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}),
}
"""Every tool of the records that asks the vendor for more than one page."""


def _shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(call_time, "CALL_SECONDS", CALL)
    monkeypatch.setattr(call_time, "POST_SECONDS", CALL / 5)
    monkeypatch.setattr(asking, "SECONDS_TO_TELL", CALL / 5)
    monkeypatch.setattr(progress, "EVERY_SECONDS", CALL / 10)


def _filled(arguments: Facts, batch_id: str) -> Facts:
    return json.loads(json.dumps(arguments).replace(BATCH, batch_id))


@pytest.mark.parametrize("waits", WAITING)
async def test_a_call_that_waits_for_a_vendor_that_says_nothing_tells_progress_and_ends_in_time(
    house: House, waits: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool, arguments = WAITING[waits]
    heard: list[str] = []

    async def hear(progress: float, total: float | None, message: str | None) -> None:
        heard.append(message or "")

    async with fronted(house, policy=FREE | {"test_points": 20}) as session:
        batch_id = await sent(house, session, [FREE_NUMBER])
        for page in ("getDeliveryStatus.ashx", "getReplyMessage.ashx"):
            await house.vendor.control("faults", path=page, fault="hang", times=9)
        _shorten(monkeypatch)
        began = time.monotonic()
        result = await session.client.call_tool(tool, _filled(arguments, batch_id), progress_callback=hear)
        took = time.monotonic() - began
    assert CALL / 2 < took < PATIENCE / 4
    assert len(heard) >= CALL / 2 / progress.EVERY_SECONDS
    assert heard[0] == f"still at work after {progress.EVERY_SECONDS:g} seconds"
    if tool == "send_sms":
        assert facts_of(result)["message"].startswith("Nothing was sent.")
    assert await house.changes() == ["sendsms.ashx"]


def test_what_is_promised_of_waiting_is_kept_by_the_times_in_use() -> None:
    assert progress.EVERY_SECONDS <= 20
    assert asking.SECONDS_TO_ASK + asking.SECONDS_TO_TELL <= call_time.CALL_SECONDS <= 45
