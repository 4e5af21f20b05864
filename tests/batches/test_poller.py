"""Where no callback is set up, open batches are asked for by a plan that grows and ends by itself."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from server.delivery.poller import ask_for_due
from server.demo.rows import rows_of
from server.parts import Parts
from server.store.asking_plan import PLAN
from tests.e2e.house import Facts, House, Session
from tests.gate.servers import FREE, Clock, started, visited

MINUTE = 60
_NEVER_ENDS = "0912345000"
_SILENT = {"test_numbers": [_NEVER_ENDS], "calls_per_minute": 100}


def _asks(entry: Facts) -> bool:
    return "getDeliveryStatus" in str(entry["path"])


@dataclass(frozen=True, slots=True)
class Watched:
    """A server, its client, and the one clock of the server and of the vendor."""

    house: House
    parts: Parts
    session: Session
    clock: Clock

    async def pass_time(self, seconds: float) -> None:
        """Both clocks move on."""
        self.clock.advance(seconds=seconds)
        await self.house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": seconds})

    async def asked(self) -> int:
        """Lets the plan do what is due; how often the vendor was asked for it."""
        before = await self._delivery_calls()
        await ask_for_due(self.parts)
        return await self._delivery_calls() - before

    async def _delivery_calls(self) -> int:
        return len([each for each in await self.house.vendor.log() if _asks(each)])

    async def batch(self) -> Facts:
        """The newest batch."""
        return rows_of(await self.session.facts("list_batches", {}))[0]


@asynccontextmanager
async def watched(house: House, **changed: Any) -> AsyncGenerator[Watched]:
    clock = Clock()
    async with (
        started(house, clock=clock, **{"policy": FREE | {"calls_per_minute": 100}, **changed}) as parts,
        visited(parts, "auto") as session,
    ):
        yield Watched(house, parts, session, clock)


async def test_a_batch_is_asked_for_a_minute_later_and_then_known(house: House) -> None:
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        assert await here.asked() == 0
        await here.pass_time(2 * MINUTE)
        assert await here.asked() == 1
        batch = await here.batch()
        assert (batch["delivered"], batch["pending"], batch["source"]) == (1, 0, "asked")


async def test_a_batch_of_which_all_is_known_is_not_asked_for_again(house: House) -> None:
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        for _ in range(8):
            await here.pass_time(30 * MINUTE)
            await here.asked()
        assert len([each for each in await house.vendor.log() if _asks(each)]) == 1


async def test_each_time_of_the_plan_asks_once_and_what_happens_between_two_is_known_after_the_next(
    house: House,
) -> None:
    async with watched(house, policy=FREE | _SILENT) as here:
        await here.session.facts("send_sms", {"recipients": [_NEVER_ENDS], "text": "您好"})
        passed = 0.0
        for nth, after in enumerate(PLAN):
            await house.vendor.control("reply", mobile=_NEVER_ENDS, text=f"回覆 {nth}")
            await here.pass_time(after.total_seconds() - passed - 1)
            assert await here.asked() == 0
            await here.pass_time(1)
            passed = after.total_seconds()
            assert [await here.asked(), await here.asked()] == [1, 0]
            assert (await here.batch())["replies"] == nth + 1
        await here.pass_time(30 * 24 * 60 * MINUTE)
        assert await here.asked() == 0


async def test_replies_are_asked_for_by_the_plan_though_every_message_has_arrived(house: House) -> None:
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        for _ in range(100):
            await here.pass_time(60 * MINUTE)
            await here.asked()
        asked = [each for each in await house.vendor.log() if "getReplyMessage" in str(each["path"])]
        assert 2 <= len(asked) <= len(PLAN)


async def test_a_batch_that_is_recorded_after_its_plan_has_ended_is_not_asked_for(house: House) -> None:
    """A server that learns to keep records draws them of a year: the vendor is not asked for all of it."""
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        await here.pass_time(96 * 60 * MINUTE)
        assert await here.asked() == 0
        await here.pass_time(2 * MINUTE)
        assert await here.asked() == 0
        assert (await here.batch())["pending"] == 1


async def test_two_servers_ask_for_a_batch_once(house: House) -> None:
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        async with started(house, clock=here.clock) as other:
            await here.pass_time(2 * MINUTE)
            await ask_for_due(other)
            assert await here.asked() == 0


async def test_the_plan_ends_by_itself_however_long_the_vendor_says_nothing(house: House) -> None:
    async with watched(house) as here:
        await here.session.facts("send_sms", {"recipients": ["0912345100"], "text": "您好"})
        await here.house.vendor.control("faults", path="getDeliveryStatus.ashx", fault="http_500", times=99)
        asked = 0
        for _ in range(200):
            here.clock.advance(hours=1)
            asked += await here.asked()
        assert 1 <= asked <= len(PLAN)
