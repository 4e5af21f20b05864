import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from server.store.key_file import KeyFileError, load_or_create_key
from server.store.keys import hash_number


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "audit.key"
    key = load_or_create_key(path)
    assert len(key) == 32
    assert load_or_create_key(path) == key
    assert (mode(path), mode(path.parent)) == (0o600, 0o700)


def test_eight_callers_at_once_make_one_key(tmp_path: Path) -> None:
    """The lock file keeps threads apart as it does processes: each caller opens it for itself."""
    barrier = Barrier(8)

    def make(path: Path) -> bytes:
        barrier.wait()
        return load_or_create_key(path)

    with ThreadPoolExecutor(8) as pool:
        for number in range(20):
            assert len(set(pool.map(make, [tmp_path / f"{number}.key"] * 8))) == 1


@pytest.mark.parametrize("content", ["", "not hexadecimal", "00ff"])
def test_a_damaged_key_is_refused_and_never_replaced(tmp_path: Path, content: str) -> None:
    path = tmp_path / "audit.key"
    path.write_text(content)
    with pytest.raises(KeyFileError) as caught:
        load_or_create_key(path)
    assert str(tmp_path) not in str(caught.value)
    assert path.read_text() == content


def test_a_key_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(KeyFileError):
        load_or_create_key(tmp_path / "data" / "audit.key")


def test_a_number_is_found_again_only_with_the_key() -> None:
    first = hash_number(b"k" * 32, "+886912345678")
    assert first == hash_number(b"k" * 32, "+886912345678")
    assert first != hash_number(b"l" * 32, "+886912345678")
    assert first != hash_number(b"k" * 32, "+886912345679")
    assert len(first) == 64
