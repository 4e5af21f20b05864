"""kill -9 while everything is stopped: what became of each booking is known, and none is erased twice."""

from collections import Counter

import pytest

from server.demo.rows import rows_of
from server.ledger import reaper
from server.vendors.looking import AT_ONCE
from tests.batches.stopping import STOP, booked, ended, erasings
from tests.crash.killing import killed_while_erasing
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import started, until, visited

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]

BOOKINGS = AT_ONCE + 2


async def test_each_erasing_has_its_own_end_and_the_next_stop_erases_the_rest(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reaper, "_EVERY_SECONDS", 0.1)
    async with started(house) as parts, visited(parts, house.era, Person()) as session:
        ids = {await booked(session, f"預約{number}", hours=number) for number in range(BOOKINGS)}
    await killed_while_erasing(house, STOP, {})
    begun = set(await erasings(house))
    async with started(house) as parts, visited(parts, house.era, Person()) as session:

        async def all_have_lost_their_owner() -> bool:
            return (await session.facts("list_actions", {"state": "dispatching"}))["total"] == 0

        await until(all_have_lost_their_owner)
        listed = await session.facts("list_actions", {"tool": "erase_sms_booking"})
        states = {row["batch_id"]: row["state"] for row in rows_of(listed)}
        (whole,) = rows_of(await session.facts("list_actions", {"tool": STOP}))
        for row in rows_of(listed):
            if row["state"] == "unknown":
                await session.facts("reconcile_action", {"action_id": row["action_id"]})
        known = await session.facts("reconcile_action", {"action_id": whole["action_id"]})
        again = await session.facts(STOP)
    assert begun <= states.keys() <= ids
    assert {states[each] for each in begun} <= {"succeeded", "unknown"}
    assert begun != ids, "the kill came too late to leave some out"
    assert known["state"] == "succeeded"
    assert f"{len(begun)} of its erasings were done" in known["evidence"][0]
    assert ended(again) == dict.fromkeys(ids - begun, "erased")
    assert Counter(await erasings(house)) == Counter(ids), "each was asked for once"
