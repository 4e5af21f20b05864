"""Processes killed or ended in mid-send: nothing is sent twice, nothing is called done that was not."""

from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.store.conftest import postgres, shared_database, store_url

__all__ = ["era", "house", "postgres", "shared_database", "store_url"]
