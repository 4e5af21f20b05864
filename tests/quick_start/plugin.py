"""What every test would pay anew is spared: by `quick_start` the imports, by `quick_files` Alembic."""

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
def quick_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process Alembic is spared for new files. Not for what migrating itself proves."""
    from server.store import upgrading  # noqa: PLC0415 - what is broken breaks the tests that use it alone
    from tests.quick_start.new_files import quickly  # noqa: PLC0415 - as above

    monkeypatch.setattr(upgrading, "upgrade", quickly(upgrading.upgrade))


@pytest.fixture
def quick_start(nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for what a start itself proves: what is imported, found on a path or read before it runs."""
    if nursery is not None:
        monkeypatch.setattr(subprocess, "Popen", forked_from(nursery))
