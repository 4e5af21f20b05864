"""The demo's worker is there before a campaign starts: no server starts one that outlives the demo."""

from pathlib import Path

import pytest

from server.campaigns.local import LOCK
from server.demo.home import Home
from server.demo.worker_process import Worker
from server.file_locks import is_held

pytestmark = [pytest.mark.xdist_group("time"), pytest.mark.usefixtures("quick_start")]


async def test_a_worker_runs_once_it_was_waited_for_and_no_longer_once_it_was_ended(tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    home.write_settings("http://127.0.0.1:9")
    worker = Worker(home)
    await worker.start()
    await worker.runs()
    assert is_held(home.store / LOCK)
    await worker.end()
    assert not is_held(home.store / LOCK)


async def test_a_worker_that_has_ended_before_it_is_waited_for_is_started_anew(tmp_path: Path) -> None:
    home = Home(folder=tmp_path)
    home.write_settings("http://127.0.0.1:9")
    worker = Worker(home)
    await worker.runs()
    assert is_held(home.store / LOCK)
    await worker.end()
