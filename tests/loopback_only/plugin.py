"""Fails each test whose processes reached for another machine, whatever they made of the refusal."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.loopback_only.sitecustomize import FOLDER, REPORT


def guarded() -> dict[str, str]:
    """The environment that guards a Python process which inherits nothing else of ours."""
    return {"PYTHONPATH": FOLDER, REPORT: os.environ[REPORT]}


def reached() -> list[str]:
    """The hosts that were reached for since the last look."""
    report = Path(os.environ[REPORT])
    found = report.read_text(encoding="utf-8").splitlines()
    if found:
        os.truncate(report, 0)
    return found


def pytest_configure(config: pytest.Config) -> None:
    patch = pytest.MonkeyPatch()
    handle, report = tempfile.mkstemp(prefix="reached-outside-")
    os.close(handle)
    patch.setenv(REPORT, report)
    patch.setenv("PYTHONPATH", FOLDER, prepend=os.pathsep)
    config.add_cleanup(patch.undo)
    config.add_cleanup(Path(report).unlink)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None]:
    yield
    if hosts := reached():
        pytest.fail(f"this test reached for {', '.join(sorted(set(hosts)))}: it may use loopback alone")
