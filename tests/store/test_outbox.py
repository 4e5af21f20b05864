"""The outcome is known and the store fails: it is told as it is, posted once, and in the ledger later."""

import logging
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from server.ledger.finishing import Ending, Known, opened, sealed
from server.store import outbox as outbox_module
from server.store.actions import State
from server.store.outbox import Outbox
from tests.e2e.house import Session
from tests.faults.front_door import RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.scripted import Exchange, ScriptedVendor, whole
from tests.store.postgres_server import Postgres
from tests.store.samples import KEY

ROOT = Path(__file__).resolve().parents[2]
DISK = 4 * 1024 * 1024
KILLS = 25


@pytest.fixture
def small_disk(no_settings: Path) -> Iterator[Path]:
    """A file system of its own."""
    disk = no_settings / "disk"
    disk.mkdir()
    mounting = ("mount", "-t", "tmpfs", "-o", f"size={DISK}", "none", str(disk))
    if shutil.which("mount") is None or subprocess.run(mounting, capture_output=True, check=False).returncode:
        pytest.skip("only root may mount a small disk")
    yield disk
    subprocess.run(("umount", "-l", str(disk)), check=True)


def fill(disk: Path) -> Path:
    """Write until there is no room for one byte more."""
    filler = disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"\0" * 4096)
    assert shutil.disk_usage(disk).free == 0
    return filler


async def _kept_and_told(session: Session, vendor: ScriptedVendor) -> dict[str, Any]:
    """The send that meets the fault, and the same call again while it lasts."""
    told = await session.facts("send_sms", SEND)
    assert (told["outcome"], told["batch_id"]) == ("done", RECEIPT.rsplit(",", 1)[1])
    assert "could not record it yet" in told["warning"]
    assert posts(vendor) == 1
    return told


async def _is_recorded(session: Session, vendor: ScriptedVendor, told: dict[str, Any], folder: Path) -> None:
    """What is written next brings it along: another call's outcome, after it."""
    vendor.plays[SENDING] = whole("-27,電話號碼不得為空")
    problem = await session.problem("send_sms", {**SEND, "text": "x"})
    assert problem["code"] == "vendor_refused", problem
    assert list((folder / "store" / "outbox").glob("*.due")) == []
    action = await session.facts("get_action", {"action_id": told["action_id"]})
    assert (action["state"], action["batch_id"]) == ("succeeded", told["batch_id"])
    again = await session.facts("send_sms", SEND)
    assert (again["replayed"], again["batch_id"]) == (True, told["batch_id"])
    assert posts(vendor) == 2


async def test_a_disk_that_is_full_after_the_post_loses_no_outcome(
    small_disk: Path, vendor: ScriptedVendor
) -> None:
    fillers: list[Path] = []

    async def fill_and_take(exchange: Exchange) -> None:
        fillers.append(fill(small_disk))
        await whole(RECEIPT)(exchange)

    vendor.plays[SENDING] = fill_and_take
    async with front_door(vendor, small_disk) as session:
        told = await _kept_and_told(session, vendor)
        again = await session.facts("send_sms", SEND)
        assert (again["replayed"], again["batch_id"]) == (True, told["batch_id"])
        # Without room for an outcome nothing more is posted.
        refused = await session.problem("send_sms", {**SEND, "text": "full"})
        assert (refused["code"], posts(vendor)) == ("store_unavailable", 1)
        fillers[0].unlink()
        await _is_recorded(session, vendor, told, small_disk)


async def test_a_postgresql_that_is_gone_after_the_post_loses_no_outcome(
    no_settings: Path, vendor: ScriptedVendor, postgres: Postgres
) -> None:
    async def stop_and_take(exchange: Exchange) -> None:
        postgres.stop()
        await whole(RECEIPT)(exchange)

    vendor.plays[SENDING] = stop_and_take
    store = {"folder": no_settings / "store", "url": postgres.fresh_database()}
    async with front_door(vendor, no_settings, store=store) as session:
        try:
            told = await _kept_and_told(session, vendor)
            assert (await session.problem("send_sms", SEND))["code"] == "store_unavailable"
            assert posts(vendor) == 1
        finally:
            postgres.restart("fast")
        await _is_recorded(session, vendor, told, no_settings)


async def test_an_earlier_sends_batch_is_found_when_a_kept_outcome_is_recorded(
    small_disk: Path, vendor: ScriptedVendor
) -> None:
    """Nothing is read from the store between the POST and its record, so that it cannot delay the answer."""
    vendor.plays[SENDING] = whole(RECEIPT)
    fillers: list[Path] = []

    async def fill_and_take(exchange: Exchange) -> None:
        fillers.append(fill(small_disk))
        await whole(RECEIPT)(exchange)

    async with front_door(vendor, small_disk) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        vendor.plays[SENDING] = fill_and_take
        other = await session.facts("send_sms", {**SEND, "text": "second"})
        fillers[0].unlink()
        vendor.plays[SENDING] = whole("-27,電話號碼不得為空")
        await session.problem("send_sms", {**SEND, "text": "third"})
        action = await session.facts("get_action", {"action_id": other["action_id"]})
    assert "could not record it yet" in other["warning"]
    assert action["state"] == "unknown"


async def test_a_torn_outcome_is_refused_said_once_and_never_believed(
    no_settings: Path, vendor: ScriptedVendor, caplog: pytest.LogCaptureFixture
) -> None:
    """Its first half stands there, as of a disk that lost the second."""
    vendor.plays[SENDING] = whole("", status="500 Server Error")
    folder = no_settings / "store" / "outbox"
    async with front_door(vendor, no_settings) as session:
        action_id = (await session.facts("send_sms", SEND))["action_id"]
        line = sealed(_known(action_id), (no_settings / "store" / "audit.key").read_bytes())
        (folder / f"{action_id}.due").write_bytes(line[: len(line) // 2])
        vendor.plays[SENDING] = whole("-27,電話號碼不得為空")
        with caplog.at_level(logging.ERROR):
            for text in ("one", "two"):
                await session.problem("send_sms", {**SEND, "text": text})
        action = await session.facts("get_action", {"action_id": action_id})
    assert action["state"] == "unknown"
    assert [path.name for path in folder.glob("*.due")] == [f"{action_id}.due"]
    assert sum("is torn or not this server's" in line for line in caplog.messages) == 1


def test_a_server_killed_while_it_keeps_an_outcome_leaves_a_whole_one_or_none(tmp_path: Path) -> None:
    cut_off = 0
    for kill in range(KILLS):
        folder = tmp_path / str(kill)
        kept = _killed_after(folder, kill % 4)
        due = Outbox(folder).due()
        assert len(due) >= kept
        for name, content in due.items():
            assert opened(content, KEY) == _known(name)
        cut_off += len(list(folder.iterdir())) > len(due)
    assert cut_off, "no kill met a server at work: the test proves nothing"


def _killed_after(folder: Path, kept: int) -> int:
    """kill -9 a process that keeps one outcome after another, once it has kept so many."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        box, number = Outbox(folder), 0
        while True:
            with box.place():
                os.write(writing, b".")
                box.keep(str(number), sealed(_known(str(number)), KEY))
                number += 1
    for _ in range(kept + 1):
        os.read(reading, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    os.close(reading)
    os.close(writing)
    return kept


def _known(name: str) -> Known:
    ending = Ending(state=State.SUCCEEDED, outcome="{}", vendor_answer="簡" * 6000, batch_id="b")
    return Known(action_id=name, owner="w1", ending=ending)


def test_a_killed_servers_places_are_removed_and_a_living_ones_are_not(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    living, killed = Outbox(tmp_path), Outbox(tmp_path)
    with killed.place():
        (torn,) = tmp_path.glob("*.place")
        torn.write_bytes(b"half")
    with living.place():
        pass
    long_ago = time.time() - outbox_module.LEFT_OVER_SECONDS - 1
    for path in tmp_path.iterdir():
        os.utime(path, (long_ago, long_ago))
    with living.place(), caplog.at_level(logging.ERROR):
        Outbox(tmp_path).clear_left_over()
        assert len(list(tmp_path.iterdir())) == 1
        living.keep("known", b"x")
    assert not torn.exists()
    assert Outbox(tmp_path).due() == {"known": b"x"}
    assert "a server was killed while it kept an outcome" in caplog.text


def test_room_that_somebody_removed_is_made_again(tmp_path: Path) -> None:
    box = Outbox(tmp_path)
    with box.place():
        pass
    for path in tmp_path.iterdir():
        path.unlink()
    with box.place():
        assert len(list(tmp_path.glob("*.place"))) == 1


def test_what_is_longer_than_its_place_is_not_kept(tmp_path: Path) -> None:
    """There may be no room for more, and half an outcome is none."""
    box = Outbox(tmp_path)
    with box.place():
        with pytest.raises(OSError, match="longer than its place"):
            box.keep("long", b"x" * (outbox_module.ROOM + 1))
        assert box.due() == {}
        box.keep("whole", b"x" * outbox_module.ROOM)
    assert set(box.due()) == {"whole"}


def test_an_outcome_is_on_the_disk_before_it_has_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []

    def noting(step: str) -> Callable[..., None]:
        return lambda *_: steps.append(step)

    box = Outbox(tmp_path)
    with box.place():
        monkeypatch.setattr(os, "fsync", noting("content"))
        monkeypatch.setattr(outbox_module, "replace", noting("name"))
        monkeypatch.setattr(outbox_module, "sync_folder", noting("folder"))
        box.keep("known", b"x")
    assert steps == ["content", "name", "folder"]


def test_nothing_is_imported_after_the_post() -> None:
    """On a full disk, or with the files gone by an update, an import may fail."""
    command = [sys.executable, "-m", "tests.store.after_the_post"]
    played = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    assert played.stdout == "4 []"


def test_each_place_is_as_new_as_the_last_posts_and_one_that_is_gone_is_made_anew(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "outbox")
    with outbox.place(), outbox.place(), outbox.place():
        pass
    places = sorted((tmp_path / "outbox").iterdir())
    for each in places:
        os.utime(each, (1, 1))
    for _ in places:
        with outbox.place():
            pass
    assert all(each.stat().st_mtime > 1 for each in places)
    places[0].unlink()
    for _ in places:
        with outbox.place():
            pass
    with outbox.place(), outbox.place(), outbox.place():
        assert len(list((tmp_path / "outbox").iterdir())) == 3


def test_an_outcome_that_another_server_keeps_is_found_although_nothing_was_due_for_long(
    tmp_path: Path,
) -> None:
    ours, others = Outbox(tmp_path / "outbox"), Outbox(tmp_path / "outbox")
    with ours.place(), others.place():
        os.utime(tmp_path / "outbox", (1, 1))
        assert ours.due() == {}
        others.keep("A", b"known")
        os.utime(tmp_path / "outbox", (2, 2))
        assert ours.due() == {"A": b"known"}
        assert ours.due() == {"A": b"known"}
        others.remove("A")
        assert ours.due() == {}


def test_where_nothing_came_or_went_for_long_nothing_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox, read = Outbox(tmp_path / "outbox"), list[Any]()
    scandir = os.scandir

    def counted(folder: Any) -> Any:
        read.append(folder)
        return scandir(folder)

    monkeypatch.setattr(os, "scandir", counted)
    with outbox.place():
        outbox.due()
        outbox.due()
        assert len(read) == 2
        os.utime(tmp_path / "outbox", (1, 1))
        outbox.due()
        outbox.due()
        assert len(read) == 3
