"""The command in awkward places: a taken port, closed streams, a terminal without our characters."""

import asyncio
import os
import socket
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import anyio
import pytest

from tests.e2e.process import COMMAND, environment, served
from tests.long_runs import some_long
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")

ACCOUNT = {"EVERY8D__UID": "u", "EVERY8D__PASSWORD": "p"}


async def _run(*command: str, env: Mapping[str, str], folder: Path) -> tuple[int, str, str]:
    with anyio.fail_after(PATIENCE):
        ended = await anyio.run_process(command, env=env, cwd=folder, check=False)
    return ended.returncode, ended.stdout.decode(errors="replace"), ended.stderr.decode(errors="replace")


async def test_the_version_is_told(no_settings: Path) -> None:
    told = await _run(COMMAND, "--version", env=environment(no_settings), folder=no_settings)
    assert told == (0, f"{metadata.version('campaign-ops-mcp')}\n", "")


@pytest.mark.parametrize("command", [["sandbox"], ["serve", "--http"]])
async def test_a_taken_port_is_one_clear_message(no_settings: Path, command: list[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        env = environment(no_settings, **ACCOUNT)
        code, out, err = await _run(COMMAND, *command, "--port", port, env=env, folder=no_settings)
    assert (code, out) == (2, "")
    assert err.splitlines()[-1].startswith(f"--port {port}: cannot be listened on")
    assert "Traceback" not in err


async def test_a_taken_callback_port_is_waited_for(no_settings: Path) -> None:
    """Two hosts on one machine start two servers; the second must serve all the same, and take over."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        token = "a-long-token-for-tests"
        env = environment(no_settings, CALLBACKS__TOKEN=token, CALLBACKS__PORT=str(port), **ACCOUNT)
        async with served(env=env, folder=no_settings) as server:
            await server.ready()
            taken.close()
            with anyio.fail_after(PATIENCE):
                while await _refused(port):  # noqa: ASYNC110 - another process takes it
                    await asyncio.sleep(0.05)
            await server.ready()
            assert server.process.stdin is not None
            server.process.stdin.close()
            assert await server.ended_within(3) == 0


async def _refused(port: int) -> bool:
    try:
        stream = await anyio.connect_tcp("127.0.0.1", port)
    except OSError:
        return True
    await stream.aclose()
    return False


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
async def test_stdio_without_stdin_or_stdout_is_one_clear_message(no_settings: Path, closed: str) -> None:
    env = environment(no_settings, **ACCOUNT)
    closing = f'exec "$0" serve {closed}'
    code, _, err = await _run("sh", "-c", closing, COMMAND, env=env, folder=no_settings)
    assert code == 2
    assert err.startswith("serve: stdin or stdout is closed")
    assert len(err.splitlines()) == 1


async def test_without_stderr_nothing_but_the_protocol_stands_on_stdout(no_settings: Path) -> None:
    closing = 'exec "$0" serve --sandbox 2>&-'
    code, out, _ = await _run("sh", "-c", closing, COMMAND, env=environment(no_settings), folder=no_settings)
    assert (code, out) == (0, "")


@pytest.mark.parametrize(
    ("command", "encoding"),
    some_long(
        [
            (["doctor"], "cp950"),
            (["doctor"], "ascii"),
            (["tools", "--all"], "cp950"),
            (["tools", "--all"], "ascii"),
        ]
    ),
)
async def test_a_terminal_without_our_characters_is_spoken_to(
    no_settings: Path, command: list[str], encoding: str
) -> None:
    env = {**environment(no_settings), "PYTHONIOENCODING": encoding}
    code, out, err = await _run(COMMAND, *command, env=env, folder=no_settings)
    assert out
    assert "Traceback" not in err
    assert code == (command == ["doctor"])


async def test_a_demo_whose_reader_has_gone_ends_without_a_traceback(no_settings: Path) -> None:
    reading, writing = os.pipe()
    env = environment(no_settings)
    process = await asyncio.create_subprocess_exec(
        COMMAND, "demo", env=env, cwd=no_settings, stdout=writing, stderr=asyncio.subprocess.PIPE
    )
    os.close(reading)
    os.close(writing)
    with anyio.fail_after(PATIENCE):
        _, err = await process.communicate()
    assert (process.returncode, err) == (1, b"")
