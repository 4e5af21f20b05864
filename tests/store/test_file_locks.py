"""Processes take turns by a lock file; who waits for it sees that it is free."""

import threading
from pathlib import Path

from server.file_locks import exclusively, held_alone, is_held
from tests.patience import PATIENCE


def test_a_lock_is_waited_for_until_it_is_free(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = threading.Event()

    def second() -> None:
        waiting.set()
        with exclusively(tmp_path / "lock"):
            order.append("second")

    thread = threading.Thread(target=second)
    with exclusively(tmp_path / "lock"):
        thread.start()
        waiting.wait(PATIENCE)
        thread.join(0.1)
        order.append("first")
    thread.join(PATIENCE)
    assert order == ["first", "second"]


def test_whoever_only_looks_is_told_at_once(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    assert not is_held(lock)
    with held_alone(lock) as first, held_alone(lock) as second:
        assert (first, second) == (True, False)
        assert is_held(lock)
    assert not is_held(lock)
