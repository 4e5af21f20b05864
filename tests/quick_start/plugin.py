"""The fixture `quick_start`: our programs as processes of their own, without the second that imports take."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.quick_start.forked import Nursery, forked_from


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """One for each worker. None where a process cannot be adopted: there each imports all for itself."""
    if sys.platform != "linux":
        yield None
        return
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture
def quick_start(nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for what a start itself proves: what is imported, found on a path or read before it runs."""
    if nursery is not None:
        monkeypatch.setattr(subprocess, "Popen", forked_from(nursery))
