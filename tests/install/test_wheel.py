"""The wheel is all that a user installs."""

import subprocess
import zipfile
from pathlib import Path

import pytest
from mcp import Client, StdioServerParameters
from mcp.client.stdio import stdio_client

from tests.install.conftest import EVERY_MODULE, ROOT

NOT_SHIPPED = {".pot", ".md"}


def _program(installed: Path) -> str:
    return str(installed / "campaign-ops-mcp")


def test_it_holds_every_file_of_the_product_and_no_other(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "server", "tools"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    kept = {each for each in listed if (ROOT / each).exists()}
    with zipfile.ZipFile(wheel) as packed:
        names = {name for name in packed.namelist() if ".dist-info/" not in name}
    assert names == kept
    assert {Path(name).suffix for name in names} >= {".py", ".mo", ".json", ".html", ".css", ".js"}


@pytest.mark.long
def test_it_needs_nothing_but_what_the_lock_of_a_running_server_names(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    code = "import importlib.util as u; print([u.find_spec(n) for n in ('pytest', 'babel', 'tests')])"
    ran = subprocess.run(
        [installed / "python", "-P", "-c", code], env=elsewhere, cwd=tmp_path, capture_output=True, check=True
    )
    assert ran.stdout.strip() == b"[None, None, None]"
    ran = subprocess.run(
        [installed / "python", "-P", "-c", EVERY_MODULE],
        env=elsewhere,
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr.decode()


def test_it_speaks_chinese_makes_its_store_and_logs_in(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    env = {**elsewhere, "CAMPAIGN_OPS_LANGUAGE": "zh-TW"}
    ran = subprocess.run(
        [_program(installed), "doctor", "--sandbox"], env=env, cwd=tmp_path, capture_output=True, check=False
    )
    said = ran.stdout.decode()
    assert ran.returncode == 0, said + ran.stderr.decode()
    assert "設定" in said


async def test_a_client_lists_and_calls_its_tools(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    env = {**elsewhere, "CAMPAIGN_OPS_CONSOLE__ENABLED": "false"}
    server = StdioServerParameters(
        command=_program(installed), args=["serve", "--sandbox"], env=env, cwd=tmp_path
    )
    async with Client(stdio_client(server)) as client:
        listed = await client.list_tools()
        assert len(listed.tools) > 20
        answer = await client.call_tool("query_credit", {})
        assert not answer.is_error
