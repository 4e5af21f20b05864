"""Lists that were uploaded grow old with the records, and one that breaks off leaves nothing."""

import os
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from server.campaigns.folder import room_of
from server.campaigns.uploads import Uploads
from server.settings.settings import load_settings
from tests.gate.servers import Clock

LIST = "姓名,手機\n王,0912345678\n".encode()


async def whole() -> AsyncIterator[bytes]:
    yield LIST


async def broken_off() -> AsyncIterator[bytes]:
    yield LIST
    raise LookupError


def uploads(folder: Path, clock: Clock) -> Uploads:
    return Uploads(load_settings(None, lists={"folder": folder}, privacy={"retention_days": 30}), clock)


async def test_what_is_older_than_the_retention_goes_and_what_a_person_put_there_stays(
    tmp_path: Path,
) -> None:
    clock = Clock()
    own = tmp_path / "due.csv"
    own.write_bytes(LIST)
    made = await uploads(tmp_path, clock).take(whole(), "desk")
    old = (clock() - timedelta(days=31)).timestamp()
    for path in (own, room_of(tmp_path, "desk") / made.name):
        os.utime(path, (old, old))
    fresh = await uploads(tmp_path, clock).take(whole(), "desk")
    assert [path.name for path in room_of(tmp_path, "desk").iterdir()] == [fresh.name]
    assert own.exists()


async def test_one_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(LookupError):
        await uploads(tmp_path, Clock()).take(broken_off(), "")
    assert list(room_of(tmp_path, "").iterdir()) == []
