"""`campaign-ops-mcp health`: well is a server whose store is there and which answers; nothing else is."""

import socket
from pathlib import Path

import anyio
import pytest

from tests.e2e.house import House
from tests.e2e.process import COMMAND, at_the_sandbox, environment, served
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")


async def _health(*options: str, env: dict[str, str], folder: Path) -> tuple[int, str]:
    with anyio.fail_after(PATIENCE):
        ended = await anyio.run_process([COMMAND, "health", *options], env=env, cwd=folder, check=False)
    return ended.returncode, (ended.stdout + ended.stderr).decode()


async def test_a_server_that_answers_is_well_and_its_vendors_are_not_asked(house: House) -> None:
    env = at_the_sandbox(house)
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        # Not even a look was made: a server that just began is well.
        port = (await server.line("serving MCP at ")).removesuffix("/mcp").rpartition(":")[2]
        before = len(await house.looks())
        code, said = await _health("--port", port, env=env, folder=house.folder)
        assert (code, f"127.0.0.1:{port}" in said) == (0, True), said
        assert (len(await house.looks()), await house.changes()) == (before, [])


async def test_a_port_where_something_else_answers_is_not_a_server(no_settings: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = str(nobody.getsockname()[1])
        nobody.close()
        code, said = await _health("--port", port, env=environment(no_settings), folder=no_settings)
    assert (code, "No server of ours answers" in said) == (1, True), said


async def test_a_store_that_cannot_be_had_is_not_well_and_its_password_is_not_told(no_settings: Path) -> None:
    url = "postgresql://someone:much-secret@127.0.0.1:1/nothing"
    code, said = await _health(env=environment(no_settings, STORE__URL=url), folder=no_settings)
    assert code == 1, said
    assert "store" in said
    assert "much-secret" not in said


async def test_where_there_is_no_store_none_is_made_and_it_is_not_well(no_settings: Path) -> None:
    store = no_settings / "kept"
    env = environment(no_settings, STORE__FOLDER=str(store))
    code, said = await _health(env=env, folder=no_settings)
    assert (code, "There is none yet" in said) == (1, True), said
    assert not (store / "store.sqlite3").exists()
