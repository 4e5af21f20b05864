"""Looks that go together: few at once, in their own order, one error for all, and room for everybody else."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field

import anyio
import anyio.lowlevel
import pytest

from server.vendors.exchange import UnknownOutcomeError
from server.vendors.looking import AT_ONCE, LONG_REPLY, look
from tools.operation import Reply, Request, Steps, one, together


@dataclass
class Vendor:
    """Answers a request with its own path, once all that can be under way at once are."""

    expected: int
    body: bytes = b""
    fails: str = ""
    asked: list[str] = field(default_factory=list[str])
    under_way: int = 0
    most: int = 0
    full: anyio.Event = field(default_factory=anyio.Event)

    async def send(self, request: Request) -> Reply:
        self.asked.append(request.path)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        if self.under_way == self.expected:
            self.full.set()
        await self.full.wait()
        self.under_way -= 1
        if request.path == self.fails:
            raise UnknownOutcomeError("the vendor did not answer in time")
        return Reply(status=200, body=self.body or request.path.encode())


def _one(path: str) -> Steps[str]:
    return (yield from one(Request(vendor="every8d", path=path))).body.decode()


def _all(paths: Sequence[str]) -> Steps[list[str]]:
    return (yield from together([_one(path) for path in paths]))


async def test_four_are_under_way_at_once_and_the_values_keep_their_order() -> None:
    paths = [str(number) for number in range(11)]
    vendor = Vendor(expected=AT_ONCE)
    assert await look(_all(paths), vendor.send) == paths
    assert vendor.most == AT_ONCE
    assert sorted(vendor.asked) == sorted(paths)


async def test_the_first_that_fails_ends_the_others_and_is_told_as_it_is() -> None:
    vendor = Vendor(expected=AT_ONCE, fails="1")
    with pytest.raises(UnknownOutcomeError):
        await look(_all([str(number) for number in range(20)]), vendor.send)
    assert len(vendor.asked) <= 2 * AT_ONCE


async def test_whoever_leaves_ends_all_of_them() -> None:
    closed: list[int] = []

    def steps(number: int) -> Steps[str]:
        try:
            return (yield from _one(str(number)))
        finally:
            closed.append(number)

    def every() -> Steps[list[str]]:
        return (yield from together([steps(number) for number in range(AT_ONCE)]))

    vendor = Vendor(expected=AT_ONCE + 1)
    async with anyio.create_task_group() as group:
        group.start_soon(look, every(), vendor.send)
        await anyio.wait_all_tasks_blocked()
        assert vendor.under_way == AT_ONCE
        group.cancel_scope.cancel()
    assert sorted(closed) == list(range(AT_ONCE))


async def test_replies_that_come_at_once_are_read_one_at_a_time_with_the_loop_going_on_between() -> None:
    turns = 0
    read_at: list[int] = []

    async def count() -> None:
        nonlocal turns
        while True:
            await anyio.lowlevel.checkpoint()
            turns += 1

    def reading(number: int) -> Steps[str]:
        found = yield from _one(str(number))
        read_at.append(turns)
        return found

    def every() -> Steps[list[str]]:
        return (yield from together([reading(number) for number in range(12)]))

    async def send(request: Request) -> Reply:
        await anyio.lowlevel.checkpoint()
        return Reply(status=200, body=request.path.encode())

    async with anyio.create_task_group() as group:
        group.start_soon(count)
        await look(every(), send)
        group.cancel_scope.cancel()
    assert len(set(read_at)) == len(read_at) == 12


@pytest.mark.parametrize("size", [LONG_REPLY, LONG_REPLY + 1])
async def test_a_long_reply_is_read_while_the_loop_goes_on(size: int) -> None:
    """Its reader waits for what only the loop can do: in the loop's own thread it would wait for ever."""
    gone_on, in_loop = threading.Event(), threading.get_ident()

    def reading() -> Steps[bool]:
        reply = yield from one(Request(vendor="every8d"))
        if threading.get_ident() == in_loop:
            return len(reply.body) <= LONG_REPLY
        return gone_on.wait(10) and len(reply.body) > LONG_REPLY

    async def send(_request: Request) -> Reply:
        return Reply(status=200, body=b"x" * size)

    async with anyio.create_task_group() as group:
        group.start_soon(_set_when_blocked, gone_on)
        assert await look(reading(), send)


async def _set_when_blocked(gone_on: threading.Event) -> None:
    await anyio.wait_all_tasks_blocked()
    gone_on.set()
