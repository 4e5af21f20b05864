"""The wheel on the other Pythons that it is for: `make pythons` runs it on those that are on the PATH."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.install.conftest import EVERY_MODULE, ROOT

_NAME = "Programming Language :: Python :: "
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
VERSIONS = [each.removeprefix(_NAME) for each in PROJECT["classifiers"] if each.startswith(_NAME)]
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture(scope="module", params=[each for each in VERSIONS if each != OURS])
def programs(request: pytest.FixtureRequest, wheel: Path) -> Path:
    """The folder of the programs of an environment with the locked packages and the wheel."""
    home = ROOT / ".venv" / f"environment-{request.param}"
    if not (home / ".ready").exists():
        pytest.skip(f"`make pythons` prepares it where python{request.param} is on the PATH")
    pip = [home / "bin" / "pip", "install", "-q", "--no-index", "--no-deps", "--force-reinstall"]
    subprocess.run([*pip, wheel], check=True)
    return home / "bin"


@pytest.fixture
def strict(elsewhere: dict[str, str]) -> dict[str, str]:
    """What a newer Python warns of is a mistake."""
    return {**elsewhere, "PYTHONWARNINGS": "error::RuntimeWarning,error::SyntaxWarning"}


def test_every_module_is_imported(programs: Path, strict: dict[str, str], tmp_path: Path) -> None:
    code = [programs / "python", "-P", "-c", EVERY_MODULE]
    ran = subprocess.run(code, env=strict, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_whole_session_succeeds(programs: Path, strict: dict[str, str], tmp_path: Path) -> None:
    """With its campaign, so with its worker."""
    demo = [programs / "campaign-ops-mcp", "demo"]
    ran = subprocess.run(demo, env=strict, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, ""), ran.stdout
