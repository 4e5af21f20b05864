"""Lists through the front door, and as they are read."""

from tests.batches.conftest import of_store
from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.store.conftest import postgres, shared_database, store_url

__all__ = ["era", "house", "of_store", "postgres", "shared_database", "store_url"]
