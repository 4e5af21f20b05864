"""So many chunks are under way at once: a few beside the account's calls, while the vendor is quick."""

import anyio
import anyio.lowlevel
import pytest

from server.campaigns.places import Places


class Clock:
    now = 0.0


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("anyio.current_time", lambda: clock.now)
    return clock


async def test_a_few_more_than_the_calls_are_let_in_and_none_of_them_while_a_call_takes_long(
    clock: Clock,
) -> None:
    places, inside = Places(4, 2), list[int]()
    leave = [anyio.Event() for _ in range(12)]

    async def one(number: int) -> None:
        async with places.place():
            inside.append(number)
            await leave[number].wait()
            inside.remove(number)

    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:
            for number in range(12):
                group.start_soon(one, number)
            await anyio.wait_all_tasks_blocked()
            assert inside == [0, 1, 2, 3, 4, 5]
            clock.now = 6.0
            leave[1].set()
            leave[2].set()
            await anyio.wait_all_tasks_blocked()
            assert inside == [0, 3, 4, 5]
            leave[0].set()
            await anyio.wait_all_tasks_blocked()
            assert inside == [3, 4, 5, 6]
            for each in leave:
                each.set()


async def test_a_place_that_was_given_up_is_anothers() -> None:
    places = Places(1, 0)
    with anyio.fail_after(10):
        async with anyio.create_task_group() as group:

            async def holds() -> None:
                async with places.place():
                    await anyio.sleep_forever()

            group.start_soon(holds)
            await anyio.wait_all_tasks_blocked()
            group.cancel_scope.cancel()
        async with places.place():
            await anyio.lowlevel.checkpoint()
