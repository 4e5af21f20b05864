"""The store and the ledger in it, on both engines (`plugin.py`)."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.store.database import DatabaseStore
from tests.store.plugin import ENGINES
from tests.store.postgres_server import Postgres


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
