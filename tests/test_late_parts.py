"""What a start imports, and the one door through which the rest is opened."""

import ast
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest

from server import late_parts
from server.late_parts import LateParts, running
from server.parts import Parts
from server.settings.settings import Settings, load_settings

ROOT = Path(__file__).parent.parent
SLOW = (
    *("sqlalchemy", "apsw", "alembic", "rich", "phonenumbers", "server.ledger", "server.vendors"),
    *("tools.desk", "tools.every8d", "tools.lists", "tools.omis", "tools.operation", "tools.wire", "xml"),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(store={"folder": tmp_path})


def loaded_with(module: str) -> list[str]:
    """What is imported with this module."""
    code = f"import sys, {module}; print(*sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return ran.stdout.split()


def test_what_lists_the_tools_imports_nothing_that_is_slow() -> None:
    loaded = loaded_with("server.command.serve")
    assert "server.mcp.app" in loaded
    assert [name for name in loaded if name.startswith(SLOW)] == []


@pytest.mark.parametrize(
    ("module", "needed"),
    [("server.command.worker", "server.campaigns.engine"), ("server.command.sandbox", "server.sandbox.run")],
)
def test_what_speaks_no_mcp_imports_nothing_of_it(module: str, needed: str) -> None:
    """It is a third to two thirds of what such a process imports otherwise."""
    loaded = loaded_with(module)
    assert needed in loaded
    assert [name for name in loaded if name.split(".")[0] in ("mcp", "mcp_types", "uvicorn")] == []


async def test_who_comes_at_once_gets_the_same_parts_and_they_are_built_once(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    built = Counter[str]()
    real = late_parts.builder

    def counted() -> Callable[[Settings], Parts]:
        built["times"] += 1
        return real()

    monkeypatch.setattr(late_parts, "builder", counted)
    late = LateParts(settings)
    assert late.held is None
    got: list[Parts] = []

    async def come() -> None:
        got.append(await late.opened())

    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(come)
    assert len(got) == 5
    assert {id(parts) for parts in got} == {id(late.held)}
    assert built["times"] == 1


async def test_who_is_cancelled_while_the_door_opens_leaves_it_open_for_the_next(settings: Settings) -> None:
    late = LateParts(settings)
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as group:
            group.start_soon(late.opened)
            await anyio.lowlevel.checkpoint()
            scope.cancel()
    with anyio.fail_after(20):
        assert (await late.opened()).settings is settings


async def test_a_server_that_nobody_calls_opens_its_parts_by_itself_and_closes_them(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(late_parts, "MOMENT_SECONDS", 0)
    closed: list[Parts] = []
    opened = anyio.Event()

    async def work(_: Parts) -> None:
        opened.set()
        await anyio.sleep_forever()

    async def close(parts: Parts) -> None:
        closed.append(parts)

    monkeypatch.setattr(Parts, "work", work)
    monkeypatch.setattr(Parts, "close", close)
    late = LateParts(settings)
    with anyio.fail_after(20):
        async with running(late):
            await opened.wait()
    assert closed == [late.held]


async def test_the_background_work_begins_with_the_first_call(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reaper tells a send whose server died from one that goes on: who asks at once must hear it."""
    monkeypatch.setattr(late_parts, "MOMENT_SECONDS", 3600)
    begun = anyio.Event()

    async def work(_: Parts) -> None:
        begun.set()

    monkeypatch.setattr(Parts, "work", work)
    late = LateParts(settings)
    with anyio.fail_after(20):
        async with running(late):
            await late.opened()
            await begun.wait()


async def test_a_server_that_ends_at_once_opens_nothing(settings: Settings) -> None:
    late = LateParts(settings)
    async with running(late):
        pass
    assert late.held is None


DOORS = {
    "server/command/late_group.py": 1,
    "server/late_parts.py": 1,
    "server/ledger/passkeys.py": 1,
    "server/sandbox/http_out.py": 1,
    "server/sandbox/run.py": 3,
    "server/serving.py": 3,
    "server/settings/file.py": 1,
    "server/settings/policy.py": 1,
    "server/store/migrate.py": 1,
    "server/store/opening.py": 1,
    "server/store/places.py": 1,
}
"""Each imports late what stands, with its own imports at the top, in few modules; at most fifteen in all."""


def late_imports(code: str) -> int:
    """How many imports stand in functions, and how many are called by name."""
    tree = ast.parse(code)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    inside = {
        id(node)
        for function in functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    }
    called = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", "")) in ("import_module", "__import__")
    ]
    return len(inside) + len(called)


def test_imports_stand_at_the_top_but_for_a_few_doors() -> None:
    files = (file for file in sorted((ROOT / "server").rglob("*.py")))
    counts = {str(file.relative_to(ROOT)): late_imports(file.read_text("utf-8")) for file in files}
    found = {name: count for name, count in counts.items() if count}
    assert found == DOORS
    assert sum(found.values()) <= 15


def test_an_import_in_a_function_is_counted_however_it_is_written() -> None:
    assert late_imports("import a") == 0
    assert late_imports("async def f():\n    def g():\n        from a import b\n") == 1
    assert late_imports("def f():\n    importlib.import_module('a')\n    __import__('b')\n") == 2
