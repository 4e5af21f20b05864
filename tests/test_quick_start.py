"""A process from the nursery is one of its own, and is what it would be if it had imported all for itself."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from server.store import upgrading
from server.store.database import DatabaseStore
from server.store.plans import Connection
from tests.loopback_only.plugin import guarded
from tests.quick_start.forked import ROOT, said_to_python
from tests.quick_start.new_files import be_quick

pytestmark = [
    pytest.mark.usefixtures("quick_start"),
    pytest.mark.skipif(sys.platform != "linux", reason="no process can be adopted here"),
]

PIPE = subprocess.PIPE


def mirror(*words: str, env: Mapping[str, str], **how: Any) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.quick_start.mirror", *words]
    return subprocess.Popen(
        command, cwd=ROOT, env=env, text=True, stdin=PIPE, stdout=PIPE, stderr=PIPE, **how
    )


def ended(process: "subprocess.Popen[str]") -> dict[str, Any]:
    with process:
        out, err = process.communicate("typed")
    assert (process.returncode, err) == (3, "said apart\nsaid at the end\n")
    return json.loads(out)


@pytest.mark.parametrize("new_session", [False, True])
def test_it_is_what_a_process_that_imports_all_itself_would_be(
    monkeypatch: pytest.MonkeyPatch, *, new_session: bool
) -> None:
    env = {**guarded(), "OF_THE_TEST": "1"}
    process = mirror("a", "b", env=env, start_new_session=new_session)
    quick = ended(process)
    assert quick.pop("imported"), "it was not taken from the nursery"
    assert (quick.pop("pid"), quick["parent"]) == (process.pid, os.getpid())
    monkeypatch.undo()
    plain = ended(mirror("a", "b", env=env, start_new_session=new_session))
    assert not plain.pop("imported")
    del plain["pid"]
    # What Python notes for its own children when no language is set.
    plain["environment"].pop("LC_CTYPE", None)
    assert quick == plain


def test_what_inherits_all_of_the_tests_is_quick_in_whatever_terminal_they_run() -> None:
    assert said_to_python(os.environ) == said_to_python(guarded())
    assert ended(mirror(env=os.environ))["imported"]


def test_whoever_kills_it_kills_it_alone() -> None:
    with mirror("wait", env=guarded()) as first, mirror(env=guarded()) as second:
        assert first.stdin is not None
        assert first.stdout is not None
        first.stdin.close()
        assert json.loads(first.stdout.readline())["pid"] == first.pid
        os.kill(first.pid, signal.SIGKILL)
        assert first.wait() == -signal.SIGKILL
        assert ended(second)["imported"]


def test_what_is_said_to_python_itself_is_heard_by_a_python_that_starts() -> None:
    assert not ended(mirror(env={**guarded(), "PYTHONIOENCODING": "cp950"}))["imported"]
    assert not ended(mirror(env=guarded(), umask=0o077))["imported"]


async def test_a_new_file_has_the_schema_that_migrating_makes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async def schema(name: str) -> list[Any]:
        store = DatabaseStore(f"sqlite:///{tmp_path / name}")
        try:
            return await store.read(_schema)
        finally:
            await store.close()

    migrated = await schema("migrated")
    called: list[Any] = []
    be_quick(monkeypatch)
    monkeypatch.setattr(upgrading, "upgrade", called.append)
    assert await schema("new") == migrated
    assert called == []


def _schema(conn: Connection) -> list[Any]:
    """Every table with its indexes and triggers, and the rows that a migration leaves."""
    made = conn.run("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name", ()).rows
    tables = [name for kind, name, *_ in made if kind == "table"]
    return [made, [conn.run(f"SELECT * FROM {name}", ()).rows for name in tables]]  # noqa: S608 - names of ours
