"""What many tests share. Nothing of the server is imported: what is broken breaks its own tests alone."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.e2e.eras import ERAS, Era

pytest_plugins = [
    "tests.loopback_only.plugin",
    "tests.quick_start.plugin",
    "tests.e2e.plugin",
    "tests.faults.plugin",
    "tests.store.plugin",
]

# Neither deadline nor health is about the product: both measure the clock, and so what else the machine does.
settings.register_profile(
    "tests",
    parent=settings(),
    deadline=None,
    max_examples=1_000 if os.environ.get("SOAK") else 50,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("tests")

ONE_WORKER = {"postgres": "postgresql", "short_waits": "time"}
"""With several workers (`pytest -n`), one of them has all tests that use such a fixture."""
AT_ONCE = 10
"""Tests of a file that one worker gets together: giving each alone takes a tenth of a core."""
_given = Counter[Path]()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Before pytest-xdist looks at the groups."""
    used = item.fixturenames if isinstance(item, pytest.Function) else ()
    for fixture, group in ONE_WORKER.items():
        if fixture in used:
            item.add_marker(pytest.mark.xdist_group(group))
            return
    if item.get_closest_marker("xdist_group") is None:
        group = f"{item.path.parent.name}/{item.path.stem}.{_given[item.path] // AT_ONCE}"
        item.add_marker(pytest.mark.xdist_group(group))
        _given[item.path] += 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported and collected stays to the end: no sweep of the garbage collector walks it."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()
        gc.set_threshold(5_000, 20, 20)


@pytest.fixture(scope="session", autouse=True)
def _no_file_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The settings of whoever runs the tests are not read, in processes that they start neither."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CONFIG_HOME", str(tmp_path_factory.mktemp("config")))
        patch.delenv("CAMPAIGN_OPS_CONFIG", raising=False)
        # Nor their language, where it is one that we speak.
        for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
            if os.environ.get(name, "").lower().startswith("zh"):
                patch.delenv(name)
        yield


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment and a working folder without settings of ours; returns the folder."""
    for name in tuple(os.environ):
        if name.upper().startswith("CAMPAIGN_OPS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    """Both eras of the protocol."""
    return request.param


@pytest.fixture
def interruptible() -> Iterator[None]:
    """A shell's background job ignores SIGINT, and so would what it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
