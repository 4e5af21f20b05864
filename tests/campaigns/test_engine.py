"""The engine's own file, whatever SQLite this Python has."""

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest

from server.campaigns.engine import EngineFile


@pytest.mark.parametrize("version", [(3, 40, 1), (3, 42, 0)])
def test_a_default_of_the_engines_tables_is_the_time_in_milliseconds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    """DBOS writes it so on Python 3.12 and later; SQLite before 3.42 answers NULL."""
    if version >= (3, 42) > sqlite3.sqlite_version_info:
        pytest.skip("this Python's SQLite is older")
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    began = time.time() * 1000
    with closing(sqlite3.connect(tmp_path / "engine.sqlite3", factory=EngineFile)) as file:
        file.execute("CREATE TABLE t (name TEXT, at INTEGER NOT NULL DEFAULT (unixepoch('subsec') * 1000))")
        file.execute("INSERT INTO t (name) VALUES ('a')")
        (at,) = file.execute("SELECT at FROM t").fetchone()
    assert began - 1 <= at <= time.time() * 1000
