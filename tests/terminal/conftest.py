import pytest

from tests.e2e.conftest import house
from tests.e2e.eras import Era

__all__ = ["era", "house"]


@pytest.fixture
def era() -> Era:
    """The present era: a terminal speaks neither."""
    return "auto"
