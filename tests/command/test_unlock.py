"""`campaign-ops-mcp unlock`: a stop is removed, on the record, and nothing else is."""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import typer

from server.command.common import parts_of
from server.command.unlock import unlock_vendor
from server.gate.caller import local_user
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from server.store import audit
from tools.operation import Vendor


@pytest.fixture
def settings(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = {
        "STORE__FOLDER": str(no_settings / "store"),
        "EVERY8D__UID": "u",
        "EVERY8D__PASSWORD": "wrong",
        "OMIS__LOGIN_NAME": "m",
        "OMIS__PASSWORD": "wrong",
    }
    for name, value in given.items():
        monkeypatch.setenv(f"CAMPAIGN_OPS_{name}", value)


@asynccontextmanager
async def a_server() -> AsyncGenerator[Parts]:
    parts = build_parts(load_settings())
    yield parts
    await parts.store.close()


async def stopped() -> list[str]:
    async with a_server() as parts:
        return [vendor for vendor in ("every8d", "omis") if await _is_stopped(parts, vendor)]


async def _is_stopped(parts: Parts, vendor: Vendor) -> bool:
    name = {"every8d": "u", "omis": "m"}[vendor]
    host = {"every8d": "https://oms.every8d.com", "omis": "https://api.itpison.com"}[vendor]
    return await parts.book.vendor_lock(vendor, f"{host}|{name}|wrong") is not None


async def stop_both() -> None:
    async with a_server() as parts:
        await parts.vendors.lock("every8d", "-101")
        await parts.vendors.lock("omis", "102")


async def entries() -> list[dict[str, Any]]:
    async with a_server() as parts:
        key = await parts.journal.key()
        assert (await parts.store.read(lambda conn: audit.verify(conn, key))).ok
        return [
            json.loads(line)["entry"]
            for line in await parts.store.read(lambda conn: list(audit.export(conn)))
        ]


@pytest.mark.usefixtures("settings")
async def test_one_vendors_stop_is_removed_and_recorded(capsys: pytest.CaptureFixture[str]) -> None:
    await stop_both()
    assert await stopped() == ["every8d", "omis"]
    await unlock_vendor("EVERY8D", None)
    assert "every8d are no longer stopped" in capsys.readouterr().out
    assert await stopped() == ["omis"]
    last = (await entries())[-1]
    assert (last["event"], last["principal"]) == ("login_unlocked", local_user())
    rows = last["details"].pop("rows")
    assert last["details"] == {"by": local_user(), "channel": "terminal", "outcome": "every8d"}
    assert list(rows) == ["vendor_locks"]


@pytest.mark.usefixtures("settings")
async def test_without_a_stop_nothing_is_changed_but_the_new_store_says_whose_it_is(
    capsys: pytest.CaptureFixture[str],
) -> None:
    await unlock_vendor("omis", None)
    assert "were not stopped; nothing was changed" in capsys.readouterr().out
    assert [entry["details"]["rows"].keys() for entry in await entries()] == [{"meta"}]


@pytest.mark.usefixtures("settings")
async def test_an_unknown_vendor_is_refused_and_the_stops_stay() -> None:
    await stop_both()
    with pytest.raises(typer.BadParameter, match="every8d or omis"):
        await unlock_vendor("mitake", None)
    assert await stopped() == ["every8d", "omis"]


@pytest.mark.usefixtures("settings")
async def test_a_store_that_cannot_be_used_is_told_and_fails(
    no_settings: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (no_settings / "file").write_text("")
    monkeypatch.setenv("CAMPAIGN_OPS_STORE__FOLDER", str(no_settings / "file" / "store"))
    with pytest.raises(typer.Exit) as left:
        await unlock_vendor("omis", None)
    assert left.value.exit_code == 1
    assert "Nothing was changed" in capsys.readouterr().out


@pytest.mark.usefixtures("settings")
async def test_the_sandbox_has_stops_of_its_own(no_settings: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(no_settings / "data"))
    await stop_both()
    async with parts_of(None, sandbox=True) as parts:
        await parts.vendors.lock("omis", "102")
    await unlock_vendor("omis", None, sandbox=True)
    assert await stopped() == ["every8d", "omis"]
    async with parts_of(None, sandbox=True) as parts:
        assert not await _is_stopped(parts, "omis")


@pytest.mark.usefixtures("settings")
async def test_the_command_unlocks(no_settings: Path) -> None:
    await stop_both()
    command = [sys.executable, "-m", "server.command.cli", "unlock", "every8d"]
    done = await anyio.run_process(command, cwd=no_settings)
    assert done.stderr == b""
    assert await stopped() == ["omis"]
