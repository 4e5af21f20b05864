"""The tests' own guard: nothing that they start can reach a vendor, and whoever tries fails the test."""

import asyncio
import socket
import sys
from pathlib import Path

import anyio
import pytest

from tests.e2e.process import environment, served
from tests.loopback_only.plugin import reached

ROOT = Path(__file__).parents[1]
VENDOR = "oms.every8d.com"
OUTSIDE = "192.0.2.1"
"""For documentation alone (RFC 5737): nobody has it."""


async def test_no_name_and_no_address_beyond_this_machine_can_be_reached() -> None:
    with pytest.raises(PermissionError):
        socket.getaddrinfo(VENDOR, 443)
    with pytest.raises(PermissionError):
        await anyio.connect_tcp(VENDOR, 443)
    with pytest.raises(PermissionError):
        await asyncio.open_connection(OUTSIDE, 443)
    with socket.socket() as plain, pytest.raises(PermissionError):
        plain.connect_ex((OUTSIDE, 80))
    with socket.socket(type=socket.SOCK_DGRAM) as datagrams, pytest.raises(PermissionError):
        datagrams.sendto(b"?", (OUTSIDE, 53))
    assert set(reached()) == {VENDOR, OUTSIDE}


async def test_a_server_with_a_real_vendors_url_reaches_nobody_and_is_told_on(no_settings: Path) -> None:
    account = environment(no_settings, EVERY8D__UID="u", EVERY8D__PASSWORD="p")
    async with served(env=account, folder=no_settings) as server:
        await server.ready()
        told = await server.ask("tools/call", {"name": "query_credit", "arguments": {}})
    assert "not_sent" in told["content"][0]["text"]
    assert set(reached()) == {VENDOR}


async def test_a_test_that_swallows_the_refusal_fails(tmp_path: Path) -> None:
    (tmp_path / "test_careless.py").write_text(
        f"import socket\n\ndef test_it():\n    try:\n        socket.getaddrinfo('{VENDOR}', 443)\n"
        "    except OSError:\n        pass\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.loopback_only.plugin",
        "-c",
        "/dev/null",
        tmp_path,
    ]
    done = await anyio.run_process(command, cwd=ROOT, check=False)
    assert done.returncode == 1, done.stdout.decode()
    assert f"this test reached for {VENDOR}" in done.stdout.decode()
