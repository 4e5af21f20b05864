"""Whatever vendor or network do wrong: what was not sent is said so, what may have been stays unknown."""

from collections.abc import AsyncIterator
from functools import partial

import httpx2 as httpx
import pytest

from server.vendors import exchange as transport
from server.vendors import vendors
from tests.e2e.conftest import house
from tests.faults.front_door import CREDIT
from tests.faults.scripted import ScriptedVendor, whole


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits as in use, in tenths of a second."""
    monkeypatch.setattr(vendors, "_TIMEOUT", httpx.Timeout(connect=1.5, read=0.8, write=5, pool=5))
    monkeypatch.setattr(vendors, "exchange", partial(transport.exchange, deadline=2.5))


@pytest.fixture
async def vendor(short_waits: None) -> AsyncIterator[ScriptedVendor]:
    """EVERY8D, which so far answers only what the points left are."""
    async with ScriptedVendor.serving(whole(CREDIT)) as scripted:
        yield scripted


__all__ = ["house", "short_waits", "vendor"]
