"""A vendor that answers byte for byte as told, for every folder.

What the server is made of is imported by the tests that use it: what is broken breaks them alone.
"""

from collections.abc import AsyncIterator
from functools import partial
from typing import TYPE_CHECKING

import httpx2 as httpx
import pytest

if TYPE_CHECKING:
    from tests.faults.scripted import ScriptedVendor


@pytest.fixture
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same waits as in use, in tenths of a second."""
    from server.vendors import approach, vendors  # noqa: PLC0415 - see above
    from server.vendors import exchange as transport  # noqa: PLC0415 - see above

    monkeypatch.setattr(vendors, "_TIMEOUT", httpx.Timeout(connect=1.5, read=0.8, write=5, pool=5))
    for module in (vendors, approach):
        monkeypatch.setattr(module, "exchange", partial(transport.exchange, deadline=2.5))


@pytest.fixture
async def vendor(short_waits: None) -> "AsyncIterator[ScriptedVendor]":
    """EVERY8D, which so far answers only what the points left are."""
    from tests.faults.front_door import CREDIT  # noqa: PLC0415 - see above
    from tests.faults.scripted import ScriptedVendor, whole  # noqa: PLC0415 - see above

    async with ScriptedVendor.serving(whole(CREDIT)) as scripted:
        yield scripted
