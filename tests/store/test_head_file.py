"""The audit's head in its file: it never goes back, and nobody takes half of it for a head."""

import os
import stat
from collections.abc import Generator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest

from server.ledger.journal import Journal
from server.ledger.notes import Note
from server.ledger.past import HeadFile
from server.store import head_file
from server.store.database import DatabaseStore
from server.store.head_file import Head, read_head, write_head
from server.store.key_file import KeyFileError
from server.store.plans import Connection
from tests.store.samples import NOW


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_head_never_goes_backwards(tmp_path: Path) -> None:
    path = tmp_path / "data" / "audit.head"
    assert read_head(path) is None
    for sequence in (3, 1, 2):
        write_head(path, Head(sequence, f"mac{sequence}"))
    assert read_head(path) == Head(3, "mac3")
    write_head(path, Head(4, "mac4"))
    assert read_head(path) == Head(4, "mac4")
    assert mode(path) == 0o600
    assert [child.name for child in path.parent.iterdir() if child.name.startswith(".")] == []


def test_a_damaged_head_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "audit.head"
    path.write_text("not a head at all")
    with pytest.raises(KeyFileError):
        read_head(path)
    with pytest.raises(KeyFileError):
        write_head(path, Head(1, "mac"))


def test_a_newer_head_is_written_over_the_older_one(tmp_path: Path) -> None:
    """A new file for each send would wait three times as long for the disk."""
    path = tmp_path / "audit.head"
    generation = f"{'a' * 16}-1767225600"
    write_head(path, Head(1, "f" * 64, generation))
    file = path.stat()
    write_head(path, Head(2**63 - 1, "0" * 64, generation))
    assert (path.stat().st_ino, path.stat().st_size) == (file.st_ino, file.st_size)
    assert read_head(path) == Head(2**63 - 1, "0" * 64, generation)


def test_a_head_that_is_known_already_is_still_put_on_the_disk_for_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.head"
    write_head(path, Head(1, "f" * 64, "generation"))
    kept: list[Head | None] = []

    def keep(_descriptor: int) -> None:
        kept.append(read_head(path))

    monkeypatch.setattr(os, "fsync", keep)
    newer = Head(2, "e" * 64, "generation")
    write_head(path, newer, lasting=False)
    assert (read_head(path), kept) == (newer, [])
    write_head(path, newer)
    write_head(path, Head(1, "f" * 64, "generation"))
    assert kept == [newer]


async def test_before_a_post_every_process_knows_the_head_and_within_a_second_the_disk_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heads = HeadFile(tmp_path / "audit.head")
    store = DatabaseStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")
    journal = Journal(store, key_file=tmp_path / "audit.key", heads=heads, clock=lambda: NOW)

    def step(_conn: Connection, _now: datetime) -> tuple[None, Note]:
        return None, Note(what="dispatching")

    await journal.write(step, standing=True, ahead=True)
    kept: list[Head | None] = []

    def keep(_descriptor: int) -> None:
        kept.append(heads.read())

    monkeypatch.setattr(os, "fsync", keep)
    await journal.write(step, standing=True, ahead=True)
    assert (heads.read(), kept) == (journal.past.named(journal.past.newest or Head(0, "")), [])
    await journal.remember_head()
    await journal.remember_head()
    assert kept == [heads.read()]
    await store.close()


def test_the_file_of_an_older_version_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "audit.head"
    path.write_text(f"7 {'f' * 64}\n")
    write_head(path, Head(8, "e" * 64, "generation-0"))
    assert read_head(path) == Head(8, "e" * 64, "generation-0")


def test_a_head_that_is_being_written_is_read_again_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "audit.head"
    path.write_text("1")

    @contextmanager
    def once_it_is_written(_: Path) -> Generator[None]:
        path.write_text("12 mac generation\n")
        yield

    monkeypatch.setattr(head_file, "exclusively", once_it_is_written)
    assert read_head(path) == Head(12, "mac", "generation")


class Mixed(HeadFile):
    """Another process is always writing: whoever does not wait for it sees a part of two heads."""

    looks = 0

    def read(self, *, alone: bool = False) -> Head | None:
        whole = super().read(alone=alone)
        self.looks += alone
        return whole if alone or whole is None else whole._replace(mac="0" * 64)


async def test_half_of_two_heads_is_no_loss_of_the_past(tmp_path: Path) -> None:
    mixed = Mixed(tmp_path / "audit.head")
    for heads in (HeadFile(mixed.path), mixed):
        store = DatabaseStore(f"sqlite:///{tmp_path / 'store.sqlite3'}")
        journal = Journal(store, key_file=tmp_path / "audit.key", heads=heads, clock=lambda: NOW)
        await journal.write(lambda _conn, _now: (None, Note(what="looked")), standing=True)
        await journal.remember_head()
        await store.close()
    assert mixed.looks == 1
