"""What computes in a thread of a server leaves the event loop its turns."""

import sys
from collections.abc import Iterator

import pytest

from tests.e2e.house import House


@pytest.fixture(autouse=True)
def _as_python_has_it() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(0.005)
    yield
    sys.setswitchinterval(before)


async def test_beside_a_server_a_thread_that_computes_gives_way_after_a_millisecond(house: House) -> None:
    """Each step of the loop waits so long at the most, and a call takes tens of them."""
    async with house.session() as session:
        await session.facts("list_batches")
        assert sys.getswitchinterval() <= 0.001
