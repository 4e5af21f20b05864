"""The server where nothing is that only POSIX has, and the module that holds what differs."""

import json
import os
import signal
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import anyio
import pytest

from server.command.examining.store import where
from server.settings.settings import load_settings
from tests.e2e.house import House
from tests.e2e.process import Served, served
from tests.long_runs import some_long
from tests.loopback_only.plugin import guarded
from tests.systems import windows_play

PLAY = (
    *(sys.executable, "-X", "warn_default_encoding", "-W", "error::EncodingWarning"),
    windows_play.__file__,
)
"""A text that is read or written in the machine's own code page is an error."""
PICTURE = b"\xff\xd8\xff\xe0\r\n\x1a\n" + bytes(64)
SEND: dict[str, Any] = {"recipients": ["0912345101"], "text": "您好"}


def at_home(house: House) -> tuple[Path, dict[str, str]]:
    """A user's folder as on Windows, with settings as its Notepad saves them, and a console in Big5."""
    home = house.folder / "使用者 王"
    local, images = home / "AppData" / "Local", home / "圖片"
    settings = local / "campaign-ops-mcp" / "config.toml"
    for folder in (settings.parent, images):
        folder.mkdir(parents=True)
    (images / "a.jpg").write_bytes(PICTURE)
    (home / "blocked.csv").write_bytes("\ufeff# 拒收\r\n0912345109\r\n".encode())
    lines = [
        f"policy.blocked_numbers_file = '{home / 'blocked.csv'}'",
        f"files.folder = '{images}'",
        *("[every8d]", f"base_url = '{house.url}'", 'uid = "sandbox"', 'password = "sandbox"'),
        *("[omis]", f"base_url = '{house.url}'", 'login_name = "sandbox"', 'password = "sandbox"', ""),
    ]
    settings.write_bytes(("\ufeff" + "\r\n".join(lines)).encode())
    env = {"HOME": str(home), "USERPROFILE": str(home), "LOCALAPPDATA": str(local), "USERNAME": "王"}
    return home, {**env, **guarded(), "PATH": os.defpath, "PYTHONIOENCODING": "cp950", "LC_ALL": "C.UTF-8"}


async def called(server: Served, tool: str, **arguments: Any) -> Any:
    answer = await server.ask("tools/call", {"name": tool, "arguments": arguments})
    return json.loads(answer["content"][0]["text"])


async def test_a_send_is_asked_approved_and_done_once(house: House) -> None:
    home, env = at_home(house)

    async def typed(*words: str) -> str:
        done = await anyio.run_process([*PLAY, *words], env=env, cwd=home, check=False)
        assert done.returncode == 0, (done.stdout, done.stderr)
        return done.stdout.decode("cp950")

    async with served(env=env, folder=home, command=PLAY) as server:
        await server.ready()
        asked = await called(server, "send_sms", **SEND)
        said = await typed("approvals", "--approve", asked["action_id"], "--proof", "y")
        assert "is approved" in said
        done = await called(server, "send_sms", **SEND)
        again = await called(server, "send_sms", **SEND)
        blocked = await called(server, "send_sms", recipients=["0912345109"], text="您好")
        picture = {"subject": "邀請函", "text": "請看附圖", "image": "a.jpg"}
        shown = await called(server, "send_mms", **SEND | picture, dry_run=True)
        chart = await called(server, "export_records", what="delivery", file="png", batch_id=done["batch_id"])
        report = await called(server, "download_report", report_id="9001", report_type="11001")
        assert server.process.stdin is not None
        server.process.stdin.close()
        assert await server.ended_within(5) == 0
    assert (done["outcome"], done["sent"]) == ("done", 1)
    assert (again["replayed"], blocked["code"]) == (True, "policy_refused")
    assert shown["outcome"] == "dry_run"
    assert str(chart.get("name")).endswith(".png"), chart
    kept = home / "AppData" / "Local" / "campaign-ops-mcp" / "reports" / report["name"]
    assert kept.stat().st_size == report["size"]
    assert await house.changes() == ["sendsms.ashx"]
    assert "The audit is intact" in await typed("audit", "verify")


@pytest.mark.parametrize("number", some_long([signal.SIGTERM, signal.SIGQUIT]))
async def test_a_signal_ends_it_in_time(house: House, number: signal.Signals) -> None:
    """SIGQUIT stands for SIGBREAK, which a console of Windows sends."""
    home, env = at_home(house)
    async with served(env=env, folder=home, command=PLAY) as server:
        await server.ready()
        server.process.send_signal(number)
        assert await server.ended_within(5) == 0


@pytest.fixture(scope="module")
def windows() -> ModuleType:
    return windows_play.windows_systems("server_systems_of_windows")


def read(systems: Any, folder: Path, name: str) -> bytes:
    with systems.open_plain(folder, name) as opened:
        return opened.read()


@pytest.fixture(params=["this system", "windows"])
def systems(request: pytest.FixtureRequest, windows: ModuleType) -> Any:
    """Both readings of the module: the promises are the same."""
    from server import systems  # noqa: PLC0415 - beside the one of Windows

    return windows if request.param == "windows" else systems


def test_only_a_plain_file_of_the_folder_is_opened(systems: Any, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "a.jpg")
    os.mkfifo(tmp_path / "pipe")
    assert read(systems, tmp_path, "a.jpg") == PICTURE
    for name in ("folder", "link", "pipe", "none"):
        with pytest.raises(OSError, match=r".*"):
            read(systems, tmp_path, name)


def test_a_file_that_is_swapped_for_a_link_after_the_look_is_not_opened(
    windows: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.jpg").write_bytes(PICTURE)
    (tmp_path / "secret").write_bytes(b"secret")
    opened = os.open

    def swapped(path: Any, flags: int, *more: Any) -> int:
        Path(path).unlink()
        Path(path).symlink_to(tmp_path / "secret")
        return opened(path, flags, *more)

    monkeypatch.setattr(os, "open", swapped)
    with pytest.raises(FileNotFoundError):
        read(windows, tmp_path, "a.jpg")


@pytest.mark.parametrize(
    "name", ["", ".", "..", "a/b", "a\\b", "a:b", "C:a", "NUL", "com1.jpg", "a.jpg.", "a.jpg ", "a\0"]
)
def test_a_name_that_means_more_than_a_file_of_the_folder_is_none(systems: Any, name: str) -> None:
    assert not systems.plain_name(name)
    assert systems.plain_name("圖片 1.jpg")


def test_a_new_file_takes_the_place_of_nothing(systems: Any, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "there").write_bytes(b"before")
    for name in ("link", "there"):
        with pytest.raises(FileExistsError):
            systems.create_new(tmp_path / name)
    with systems.create_new(tmp_path / "new") as made:
        made.write(b"a\r\nb\n")
    assert (tmp_path / "new").read_bytes() == b"a\r\nb\n"
    assert not (tmp_path / "elsewhere").exists()


def test_a_lock_is_held_until_its_file_is_closed(systems: Any, tmp_path: Path) -> None:
    first, second = (os.open(tmp_path / "lock", os.O_CREAT | os.O_RDWR) for _ in range(2))
    assert systems.lock_now(first)
    assert not systems.lock_now(second)
    os.close(first)
    assert systems.lock_now(second)
    os.close(second)


def test_a_file_that_somebody_reads_is_replaced_once_it_is_closed(
    windows: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "replace", windows_play.refused_once(os.replace))
    (tmp_path / "new").write_bytes(b"new")
    windows.replace(tmp_path / "new", tmp_path / "head")
    assert (tmp_path / "head").read_bytes() == b"new"


@pytest.mark.parametrize("path", [r"C:\ops\store.sqlite3", "C:/ops/store.sqlite3"])
def test_the_whole_path_of_a_store_may_be_one_of_windows(no_settings: Path, path: str) -> None:
    settings = load_settings(store={"url": f"sqlite:///{path}"})
    assert where(settings) == path


def test_a_command_is_written_for_the_shell_of_its_system(windows: Any) -> None:
    program = r"C:\Program Files\ops\campaign-ops-mcp.exe"
    needs = {"CAMPAIGN_OPS_STORE__FOLDER": r"D:\it's here"}
    assert windows.shell_line(["campaign-ops-mcp", "approvals"], {}) == "campaign-ops-mcp approvals"
    assert windows.shell_line([program, "approvals", "--config", r"C:\a b.toml"], needs) == (
        r"$env:CAMPAIGN_OPS_STORE__FOLDER='D:\it''s here'; "
        r"& 'C:\Program Files\ops\campaign-ops-mcp.exe' approvals --config 'C:\a b.toml'"
    )
