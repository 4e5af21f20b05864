"""What the tests through the front door share: both eras, and a server over a sandbox of its own."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2 as httpx
import pytest

from server.sandbox.run import running_sandbox
from tests.e2e.house import ERAS, Era, House
from tests.e2e.house import NO_TLS as PLAIN
from tests.sandbox.support import Probe


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment and a working folder without settings of ours."""
    for name in os.environ:
        if name.upper().startswith("CAMPAIGN_OPS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    return request.param


@pytest.fixture
async def house(no_settings: Path, era: Era) -> AsyncIterator[House]:
    async with (
        running_sandbox() as url,
        httpx.AsyncClient(base_url=url, timeout=10, trust_env=False, verify=PLAIN) as http,
    ):
        yield House(url=url, vendor=Probe(http=http), folder=no_settings, era=era)
