"""Who may report: a secret that is changed without a gap, addresses, and what is turned away is counted."""

import io
import logging
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx2 as httpx
import pytest

from server import supervision
from server.command import callbacks
from server.delivery import door
from server.delivery.callbacks import callback_app, door_of
from server.delivery.door import Door
from server.late_parts import LateParts
from server.parts import Parts
from server.serving import receive_callbacks
from server.store import audit
from server.store.errors import StoreUnavailableError
from server.store.quarantine import FORGED, callback_counts
from tests.delivery.receivers import TOKEN, listening, receiving, vendor_of
from tests.e2e.house import NO_TLS, House
from tests.gate.servers import FREE, FREE_NUMBER, FREE_SEND, config_file, started, until, visited
from tools.every8d.callbacks import PATH

OURS, NOBODYS = "203.0.113.9", "198.51.100.9"
REPORT = {"BatchID": "b1", "RM": FREE_NUMBER, "RT": "20260301120000", "STATUS": "100", "MR": "1"}
GIVEN = f'[callbacks]\ntoken = "{TOKEN}"\nurl = "https://reports.example"'

Shown = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "_LOOK_SECONDS", 0)


@asynccontextmanager
async def received(house: House, **changed: Any) -> AsyncGenerator[tuple[Parts, Door]]:
    given: dict[str, Any] = {"callbacks": {"token": TOKEN}, **changed}
    async with started(house, **given) as parts:
        yield parts, door_of(parts)


async def call(parts: Parts, at: Door, token: str, address: str = OURS, **fields: str) -> int:
    transport = httpx.ASGITransport(callback_app(parts, door=at), client=(address, 1))
    async with httpx.AsyncClient(transport=transport, trust_env=False, verify=NO_TLS) as http:
        return (await http.get(f"http://c{PATH}/{token}", params=REPORT | fields)).status_code


async def rotated(
    house: House, capsys: Shown, *, days: int | None = None, retire: bool = False
) -> tuple[str, str]:
    """`callbacks rotate`: the new secret, and all that it said."""
    assert await callbacks.rotate(config_file(house, GIVEN), days=days, retire=retire) == 0
    said = capsys.readouterr().out
    found = re.search(r"^https://reports\.example/callbacks/every8d/([\w-]{43})$", said, re.MULTILINE)
    return found[1] if found else "", said


async def test_a_secret_is_changed_without_a_gap_and_without_a_restart(house: House, capsys: Shown) -> None:
    async with received(house) as (parts, at):
        assert await call(parts, at, TOKEN) == 200
        await at.tell()
        new, said = await rotated(house, capsys)
        assert "until `campaign-ops-mcp callbacks rotate --retire`" in said
        assert [await call(parts, at, each) for each in (TOKEN, new, new[:-1])] == [200, 200, 404]
        await at.tell()
        _, said = await rotated(house, capsys, retire=True)
        assert said == "1 is taken no longer.\n"
        assert await callbacks.rotate(config_file(house, GIVEN), days=1, retire=True) == 1
        assert [await call(parts, at, each) for each in (TOKEN, new)] == [404, 200]


async def test_the_one_before_ends_by_itself_after_the_days_that_were_given(
    house: House, capsys: Shown
) -> None:
    async with received(house) as (parts, at):
        new, _ = await rotated(house, capsys, days=3)
        assert await call(parts, at, TOKEN) == 200
        newer, _ = await rotated(house, capsys, days=0)
        assert [await call(parts, at, each) for each in (TOKEN, new, newer)] == [404, 404, 200]


async def test_an_end_that_was_told_is_not_put_off_and_the_one_that_holds_is_told_again(
    house: House, capsys: Shown
) -> None:
    async with received(house) as (parts, at):
        await call(parts, at, TOKEN)
        await at.tell()
        _, told = await rotated(house, capsys, days=3)
        _, again = await rotated(house, capsys, days=30)
    end = re.compile(r"The one before is taken, too, until (\S+)\.")
    assert end.findall(told) == end.findall(again) != []


async def test_a_url_that_got_lost_gives_way_and_the_one_that_the_vendor_calls_stays(
    house: House, capsys: Shown
) -> None:
    async with received(house) as (parts, at):
        await call(parts, at, TOKEN)
        await at.tell()
        lost, _ = await rotated(house, capsys)
        new, _ = await rotated(house, capsys)
        assert [await call(parts, at, each) for each in (TOKEN, lost, new)] == [200, 404, 200]


async def test_nothing_is_retired_before_the_vendor_has_called_with_the_newest_unless_a_person_says_so(
    house: House, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert await callbacks.rotate(config_file(house, GIVEN), days=None, retire=True) == 1
    monkeypatch.setattr("sys.stdin", io.StringIO("n\ny\n"))
    async with received(house) as (parts, at):
        await rotated(house, capsys)
        assert await callbacks.rotate(config_file(house, GIVEN), days=None, retire=True) == 1
        assert "has never called with the newest" in capsys.readouterr().out
        assert await call(parts, at, TOKEN) == 200
        assert await callbacks.rotate(config_file(house, GIVEN), days=None, retire=True) == 0
        assert await call(parts, at, TOKEN) == 404


async def test_a_secret_that_was_issued_is_all_that_a_receiver_needs(house: House, capsys: Shown) -> None:
    new, _ = await rotated(house, capsys)
    async with received(house, callbacks={}) as (parts, at):
        assert [await call(parts, at, each) for each in (TOKEN, new)] == [404, 200]


async def test_a_running_server_begins_to_listen_once_a_secret_was_issued(
    house: House, capsys: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "_FIRST_WAIT_S", 0.01)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with (
        started(house, callbacks={"port": port}) as parts,
        vendor_of() as http,
        anyio.create_task_group() as beside,
    ):
        beside.start_soon(receive_callbacks, LateParts.of(parts))
        with pytest.raises(OSError, match=r"failed|refused"):
            await anyio.connect_tcp("127.0.0.1", port)
        new, _ = await rotated(house, capsys)
        await listening(port)
        assert (await http.get(f"http://127.0.0.1:{port}{PATH}/{new}", params=REPORT)).status_code == 200
        beside.cancel_scope.cancel()


async def test_no_secret_stands_in_the_store_the_audit_or_a_log(
    house: House, capsys: Shown, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with receiving(house) as (session, url), vendor_of() as http:
        new, _ = await rotated(house, capsys)
        for token in (TOKEN, new, f"{new}x"):
            await http.get(url.replace(TOKEN, token), params=REPORT)
        assert session.parts is not None
        entries = await session.parts.store.read(lambda conn: "".join(audit.export(conn)))
    assert "callback_secret_issued" in entries
    kept = b"".join(path.read_bytes() for path in (house.folder / "store").rglob("*") if path.is_file())
    ours = "\n".join(each.getMessage() for each in caplog.records if not each.name.startswith("httpx2"))
    for secret in (TOKEN, new):
        assert secret.encode() not in kept
        assert secret not in ours + entries


@pytest.mark.parametrize(
    ("allowed", "statuses"),
    [
        ([], [200, 200, 200]),
        (["203.0.113.0/24"], [200, 200, 404]),
        ([NOBODYS, "2001:db8::/32"], [404, 404, 200]),
    ],
)
async def test_only_addresses_that_are_allowed_may_call(
    house: House, allowed: list[str], statuses: list[int]
) -> None:
    async with received(house, callbacks={"token": TOKEN, "allowed_addresses": allowed}) as (parts, at):
        callers = (OURS, f"::ffff:{OURS}", NOBODYS)
        assert [await call(parts, at, TOKEN, address) for address in callers] == statuses


async def test_behind_a_proxy_of_this_machine_the_caller_is_whom_it_names_last(house: House) -> None:
    allowed = {"allowed_addresses": [OURS]}
    async with receiving(house, callbacks=allowed) as (_, url), vendor_of() as http:
        for named, status in (
            ({}, 404),
            ({"X-Forwarded-For": OURS}, 200),
            ({"X-Forwarded-For": f"{OURS}, {NOBODYS}"}, 404),
        ):
            assert (await http.get(url, params=REPORT, headers=named)).status_code == status


async def test_what_is_turned_away_is_counted_and_what_fits_nothing_is_shown_as_text_from_outside(
    house: House, capsys: Shown
) -> None:
    callers = {"token": TOKEN, "allowed_addresses": [OURS]}
    async with (
        received(house, callbacks=callers, policy=FREE) as (parts, at),
        visited(parts, "auto") as session,
    ):
        batch = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        await call(parts, at, TOKEN, BatchID=batch)
        hostile = {"SM": "call \x1b[31m0987654321\nnow", "BatchID": "b2", "STATUS": "999"}
        await call(parts, at, TOKEN, **hostile)
        await call(parts, at, TOKEN, **hostile | {"SM": "「」" + 32 * "x" + "0987654321"})
        for _ in range(3):
            await call(parts, at, "forged")
        await call(parts, at, TOKEN, NOBODYS)
        await call(parts, at, TOKEN, STATUS="")
        await at.tell()
        await parts.memory.catch_up()
    assert await callbacks.status(config_file(house, GIVEN)) == 0
    said = " ".join(capsys.readouterr().out.split())
    for counted in (
        "1 of messages of ours",
        "2 of nothing that was sent here",
        "3 with a wrong secret",
        "1 from an address that is not allowed",
        "1 that were no report",
        "the one in the settings last used",
        "1 batch is to be asked for, next at",
    ):
        assert counted in said
    assert TOKEN not in said
    assert await callbacks.quarantine(config_file(house, GIVEN)) == 0
    shown = capsys.readouterr().out
    assert "no such batch  「b2」" in shown
    assert "2 are set aside" in shown
    assert f"「『』{32 * 'x'}…」" in shown
    assert not {"0987654321", "0912345100", "\x1b"} & set(re.findall(r"\d{10}|\x1b", shown))


async def test_what_was_counted_while_the_store_is_away_is_told_by_itself_when_it_is_back(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_TELL_SECONDS", 0.01)
    async with received(house) as (parts, at), anyio.create_task_group() as beside:
        real, refused = parts.store.write, 0

        async def write(work: Any) -> Any:
            nonlocal refused
            if refused < 3:
                refused += 1
                raise StoreUnavailableError("the store could not be written (planted).")
            return await real(work)

        async def counted() -> bool:
            counts = await parts.store.read(lambda conn: callback_counts(conn, ""))
            return [each[:2] for each in counts] == [(FORGED, 1)]

        monkeypatch.setattr(parts.store, "write", write)
        beside.start_soon(at.keep_telling)
        await call(parts, at, "forged")
        await until(counted)
        assert refused == 3
        beside.cancel_scope.cancel()
