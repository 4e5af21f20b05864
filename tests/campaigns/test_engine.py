"""The engine's own file, whatever SQLite this Python has."""

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

import anyio
import pytest

from server.campaigns.engine import EngineFile
from tests.store.postgres_server import Postgres

_SHOWS = """
import sys
import anyio
from dbos._dbos import _get_dbos_instance
from server.campaigns.engine import Engine

async def main():
    engine = Engine(sys.argv[1], "worker", None)
    engine.launch()
    with _get_dbos_instance()._sys_db.engine.connect() as conn:
        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
            print(conn.exec_driver_sql(f"SHOW {name}").scalar())
    engine.close()

anyio.run(main)
"""


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


@pytest.mark.xdist_group("postgresql")
async def test_nothing_in_the_engines_tables_is_waited_for_for_ever(postgres: Postgres) -> None:
    told = await anyio.run_process([sys.executable, "-c", _SHOWS, postgres.fresh_database()])
    assert told.stdout.decode().split() == ["10s", "1min", "1min"]
