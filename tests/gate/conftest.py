import pytest

from tests.e2e.conftest import house
from tests.e2e.eras import Era
from tests.faults.conftest import short_waits, vendor

__all__ = ["era", "house", "short_waits", "vendor"]


@pytest.fixture
def era() -> Era:
    """The present era; a test in which the era matters parametrises over both."""
    return "auto"
