"""Delivery reports from the vendor: what settles an action, what cannot, and in any order."""

from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.store.conftest import postgres, shared_database, store_url

__all__ = ["era", "house", "postgres", "shared_database", "store_url"]
