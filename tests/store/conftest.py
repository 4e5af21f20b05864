"""The store and the ledger in it, on both engines: SQLite files, and a real PostgreSQL.

PostgreSQL is started once; with several workers, one of them has all its tests (`tests/conftest.py`).
"""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from server.store.database import DatabaseStore
from server.store.phone_tables import METADATA
from tests.store.postgres_server import Postgres, running_postgres

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # A crash of PostgreSQL loses nothing by this, only one of the machine would; the tests play the former.
    with running_postgres(fsync=False) as running:
        yield running


@pytest.fixture(scope="session")
def shared_database(postgres: Postgres) -> str:
    postgres.execute("postgres", "CREATE DATABASE shared")
    return "shared"


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path, quick_files: None) -> str:
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
