"""Reports that come at once share a commit, and none is acknowledged before it, on both engines."""

import random
import socket
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import anyio
import httpx2 as httpx
import pytest
from sqlalchemy import select

from server.delivery import callbacks, intake
from server.ledger.records import Reported
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from server.store.plans import Connection
from server.store.schema import DELIVERY_EVENTS
from server.store.transactions import T
from tests.delivery.receivers import TOKEN, WITHIN, listening, vendor_of
from tests.e2e.house import Facts, House
from tests.e2e.process import environment, served
from tests.gate.servers import FREE, FREE_SEND, started, until, visited
from tools.every8d.callbacks import PATH

AT_ONCE = 100
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"


def _report(number: int, **changed: str) -> Facts:
    mobile = f"+8869{number:08d}"
    return {
        "BatchID": BATCH,
        "RM": mobile,
        "RT": "20260301120000",
        "STATUS": "100",
        "MR": str(number),
    } | changed


async def _together(http: httpx.AsyncClient, reports: Sequence[Facts]) -> list[int]:
    statuses: list[int] = []

    async def report(fields: Facts) -> None:
        statuses.append((await http.get(WITHIN, params=fields)).status_code)

    async with anyio.create_task_group() as group:
        for each in reports:
            group.start_soon(report, each)
    return statuses


def _kept(conn: Connection) -> list[str]:
    return sorted(row[0] for row in conn.execute(select(DELIVERY_EVENTS.c.record)))


async def test_many_share_few_commits_and_each_is_kept_once(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    commits = 0
    async with started(house, store={"url": store_url}, callbacks={"token": TOKEN}) as parts:
        real, read, arrived = parts.store.write, callbacks.reported, 0

        def arriving(fields: Mapping[str, str]) -> Reported:
            nonlocal arrived
            arrived += 1
            return read(fields)

        async def counting(work: Callable[[Connection], T]) -> T:
            nonlocal commits
            commits += 1
            wanted = min(commits * AT_ONCE // 2, 2 * AT_ONCE)

            async def many_came_meanwhile() -> bool:
                return arrived >= wanted

            # A commit takes as long as on a disk that is slow beside the network.
            await until(many_came_meanwhile)
            return await real(work)

        monkeypatch.setattr(callbacks, "reported", arriving)
        monkeypatch.setattr(parts.store, "write", counting)
        async with vendor_of(parts) as http:
            reports = [_report(number) for number in range(AT_ONCE)] * 2
            random.Random(1).shuffle(reports)
            assert await _together(http, reports) == [200] * 2 * AT_ONCE
        assert await parts.store.read(_kept) == sorted(map(str, range(AT_ONCE)))
    assert commits <= AT_ONCE // 10


async def test_a_commit_that_fails_acknowledges_none_of_those_that_share_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with started(house, callbacks={"token": TOKEN}) as parts, vendor_of(parts) as http:
        real, failing = parts.store.write, True

        async def write(work: Callable[[Connection], T]) -> T:
            if failing:
                raise StoreUnavailableError("the store could not be written (planted).")
            return await real(work)

        monkeypatch.setattr(parts.store, "write", write)
        reports = [_report(number) for number in range(AT_ONCE)]
        assert await _together(http, reports) == [503] * AT_ONCE
        failing = False
        assert await parts.store.read(_kept) == []
        assert await _together(http, reports) == [200] * AT_ONCE
        assert await parts.store.read(_kept) == sorted(map(str, range(AT_ONCE)))


async def test_one_that_cannot_be_kept_fails_alone(house: House) -> None:
    """A defect of ours in one report must not make the vendor repeat, and then lose, its neighbours."""
    async with started(house) as parts:

        async def keep(reports: Sequence[Reported]) -> int:
            if any(each.mobile == "+886900000003" for each in reports):
                raise LookupError("planted")
            return await parts.book.keep_events(reports)

        kept, failed = list[int](), list[int]()
        many = intake.Intake(keep)

        async def hand_over(number: int) -> None:
            try:
                await many.keep(_ready(number))
            except LookupError:
                failed.append(number)
            else:
                kept.append(number)

        async with anyio.create_task_group() as group:
            for number in range(8):
                group.start_soon(hand_over, number)
        assert (failed, sorted(kept)) == ([3], [0, 1, 2, 4, 5, 6, 7])
        assert await parts.store.read(_kept) == [str(number) for number in (0, 1, 2, 4, 5, 6, 7)]


async def test_whoever_leaves_takes_nobody_elses_report_along(house: House) -> None:
    async with started(house) as parts:
        many = intake.Intake(parts.book.keep_events)
        async with anyio.create_task_group() as staying:
            staying.start_soon(many.keep, _ready(1))
            async with anyio.create_task_group() as leaving:
                leaving.start_soon(many.keep, _ready(2))
                leaving.start_soon(many.keep, _ready(3))
                await anyio.wait_all_tasks_blocked()
                leaving.cancel_scope.cancel()
        await many.close()
        assert "1" in await parts.store.read(_kept)


async def test_many_reports_of_one_unknown_send_settle_it_once(house: House) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
    async with (
        started(house, policy=FREE, callbacks={"token": TOKEN}) as parts,
        visited(parts, "auto") as session,
        vendor_of(parts) as http,
    ):
        unknown = await session.facts("send_sms", FREE_SEND)
        assert unknown["outcome"] == "unknown"
        reference = unknown["action_id"].replace("-", "")
        others = [_report(number, SUBJECT=reference, RT="20990301120000") for number in range(20)]
        own = _report(77, SUBJECT=reference, RM=FREE_SEND["recipients"][0], RT="20990301120000")
        assert set(await _together(http, [*others, own, *others])) == {200}
        action = await session.facts("get_action", {"action_id": unknown["action_id"]})
        assert action["state"] == "succeeded"
        assert action["batch_id"] == BATCH


def _ready(number: int) -> Reported:
    values: dict[str, Any] = {
        "key": f"key {number}",
        "batch_id": BATCH,
        "record": str(number),
        "mobile": "0912***000",
        "status": "100",
        "reported_at": None,
    }
    return Reported(values, f"+8869{number:08d}")


@pytest.mark.usefixtures("quick_start")
async def test_a_kill_leaves_no_acknowledged_report_behind(tmp_path: Path, store_url: str) -> None:
    dice, acknowledged, sent = random.Random(), set[str](), 0
    for life in range(2):
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        env = environment(
            tmp_path,
            STORE__URL=store_url,
            STORE__FOLDER=str(tmp_path / "store"),
            EVERY8D__BASE_URL="http://127.0.0.1:9",
            EVERY8D__UID="nobody",
            EVERY8D__PASSWORD="nobody",
            CALLBACKS__TOKEN=TOKEN,
            CALLBACKS__PORT=str(port),
        )
        async with served(env=env, folder=tmp_path) as server, vendor_of() as http:
            await server.ready()
            await listening(port)
            url = f"http://127.0.0.1:{port}{PATH}/{TOKEN}"

            async def report(
                lane: int, life: int = life, url: str = url, http: httpx.AsyncClient = http
            ) -> None:
                nonlocal sent
                for number in range(10_000):
                    name = f"{life}-{lane}-{number}"
                    sent += 1
                    try:
                        answer = await http.get(url, params=_report(number, MR=name))
                    except httpx.HTTPError:
                        return
                    assert answer.status_code == 200
                    acknowledged.add(name)

            before = len(acknowledged)
            async with anyio.create_task_group() as group:
                for lane in range(20):
                    group.start_soon(report, lane)
                while len(acknowledged) < before + 40 + dice.randrange(40):  # noqa: ASYNC110 - a count of this test
                    await anyio.sleep(0.001)
                server.process.kill()
    store = DatabaseStore(store_url)
    kept = set(await store.read(_kept))
    await store.close()
    assert len(acknowledged) < sent, "no kill hit a report"
    assert acknowledged <= kept
