"""The page's port goes from server to server of a store, and no link goes to another store's page."""

import re
import signal

import anyio
import httpx2 as httpx
import pytest

from server import http_door
from server.command.console import Opening, console
from server.command.terminal import Terminal
from server.console.listening import bind, keep_the_page
from server.console.passes import Passes
from server.gate.caller import local_user
from server.late_parts import LateParts, running
from server.parts import Parts, build_parts
from server.settings.page_address import Address
from tests.console.browser import shown_page
from tests.e2e.house import House
from tests.e2e.process import at_the_sandbox, served
from tests.gate.servers import SEND, config_file, started, until, visited
from tests.patience import PATIENCE


def opening(parts: Parts) -> Opening:
    """What `campaign-ops-mcp console` asks with."""
    return Opening(parts=parts, terminal=Terminal("en"), browser=False)


async def test_the_next_server_shows_the_page_when_the_first_one_ends(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_door, "_TRY_AGAIN_SECONDS", 0.02)
    async with started(house) as first, anyio.create_task_group() as group:
        async with shown_page(first) as browser:
            address = browser.address
            next_one = build_parts(house.settings(console={"port": address.port}))
            await group.start(_running, next_one)
            group.start_soon(keep_the_page, next_one)
            assert await opening(next_one).is_shown(address) is True

        async def is_shown() -> bool:
            return await opening(first).is_shown(address) is True

        await until(is_shown)
        group.cancel_scope.cancel()


@pytest.mark.usefixtures("quick_start")
async def test_a_server_that_is_killed_leaves_the_page_to_the_next_one(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_door, "_TRY_AGAIN_SECONDS", 0.02)
    taken = bind(0)
    address = Address(port=taken[0].getsockname()[1])
    for each in taken:
        each.close()
    host = {"Host": address.origin.removeprefix("http://")}
    settings = {"CONSOLE__ENABLED": "true", "CONSOLE__PORT": str(address.port)}
    env = at_the_sandbox(house) | {f"CAMPAIGN_OPS_{name}": value for name, value in settings.items()}
    async with (
        served(env=env, folder=house.folder, era=house.era) as server,
        started(house, console={"port": address.port}) as next_one,
        anyio.create_task_group() as group,
    ):

        async def is_shown() -> bool:
            return await opening(next_one).is_shown(address) is True

        await server.ready()
        await until(is_shown)
        group.start_soon(keep_the_page, next_one)
        server.process.kill()
        assert await server.ended_within(PATIENCE) == -signal.SIGKILL
        await until(is_shown)
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{address.port}") as client:
            link = f"/enter/{await Passes(next_one.memory.keeper).link(local_user())}"
            assert (await client.get(link, headers=host)).status_code == 200
        group.cancel_scope.cancel()


async def _running(parts: Parts, *, task_status: anyio.abc.TaskStatus[None]) -> None:
    async with running(LateParts.of(parts)):
        task_status.started()
        await anyio.sleep_forever()


async def test_another_stores_page_is_not_taken_for_ours(house: House) -> None:
    async with (
        started(house) as parts,
        started(house, store={"folder": house.folder / "other"}) as others,
        shown_page(others) as browser,
    ):
        assert await opening(others).is_shown(browser.address) is True
        assert await opening(parts).is_shown(browser.address) is False
    assert await opening(parts).is_shown(Address(port=browser.address.port)) is None


async def test_a_link_leads_past_another_stores_page(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    told = ""
    async with (
        started(house, store={"folder": house.folder / "other"}) as others,
        shown_page(others) as browser,
        anyio.create_task_group() as group,
    ):
        taken = browser.address.port
        config = config_file(house, f"[console]\nport = {taken}\n")

        async def open_page() -> None:
            await console(config, sandbox=False, browser=False)

        async def has_a_link() -> bool:
            nonlocal told
            told += capsys.readouterr().out
            return "/enter/" in told

        group.start_soon(open_page)
        await until(has_a_link, PATIENCE)
        group.cancel_scope.cancel()
        assert "another store's page" in " ".join(told.split())
        (port,) = re.findall(r"localhost:(\d+)/enter/", "".join(told.split()))
        assert int(port) != taken


async def test_the_server_that_shows_the_page_on_a_free_port_names_it_in_its_answers(house: House) -> None:
    async with (
        started(house, console={"port": 0}) as parts,
        visited(parts, house.era) as session,
    ):
        async with shown_page(parts) as browser:
            shown = await session.facts("send_sms", SEND)
        after = await session.facts("send_sms", SEND)
    assert f"{browser.address.origin}/approvals/{shown['action_id']}" in shown["person_does"]
    assert "http://" not in after["person_does"]
