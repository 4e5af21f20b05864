"""What a wave asks for before each of its rounds, of an account that charges a part when it is sent."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

import anyio
import pytest

from server.campaigns.calls import Turn
from server.campaigns.campaigns import Campaigns
from server.campaigns.course import ROUND, ChunkEnd, Course, Ended, Judgement, Send, Sends, Wave
from server.campaigns.standing import Standing
from server.store.campaign_chunks import TRIAL, Waiting

PART = Decimal(10)


class Account(Sends):
    """Parts that wait, and the points to send them with."""

    def __init__(self, parts: int, credit: Decimal) -> None:
        self.waiting_parts = [Waiting(number=number, phase=TRIAL, points=PART) for number in range(parts)]
        self.credit = credit
        self.refused = 0
        self.stopped = ""
        self.ended = False

    async def running(self, *_: object) -> Standing:
        return cast("Standing", object())

    async def waiting(self, _: str, at_most: int) -> Sequence[Waiting]:
        return self.waiting_parts[:at_most]

    async def hold_of(self, *_: object) -> None:
        """No cancellation of it waits."""

    async def empty(self, *_: object) -> None:
        pass

    @property
    def at_once(self) -> int:
        return 6

    def expect(self, chunks: int) -> None:
        """Nothing takes long here."""

    async def prepare(self, standing: Standing, number: int, epoch: int) -> ChunkEnd | Send:
        async def send(_: Turn) -> ChunkEnd:
            self.waiting_parts = [each for each in self.waiting_parts if each.number != number]
            for _turn in range(5):
                await anyio.lowlevel.checkpoint()
            if self.credit < PART:
                self.refused += 1
                return ChunkEnd(ended=Ended.FAILED)
            self.credit -= PART
            return ChunkEnd(ended=Ended.SENT)

        return send

    async def missing(self, points: Decimal) -> str:
        return "" if self.credit >= points else "the points do not cover the next part"

    async def stop(self, campaign: str, epoch: int, reason: str) -> bool:
        self.stopped = reason
        return True

    async def hold(self, campaign: str, epoch: int, reason: str) -> bool:
        raise AssertionError

    async def judge(self, standing: Standing) -> Judgement:
        raise AssertionError

    async def release(self, campaign: str, epoch: int) -> bool:
        raise AssertionError

    async def end(self, campaign: str, epoch: int) -> bool:
        self.ended = True
        return True


async def carried_out(account: Account) -> int:
    """How many waves it took until nothing more is sent by itself."""
    course = Course(cast("Campaigns", cast("Any", account)), account)
    for wave in range(1, 100):
        if await course.wave("spring", 1) is Wave.OVER:
            return wave
    raise AssertionError


@pytest.mark.parametrize("lacking", [1, 10, 45])
async def test_points_that_run_out_after_the_first_round_stop_it_before_a_part_is_refused(
    lacking: int,
) -> None:
    account = Account(2 * ROUND, (2 * ROUND - lacking) * PART)
    await carried_out(account)
    assert (account.refused, account.ended) == (0, False)
    assert account.stopped == "the points do not cover the next part"
    assert len(account.waiting_parts) >= lacking


async def test_points_that_cover_exactly_all_send_all() -> None:
    account = Account(3 * ROUND + 7, (3 * ROUND + 7) * PART)
    await carried_out(account)
    assert (account.refused, account.stopped, account.waiting_parts, account.ended) == (0, "", [], True)


async def test_more_rounds_than_a_wave_has_are_sent_by_the_next_one() -> None:
    account = Account(25 * ROUND, 25 * ROUND * PART + 1_000)
    assert await carried_out(account) == 3
    assert (account.stopped, account.waiting_parts, account.ended) == ("", [], True)
