"""Pages that are on the way while others are used: in their order, few at once, and one error for all."""

from dataclasses import dataclass, field
from pathlib import Path

import anyio
import anyio.lowlevel
import pytest

from server.demo.rows import rows_of
from server.vendors.ahead import each_page
from server.vendors.exchange import UnknownOutcomeError
from server.vendors.looking import AT_ONCE
from tests.faults.front_door import CREDIT, RECEIPT, SEND, SENDING, front_door
from tests.faults.scripted import Exchange, ScriptedVendor, whole

DELIVERY = "getDeliveryStatus.ashx"


@dataclass
class Pages:
    """Fetches pages that say which the last one is, and uses them."""

    ends: dict[int, int] = field(default_factory=dict[int, int])
    end: int = 30
    slow: int = 0
    fails: int = 0
    asked: list[int] = field(default_factory=list[int])
    used: list[int] = field(default_factory=list[int])
    under_way: int = 0
    most: int = 0

    async def fetch(self, number: int) -> int:
        self.asked.append(number)
        self.under_way += 1
        self.most = max(self.most, self.under_way)
        for _ in range(5 if number == self.slow else 1):
            await anyio.lowlevel.checkpoint()
        self.under_way -= 1
        if number == self.fails:
            raise UnknownOutcomeError("the vendor did not answer in time")
        return number

    def last(self, page: int) -> int:
        return self.ends.get(page, self.end)

    async def use(self, page: int) -> None:
        self.used.append(page)
        await anyio.lowlevel.checkpoint()

    async def read(self) -> None:
        with anyio.fail_after(10):
            await each_page(self.fetch, self.last, self.use)


@pytest.mark.parametrize("slow", [0, 2, 5, 30])
async def test_every_page_is_used_once_in_its_order_and_few_are_under_way(slow: int) -> None:
    pages = Pages(slow=slow)
    await pages.read()
    assert pages.used == sorted(pages.asked) == [*range(1, 31)]
    assert pages.most == AT_ONCE


async def test_a_page_that_is_used_slowly_lets_few_others_come() -> None:
    pages, goes_on = Pages(end=100), anyio.Event()

    async def use(page: int) -> None:
        await goes_on.wait()

    async with anyio.create_task_group() as group:
        group.start_soon(each_page, pages.fetch, pages.last, use)
        await anyio.wait_all_tasks_blocked()
        assert len(pages.asked) == 1 + 2 * AT_ONCE
        goes_on.set()
    assert sorted(pages.asked) == [*range(1, 101)]


async def test_a_batch_that_shrinks_or_grows_meanwhile_ends_where_its_newest_page_says() -> None:
    shrinks = Pages(ends={4: 4})
    await shrinks.read()
    assert shrinks.used == [1, 2, 3, 4]
    grows = Pages(end=2, ends={1: 2, 2: 3, 3: 5, 4: 5, 5: 5})
    await grows.read()
    assert grows.used == [1, 2, 3, 4, 5]
    one = Pages(end=0)
    await one.read()
    assert (one.asked, one.used) == ([1], [1])


@pytest.mark.parametrize("fails", [1, 2, 6])
async def test_the_first_that_fails_ends_it_and_is_told_as_it_is(fails: int) -> None:
    pages = Pages(fails=fails)
    with pytest.raises(UnknownOutcomeError):
        await pages.read()
    assert pages.used == [*range(1, len(pages.used) + 1)]
    assert max(pages.asked) <= fails + 2 * AT_ONCE


async def test_a_use_that_fails_ends_it_too() -> None:
    async def use(page: int) -> None:
        if page == 3:
            raise RuntimeError("cannot be kept")

    with pytest.raises(RuntimeError, match="cannot be kept"):
        await each_page(Pages().fetch, lambda _page: 30, use)


async def test_what_was_noted_before_the_vendor_broke_off_stands_and_is_counted(tmp_path: Path) -> None:
    rows = "".join(
        f"\t09{12345678 + n:08d}\t2026/03/02 14:25:55\t1.0\t100\t2026/03/02 14:26:55\n" for n in range(1_000)
    )
    answers = [f"2500\n{rows}", "what is this?"]

    async def pages(exchange: Exchange) -> None:
        await whole(answers.pop(0) if len(answers) > 1 else answers[0])(exchange)

    async with ScriptedVendor.serving(whole(CREDIT)) as vendor, front_door(vendor, tmp_path) as session:
        vendor.plays |= {SENDING: whole(RECEIPT), DELIVERY: pages}
        await session.facts("send_sms", SEND)
        facts = await session.facts("summarize_delivery", {"refresh": True})
        listed = rows_of(await session.facts("list_batches"))
    assert facts["rests_on"].startswith("The vendor gave no usable answer")
    assert {row["code"]: row["count"] for row in rows_of(facts)} == {100: 1_000}
    assert [row["delivered"] for row in listed] == [1_000]
