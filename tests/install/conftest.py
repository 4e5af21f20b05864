"""A built wheel in an environment that holds nothing but it and what requirements.lock names."""

import os
import re
import subprocess
import sys
import sysconfig
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LOCKED = re.compile(r"^([A-Za-z0-9_.-]+)(?:\[[^\]]*\])?==", re.MULTILINE)
_OWN_FILES = {"__pycache__", "..", "bin"}
EVERY_MODULE = """
import importlib, pkgutil, server, tools
for room in (server, tools):
    assert "/environment" in room.__path__[0], room.__path__
    for each in pkgutil.walk_packages(room.__path__, room.__name__ + "."):
        if ".migrations." not in each.name:
            importlib.import_module(each.name)
"""
"""Imports all that the wheel brought, and nothing of this clone."""


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `pip wheel` makes of the project."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index"]
    subprocess.run([*build, "--wheel-dir", folder, ROOT], check=True, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the programs of a new environment with the wheel, which sees neither this clone nor
    what the tests use besides; the locked packages are links to those that are installed here.
    """
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=True)
    base = {"base": str(home), "platbase": str(home)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=base))
    _link_locked(packages)
    programs = Path(sysconfig.get_path("scripts", "venv", vars=base))
    python = programs / Path(sys.executable).name
    pip = [sys.executable, "-m", "pip", f"--python={python}"]
    subprocess.run([*pip, "install", "-q", "--no-deps", "--no-index", wheel], check=True, cwd=home)
    return programs


def _link_locked(packages: Path) -> None:
    for name in _LOCKED.findall((ROOT / "requirements.lock").read_text("utf-8")):
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # of another system or Python
        for top in {file.parts[0] for file in found.files or ()} - _OWN_FILES:
            source = Path(str(found.locate_file(top)))
            if source.exists():
                _link(source, packages / top)


def _link(source: Path, target: Path) -> None:
    """A folder that several packages share is made of the links of each."""
    if source.is_dir() and (target.is_dir() or not (source / "__init__.py").exists()):
        target.mkdir(exist_ok=True)
        for each in source.iterdir():
            if not (target / each.name).exists():
                _link(each, target / each.name)
    elif not target.exists():
        target.symlink_to(source)


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """An environment whose home is new, and which does not lead here."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_OPS_")}
    kept.pop("PYTHONPATH", None)
    home = {
        "HOME": str(tmp_path),
        "XDG_CONFIG_HOME": str(tmp_path / "config"),
        "XDG_DATA_HOME": str(tmp_path),
    }
    return {**kept, **home}
