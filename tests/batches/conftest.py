"""Records: batches, messages, replies and what is told from them, through the front door."""

import pytest

from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.store.conftest import postgres, shared_database, store_url

__all__ = ["era", "house", "postgres", "shared_database", "store_url"]


@pytest.fixture
def of_store(store_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Server and commands over this store, on each engine."""
    monkeypatch.setenv("CAMPAIGN_OPS_STORE__URL", store_url)
    return {"url": store_url}
