"""A program that is run from its folder, as `make serve` does, in a Python where it is not installed."""

import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from server.campaigns.local import LOCK
from server.file_locks import is_held
from server.own_python import as_process
from tests.campaigns.playing import people, planned, texts_at_the_vendor, write_list
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.e2e.process import at_the_sandbox
from tests.gate.servers import until

ROOT = Path(__file__).parents[2]


@pytest.fixture
def bare_python(tmp_path: Path) -> Path:
    """A Python that has every library of this one's, and not this program.

    A folder that a `.pth` file names is added without its own `.pth` files, that of this program among them.
    """
    home = tmp_path / "bare"
    venv.create(home, with_pip=False, symlinks=True)
    base = {"base": str(home), "platbase": str(home)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=base))
    (packages / "libraries.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
    return Path(sysconfig.get_path("scripts", "venv", vars=base)) / "python"


async def test_a_campaign_is_carried_out_by_a_server_that_runs_from_its_folder(
    house: House, bare_python: Path
) -> None:
    write_list(house, people(2))
    env = at_the_sandbox(house, FILES__FOLDER=str(house.folder / "images"))
    own = ["-m", "server.command.cli", "serve"]
    server = StdioServerParameters(command=str(bare_python), args=own, env=env, cwd=ROOT)

    async def all_has_gone_out() -> bool:
        return (await texts_at_the_vendor(house)).total() == 2

    async def the_worker_has_ended() -> bool:
        return not is_held(house.folder / "store" / LOCK)

    async with Client(server, elicitation_callback=Person(thinks_for=0.5)) as client:
        session = Session(client=client)
        plan = await planned(session)
        await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
        await until(all_has_gone_out)
    await until(the_worker_has_ended)


def test_what_stands_in_the_folder_of_its_start_is_not_imported(bare_python: Path, tmp_path: Path) -> None:
    for name in ("typer", "json", "server"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stray module')", encoding="utf-8")
    _, *own = as_process("server.command.cli", "--help")
    ran = subprocess.run([bare_python, *own], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")
