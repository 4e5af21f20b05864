"""For tests in which the era of the protocol makes no difference."""

import pytest

from tests.e2e.eras import Era


@pytest.fixture
def era() -> Era:
    """The present era; a test in which the era matters parametrises over both."""
    return "auto"
