"""What many tests share. Nothing of the server is imported: what is broken breaks its own tests alone."""

import os
from pathlib import Path

import pytest

from tests.e2e.eras import ERAS, Era


@pytest.fixture
def no_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An environment and a working folder without settings of ours; returns the folder."""
    for name in tuple(os.environ):
        if name.upper().startswith("CAMPAIGN_OPS_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Era:
    """Both eras of the protocol."""
    return request.param
