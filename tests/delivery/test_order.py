"""However the reports come, permuted, repeated, late, the state at the end is the same.

`SOAK=1` makes it 10,000 runs. What becomes of a message is proved in `store/test_message_states.py`.
"""

import os
import random
from collections import Counter

import anyio

from tests.batches.inbox import sent
from tests.delivery.receivers import TOKEN, WITHIN, events, vendor_of
from tests.e2e.house import Facts, House
from tests.gate.servers import started, visited

RUNS = 10_000 if os.environ.get("SOAK") else 90
AT_ONCE = 20
SEED = int(os.environ.get("SEED", "0")) or random.SystemRandom().randrange(1, 10**6)
_CLASSES = {"100": "delivered", "101": "failed_retryable", "103": "failed_permanent"}
_STATUSES = ("100", "101", "107", "999", "-3", "300")


def _batch(run: int) -> str:
    return f"220478cc-8506-49b2-93b7-{run:012}"


def _reports(dice: random.Random, run: int) -> list[Facts]:
    """A few different reports of one batch."""
    return [
        {
            "BatchID": _batch(run),
            "RM": f"+88691234510{dice.randrange(3)}",
            "RT": f"2026030112{at:02}00",
            "STATUS": dice.choice(_STATUSES),
            "SM": dice.choice(["您好", "收到", ""]),
            "MR": str(at),
        }
        for at in range(dice.randrange(1, 4))
    ]


def _calls(dice: random.Random, reports: list[Facts]) -> list[Facts]:
    """Each report one to ten times, in any order."""
    calls = [report for report in reports for _ in range(dice.choice((1, 1, 1, 1, 2, 2, 10)))]
    dice.shuffle(calls)
    return calls


async def test_the_same_reports_in_any_order_and_number_leave_the_same_state(house: House) -> None:
    dice = random.Random(SEED)
    stories = {run: _reports(dice, run) for run in range(RUNS)}
    orders = {run: _calls(dice, reports) for run, reports in stories.items()}
    callbacks = {"token": TOKEN}
    async with started(house, callbacks=callbacks) as parts, visited(parts, "auto") as session:
        async with vendor_of(parts) as http:
            turn = anyio.Semaphore(AT_ONCE)

            async def call(fields: Facts) -> None:
                async with turn:
                    assert (await http.get(WITHIN, params=fields)).status_code == 200

            async with anyio.create_task_group() as group:
                for calls in orders.values():
                    for fields in calls:
                        group.start_soon(call, fields)
        for run, reports in stories.items():
            if run % (RUNS // 30) == 0:
                await _same(await events(session, _batch(run)), reports)
        kept = await parts.store.read(_count)
    assert kept == sum(map(len, stories.values())), f"SEED={SEED}"


async def test_lost_repeated_and_disordered_reports_end_as_the_delivery_query_says(house: House) -> None:
    dice = random.Random(SEED)
    numbers = [f"09{at:02}345{end}" for at in range(10, 30) for end in ("100", "101", "103")]
    free = {"test_numbers": numbers, "test_recipients": len(numbers), "test_points": len(numbers)}
    async with (
        started(house, callbacks={"token": TOKEN}, policy=free) as parts,
        visited(parts, "auto") as session,
        vendor_of(parts) as http,
    ):
        batch = await sent(house, session, numbers)
        lost = set(dice.sample(numbers, 20))
        calls = [
            {"BatchID": batch, "RM": number, "RT": when, "STATUS": status, "MR": "", "CHARGE": "1"}
            for number in numbers
            for status, when in (("0", "20990301120000"), (number[-3:], "20990301115900"))
            if number not in lost
            for _ in range(dice.choice((1, 2)))
        ]
        dice.shuffle(calls)
        for fields in calls:
            assert (await http.get(WITHIN, params=fields)).status_code == 200
            forged = fields | {"STATUS": "104", "CHARGE": "99"}
            assert (await http.get(f"{WITHIN}x", params=forged)).status_code == 404
        heard = (await session.facts("summarize_delivery", {"batch_id": batch}))["counts"]
        asked = await session.facts("summarize_delivery", {"batch_id": batch, "refresh": True})
    ends = Counter(_CLASSES[number[-3:]] for number in numbers if number not in lost)
    assert heard == {**ends, "pending": 20}, f"SEED={SEED}"
    assert asked["counts"] == Counter(_CLASSES[number[-3:]] for number in numbers)
    assert (asked["points"], asked["points_for_nothing"]) == (60, 40)


async def _same(found: list[Facts], reports: list[Facts]) -> None:
    seen = sorted((event["message_key"], str(event["status_code"])) for event in found)
    assert seen == sorted((report["MR"], report["STATUS"]) for report in reports), f"SEED={SEED}"


def _count(conn: object) -> int:
    from sqlalchemy import func, select  # noqa: PLC0415

    from server.store.plans import Connection  # noqa: PLC0415
    from server.store.schema import DELIVERY_EVENTS  # noqa: PLC0415

    assert isinstance(conn, Connection)
    return conn.scalar(select(func.count()).select_from(DELIVERY_EVENTS)) or 0
