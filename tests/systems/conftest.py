"""What differs between systems is in one place, and the server runs where only Windows' own is."""

from tests.e2e.conftest import house
from tests.e2e.one_era import era
from tests.faults.conftest import short_waits, vendor

__all__ = ["era", "house", "short_waits", "vendor"]
