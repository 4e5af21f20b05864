"""An empty store on both engines, for every folder: SQLite files, and a real PostgreSQL.

PostgreSQL is started once; with several workers, one of them has all its tests (`tests/conftest.py`).
What the store is made of is imported by the tests that use it: what is broken breaks them alone.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.store.postgres_server import Postgres

_EMPTIED = """
SET session_replication_role = replica;
DO $$ DECLARE name text; BEGIN
  IF to_regclass('actions') IS NULL THEN RETURN; END IF;
  FOREACH name IN ARRAY ARRAY[{}] LOOP
    IF pg_relation_size(name::regclass) > 1000000 THEN EXECUTE 'TRUNCATE ' || name || ' CASCADE';
    ELSE EXECUTE 'DELETE FROM ' || name; END IF;
  END LOOP;
END $$"""
"""Row by row: new files for all tables, which TRUNCATE makes, take a tenth of a second."""

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.xdist_group("postgresql")))


@pytest.fixture(scope="session")
def postgres() -> "Iterator[Postgres]":
    from tests.store.postgres_server import running_postgres  # noqa: PLC0415 - see above

    # A crash of PostgreSQL loses nothing by this, only one of the machine would; the tests play the former.
    with running_postgres(fsync=False) as running:
        yield running


@pytest.fixture(scope="session")
def shared_database(postgres: "Postgres") -> str:
    postgres.execute("postgres", "CREATE DATABASE shared")
    return "shared"


@pytest.fixture(params=ENGINES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path, quick_files: None) -> str:
    """An empty store on each engine. PostgreSQL's tables are emptied, which is faster than making them."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'store.sqlite3'}"
    from server.store.phone_tables import METADATA  # noqa: PLC0415 - see above

    postgres: Postgres = request.getfixturevalue("postgres")
    database: str = request.getfixturevalue("shared_database")
    postgres.execute(database, _EMPTIED.format(", ".join(f"'{name}'" for name in METADATA.tables)))
    return postgres.url(database)


@pytest.fixture
def of_store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Server and commands over this store, on each engine."""
    monkeypatch.setenv("CAMPAIGN_OPS_STORE__URL", store_url)
    return {"url": store_url}
