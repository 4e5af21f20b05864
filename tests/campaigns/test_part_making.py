"""A part that is made ready is what the plain way makes of it, wherever it is made."""

import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.batches.chunk_content import Addressee, opened_numbers, packed, place_of
from server.batches.numbers import NumberSeal
from server.campaigns import part_makers
from server.campaigns.part_makers import InProcess
from server.campaigns.part_making import MadePart, Order, Unmade, make_part
from server.store.keys import hash_messages, hash_numbers
from tests.campaigns.playing import carried_out, is_done, planned, texts_at_the_vendor, write_list
from tests.campaigns.playing import people as people_of_a_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted
from tests.patience import PATIENCE
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS, PersonalizedParams
from tools.operation import Every8dOptions, Surroundings

NOW = datetime(2027, 1, 4, 2, tzinfo=UTC)
SEAL, KEY = NumberSeal(b"n" * 32), b"k" * 32
A_MOMENT = 0.005
"""Seconds between two looks for what a process has done: it needs the processor itself."""
TIMES = (None, NOW + timedelta(hours=1), NOW + timedelta(hours=2))

values = st.text(st.characters(exclude_categories=["C"], exclude_characters="|%"), max_size=12)
people = st.lists(
    st.builds(
        Addressee,
        st.integers(0, 9_999_999).map(lambda number: f"+88691{number:07}"),
        st.tuples(values, values),
        st.sampled_from(TIMES),
    ),
    min_size=1,
    max_size=12,
    unique_by=lambda each: each.mobile,
)


def ordered(those: Sequence[Addressee], **changed: object) -> Order:
    order = Order(
        campaign="spring",
        number=7,
        sealed=SEAL.seal_content(packed(those), place_of("spring", 7)),
        seal=SEAL,
        key=KEY,
        text="【測試】{姓名}您好，{日期}到期",
        subject="spring",
        action="ABCD-EFGH",
        now=NOW,
        options=Every8dOptions(),
        held=False,
    )
    return replace(order, **changed)


def made(order: Order) -> MadePart:
    part = make_part(order)
    assert isinstance(part, MadePart)
    return part


@given(people)
def test_a_part_is_what_the_operation_builds_with_each_hash_at_its_number(those: list[Addressee]) -> None:
    part = made(ordered(those))
    by_time = sorted(those, key=lambda each: each.send_at or datetime.min.replace(tzinfo=UTC))
    params = PersonalizedParams.model_validate(
        {
            "recipients": [
                {"mobile": mobile, "values": list(given_values), "send_at": at}
                for mobile, given_values, at in by_time
            ],
            "template": "【測試】%field1%您好，%field2%到期",
            "subject": "spring",
        }
    )
    world = Surroundings(now=NOW, reference="ABCDEFGH")
    assert json.loads(part.written) == SEND_PERSONALIZED_SMS.build(params, world).json
    assert part.mobiles == tuple(each.mobile for each in by_time)
    assert part.packing.hashes == hash_numbers(KEY, part.mobiles)
    messages = [(each.to, each.content) for each in params.messages]
    assert part.packing.message_hashes == hash_messages(KEY, messages)
    assert opened_numbers(part.numbers, "ABCD-EFGH", SEAL) == list(part.mobiles)


def test_whoever_is_left_out_is_nowhere_in_what_is_made() -> None:
    those = [Addressee(f"+88691200000{number}", ("王", "明天"), None) for number in range(4)]
    part = made(ordered(those, without=frozenset({"+886912000002"})))
    assert "0912000002" not in part.written.decode()
    assert len(part.mobiles) == len(part.packing.hashes) == len(part.packing.message_hashes) == 3


def test_what_is_held_is_written_when_its_claim_has_given_it_a_time() -> None:
    part = made(ordered([Addressee("+886912000001", ("王", "明天"), None)], held=True))
    assert part.written == b""
    assert part.params is not None


@pytest.mark.parametrize("changed", [{"number": 8}, {"campaign": "autumn"}, {"seal": NumberSeal(b"o" * 32)}])
def test_a_part_of_another_place_or_key_is_not_made(changed: dict[str, object]) -> None:
    assert make_part(ordered([Addressee("+886912000001", ("王", "明天"), None)], **changed)) == Unmade()


def test_a_part_whose_time_is_past_says_what_is_wrong() -> None:
    part = make_part(ordered([Addressee("+886912000001", ("王", "明天"), NOW - timedelta(hours=1))]))
    assert isinstance(part, Unmade)
    assert part.problem == "past, or less than two minutes ahead."


def children() -> set[int]:
    """Of this process, as Linux tells them."""
    told = Path("/proc/self/task").glob("*/children")
    return {int(each) for path in told for each in path.read_text().split()}


async def begun(maker: InProcess) -> int:
    """The number of its process, which is there."""
    before = children()
    maker.expect(8)
    with anyio.fail_after(PATIENCE):
        while not maker.is_there:  # noqa: ASYNC110 - nothing announces it
            await anyio.sleep(A_MOMENT)
    (process,) = children() - before
    return process


def until_answered(process: int) -> None:
    """Block, and so read nothing, until an answer of the process has come."""

    def pipes(of: str) -> dict[str, int]:
        found = {
            str(link.name): str(link.readlink())
            for link in Path(f"/proc/{of}/fd").iterdir()
            if link.is_symlink()
        }
        return {to: int(number) for number, to in found.items() if to.startswith("pipe:")}

    theirs = pipes(str(process))
    ours = [number for to, number in pipes("self").items() if to in theirs]
    readable, _, _ = select.select(ours, [], [], PATIENCE)
    assert readable


async def has_ended(process: int) -> None:
    while process in children():  # noqa: ASYNC110 - as above
        await anyio.sleep(A_MOMENT)


@asynccontextmanager
async def in_process() -> AsyncGenerator[tuple[InProcess, int]]:
    """A maker whose process is there, and the process's number."""
    async with anyio.create_task_group() as group:
        maker = InProcess(group)
        yield maker, await begun(maker)
        group.cancel_scope.cancel()


@pytest.mark.usefixtures("quick_start")
async def test_a_process_makes_the_same_as_a_thread() -> None:
    order = ordered([Addressee("+886912000001", ("王", "明天"), each) for each in TIMES[:1]])
    async with in_process() as (maker, process):
        there = await maker.make(order)
        assert process in children()
    assert isinstance(there, MadePart)
    # Each sealing draws a nonce of its own.
    assert replace(there, numbers="") == replace(made(order), numbers="")


@pytest.mark.usefixtures("quick_start")
async def test_the_death_of_the_process_costs_no_part() -> None:
    order = ordered([Addressee("+886912000001", ("王", "明天"), None)])
    async with in_process() as (maker, process):
        os.kill(process, signal.SIGKILL)
        assert isinstance(await maker.make(order), MadePart)
        assert isinstance(await maker.make(order), MadePart)
        assert not maker.is_there


@pytest.mark.usefixtures("quick_start")
async def test_a_process_that_stands_still_is_ended_and_costs_no_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Stopped, or swapped out, while several parts wait for it."""
    monkeypatch.setattr(part_makers, "PART_SECONDS", 0.5)
    order = ordered([Addressee("+886912000001", ("王", "明天"), None)])
    those, before = list[MadePart | Unmade](), children()
    async with in_process() as (maker, process):

        async def make() -> None:
            those.append(await maker.make(order))

        os.kill(process, signal.SIGSTOP)
        with anyio.fail_after(PATIENCE):
            async with anyio.create_task_group() as lanes:
                for _ in range(3):
                    lanes.start_soon(make)
            assert [isinstance(each, MadePart) for each in those] == [True] * 3
            assert not maker.is_there
            await has_ended(process)
        assert children() <= before, "no other is started: the next part would wait for it"


async def test_a_process_that_is_never_ready_is_ended_and_parts_are_made_without_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(part_makers, "READY_SECONDS", 0.5)
    before = children()
    with anyio.fail_after(PATIENCE):
        async with anyio.create_task_group() as group:
            maker = InProcess(group)
            maker.expect(8)
            while not (started := [*(children() - before)]):
                await anyio.lowlevel.checkpoint()
            os.kill(started[0], signal.SIGSTOP)
            order = ordered([Addressee("+886912000001", ("王", "明天"), None)])
            assert isinstance(await maker.make(order), MadePart)
            await has_ended(started[0])
            assert not maker.is_there


@pytest.mark.parametrize("fails", [FileNotFoundError, NotImplementedError])
async def test_parts_are_made_where_no_process_can_be_started(
    monkeypatch: pytest.MonkeyPatch, fails: type[Exception]
) -> None:
    """Too many are running, or the loop knows none: as that of Windows for PostgreSQL's driver."""

    async def no_process(*_: object, **__: object) -> None:
        raise fails

    monkeypatch.setattr(anyio, "open_process", no_process)
    async with anyio.create_task_group() as group:
        maker = InProcess(group)
        maker.expect(8)
        await anyio.wait_all_tasks_blocked()
        order = ordered([Addressee("+886912000001", ("王", "明天"), None)])
        assert isinstance(await maker.make(order), MadePart)


@pytest.mark.usefixtures("quick_start")
async def test_who_gives_up_while_a_part_is_made_leaves_no_answer_to_the_next_order() -> None:
    first, second = (
        ordered([Addressee(f"+88691200000{number}", ("王", "明天"), None)]) for number in range(2)
    )
    before = children()
    async with in_process() as (maker, process):
        os.kill(process, signal.SIGSTOP)
        with anyio.CancelScope() as given_up:
            async with anyio.create_task_group() as lanes:
                lanes.start_soon(maker.make, first)
                await anyio.wait_all_tasks_blocked()
                given_up.cancel()
        made_next = await maker.make(second)
        assert isinstance(made_next, MadePart)
        assert made_next.mobiles == ("+886912000001",)
        await has_ended(process)
        again = await begun(maker)
        made_there = await maker.make(second)
        assert isinstance(made_there, MadePart)
        assert (made_there.mobiles, children() - before) == (made_next.mobiles, {again})


@pytest.mark.usefixtures("quick_start")
async def test_what_is_ordered_at_once_comes_back_to_whoever_ordered_it() -> None:
    those = [ordered([Addressee(f"+8869120000{at:02}", ("王", "明天"), None)] * (at + 1)) for at in range(20)]
    found: dict[int, MadePart | Unmade] = {}
    async with in_process() as (maker, process):

        async def make(at: int) -> None:
            found[at] = await maker.make(those[at])

        async with anyio.create_task_group() as lanes:
            for at in range(20):
                lanes.start_soon(make, at)
        assert process in children()
    for at, part in found.items():
        assert isinstance(part, MadePart)
        assert set(part.mobiles) == {f"+8869120000{at:02}"}


@pytest.mark.usefixtures("quick_start")
async def test_who_gives_up_leaves_no_answer_to_who_waits_behind_already() -> None:
    """The process goes on, and its answer to the first order comes when the second is waited for."""
    first, second = (
        ordered([Addressee(f"+88691200000{number}", ("王", "明天"), None)]) for number in range(2)
    )
    those: list[MadePart | Unmade] = []
    async with in_process() as (maker, process):

        async def make(order: Order) -> None:
            those.append(await maker.make(order))

        async with anyio.create_task_group() as lanes:
            os.kill(process, signal.SIGSTOP)
            with anyio.CancelScope() as given_up:
                async with anyio.create_task_group() as first_lane:
                    first_lane.start_soon(make, first)
                    await anyio.wait_all_tasks_blocked()
                    lanes.start_soon(make, second)
                    await anyio.wait_all_tasks_blocked()
                    os.kill(process, signal.SIGCONT)
                    until_answered(process)
                    given_up.cancel()
    (part,) = those
    assert isinstance(part, MadePart)
    assert part.mobiles == ("+886912000001",)


async def test_nothing_of_the_folder_that_the_worker_was_started_in_is_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A project's own folder `server`, or whatever was laid there to be run."""
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "__init__.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    async with in_process() as (maker, _):
        assert maker.is_there


@pytest.mark.usefixtures("quick_start")
async def test_a_campaign_whose_process_stands_still_is_carried_out(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(part_makers, "PART_SECONDS", 0.5)
    async with fronted(house, Person(), every8d={"max_recipients": 5}) as session:
        assert session.parts
        write_list(house, people_of_a_list(50))
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        async with in_process() as (maker, process):
            os.kill(process, signal.SIGSTOP)
            with anyio.fail_after(PATIENCE):
                await carried_out(session.parts, campaign, maker=maker)
                await has_ended(process)
        assert await is_done(session.parts, campaign)
        assert set((await texts_at_the_vendor(house)).values()) == {1}


_PARENT = """
import anyio
from server.campaigns import part_makers
from server.campaigns.part_makers import InProcess
from tests.campaigns.test_part_making import begun

async def main():
    async with anyio.create_task_group() as group:
        print(await begun(InProcess(group)), flush=True)
        await anyio.sleep_forever()

anyio.run(main)
"""


def test_the_process_ends_with_the_one_that_started_it_however_that_ends() -> None:
    with subprocess.Popen([sys.executable, "-c", _PARENT], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        maker = os.pidfd_open(int(parent.stdout.readline()))
        parent.kill()
        ended, _, _ = select.select([maker], [], [], PATIENCE)
        os.close(maker)
    assert ended
