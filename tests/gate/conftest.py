"""The gate's promises (docs/guardrails.md), mostly through the front door: real client, store and sandbox."""

from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.faults.conftest import short_waits, vendor

__all__ = ["era", "house", "short_waits", "vendor"]
