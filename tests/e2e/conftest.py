"""The whole server as its users have it: real clients, both transports, both eras, every tool."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest

from server.sandbox.run import running_sandbox
from tests.e2e.eras import Era
from tests.e2e.house import NO_TLS, House
from tests.patience import PATIENCE
from tests.sandbox.probe import Probe


@pytest.fixture
async def house(no_settings: Path, era: Era, quick_files: None) -> AsyncIterator[House]:
    async with (
        running_sandbox() as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False, verify=NO_TLS) as http,
    ):
        yield House(url=url, vendor=Probe(http=http), folder=no_settings, era=era)
