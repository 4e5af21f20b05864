"""Who may claim a part and who may post one, by what the last calls took; in virtual time."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from random import Random

import anyio
import pytest

from server.campaigns.calls import Calls
from tests.simulation.loop import VirtualLoop

AT_ONCE = 4
CLAIM, CALL = 0.02, 0.1


@dataclass(slots=True)
class Seen:
    """What happened to each part, and when."""

    calls: Calls = field(default_factory=lambda: Calls(AT_ONCE))
    claimed: list[float] = field(default_factory=list[float])
    waited: list[float] = field(default_factory=list[float])
    """How long each claimed part waited for its call."""
    under_way: int = 0
    most_under_way: int = 0
    waiting: int = 0
    most_waiting: int = 0

    async def send(self, call: float) -> None:
        """One part, whose call takes so long."""
        async with self.calls.turn() as turn:
            await anyio.sleep(CLAIM)
            at = anyio.current_time()
            self.claimed.append(at)
            self.waiting += 1
            self.most_waiting = max(self.most_waiting, self.waiting)
            async with turn:
                self.waiting -= 1
                self.waited.append(anyio.current_time() - at)
                self.under_way += 1
                self.most_under_way = max(self.most_under_way, self.under_way)
                await anyio.sleep(call)
                self.under_way -= 1

    async def send_all(self, calls: Sequence[float]) -> float:
        """All of them, begun at once; how long it took."""
        began = anyio.current_time()
        async with anyio.create_task_group() as lanes:
            for call in calls:
                lanes.start_soon(self.send, call)
        return anyio.current_time() - began


def in_virtual_time(work: Callable[[], Coroutine[None, None, float]]) -> float:
    """Run it without waiting."""
    with asyncio.Runner(loop_factory=lambda: VirtualLoop(Random(1))) as runner:
        return runner.run(work())


def test_the_claim_of_the_next_part_is_written_down_while_the_last_call_is_under_way() -> None:
    seen, rounds = Seen(), 10
    took = in_virtual_time(lambda: seen.send_all([CALL] * AT_ONCE * rounds))
    # Of the first calls nobody knew how long they take.
    assert took == pytest.approx(2 * CLAIM + rounds * CALL)
    assert seen.most_under_way == AT_ONCE
    assert max(seen.waited) == pytest.approx(0)


def test_before_a_call_has_ended_no_more_parts_are_claimed_than_there_are_calls() -> None:
    seen = Seen()
    in_virtual_time(lambda: seen.send_all([CALL] * 3 * AT_ONCE))
    assert sorted(seen.claimed)[AT_ONCE - 1] == pytest.approx(CLAIM)
    assert sorted(seen.claimed)[AT_ONCE] == pytest.approx(2 * CLAIM + CALL)


def test_a_vendor_that_becomes_slow_is_waited_for_by_one_part_for_each_call() -> None:
    seen = Seen()
    in_virtual_time(lambda: seen.send_all([CALL] * 3 * AT_ONCE + [60 * CALL] * 5 * AT_ONCE))
    assert (seen.most_under_way, seen.most_waiting) == (AT_ONCE, AT_ONCE)


def test_where_one_call_of_two_is_slow_parts_are_seldom_claimed_before_one_ends() -> None:
    seen, calls = Seen(), [CALL, 10 * CALL] * 40
    in_virtual_time(lambda: seen.send_all(calls))
    assert sum(seen.waited) < 0.1 * sum(calls)


def test_calls_that_are_quicker_than_a_claim_are_followed_at_once() -> None:
    seen = Seen()
    took = in_virtual_time(lambda: seen.send_all([CLAIM / 4] * 10 * AT_ONCE))
    assert took <= 12 * CLAIM
    assert seen.most_waiting <= AT_ONCE


def test_a_claim_that_took_nothing_lets_the_next_one_on() -> None:
    calls = Calls(1)

    async def work() -> float:
        for _ in range(3):
            async with calls.turn():
                pass
        return 0

    assert in_virtual_time(work) == 0


def test_whoever_is_cancelled_while_claiming_or_calling_gives_the_turn_back() -> None:
    seen = Seen(Calls(1))

    async def work() -> float:
        for seconds in (CLAIM / 2, CLAIM + CALL / 2):
            with anyio.move_on_after(seconds):
                await seen.send(CALL)
        return await seen.send_all([CALL])

    assert in_virtual_time(work) == pytest.approx(CLAIM + CALL)
