"""The sandbox over real HTTP: it answers as the vendors' documents say, and fails as it is asked to."""

import ssl
from collections.abc import AsyncIterator

import httpx2 as httpx
import pytest

from server.sandbox.run import running_sandbox
from tests.patience import PATIENCE
from tests.sandbox.probe import Probe

# Plain HTTP only: one context for all clients, since each takes 40 ms to make.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@pytest.fixture
async def probe() -> AsyncIterator[Probe]:
    async with (
        running_sandbox() as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False, verify=NO_TLS) as http,
    ):
        yield Probe(http=http)
