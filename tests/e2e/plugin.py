"""The whole server as its users have it, for every folder: real client, sandbox and store.

What the server is made of is imported by the tests that use it: what is broken breaks them alone.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.eras import Era

if TYPE_CHECKING:
    from tests.e2e.house import House


@pytest.fixture
async def house(
    no_settings: Path, era: Era, quick_files: None, listed_once: None, derived_once: None
) -> "AsyncIterator[House]":
    from tests.e2e.house import opened_house  # noqa: PLC0415 - see above

    async with opened_house(no_settings, era) as opened:
        yield opened
