"""What every test would pay anew is spared: imports, Alembic, and what each client asks of each server."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache, wraps
from importlib import import_module
from inspect import iscoroutinefunction
from typing import Any

import pytest

from tests.loopback_only.plugin import guarded
from tests.quick_start.forked import Nursery, forked_from, said_to_python


@pytest.fixture(scope="session", autouse=True)
def _nothing_said_to_python() -> Iterator[None]:
    """With the language of a terminal, what inherits all of the tests would import all for itself."""
    with pytest.MonkeyPatch.context() as patch:
        for name in said_to_python(os.environ):
            patch.delenv(name)
        for name, value in guarded().items():
            patch.setenv(name, value)
        yield


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery | None]:
    """One for each worker. None where a process cannot be adopted: there each imports all for itself."""
    if sys.platform != "linux":
        yield None
        return
    opened = Nursery()
    yield opened
    opened.close()


@pytest.fixture(scope="session", autouse=True)
def _schemas_checked_once() -> Iterator[None]:
    """Each client checks each schema anew, 6 ms long, and most tests open a client of their own."""
    validator: Any = import_module("jsonschema").Draft202012Validator
    check, known = validator.check_schema, set[str]()

    def check_once(schema: Any, *given: Any, **named: Any) -> None:
        text = json.dumps(schema, sort_keys=True)
        if given or named or text not in known:
            check(schema, *given, **named)
        known.add(text)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(validator, "check_schema", check_once)
        yield


@pytest.fixture(scope="session")
def listed_once() -> Iterator[None]:
    """Each client lists the tools for the schema of its first answer, 10 ms long. A tool has one schema."""
    session: Any = import_module("mcp.client.session").ClientSession
    validate, known = session.validate_tool_result, dict[str, Any]()

    async def validate_by_what_is_known(self: Any, name: str, result: Any) -> None:
        if name in known:
            self._tool_output_schemas.setdefault(name, known[name])
        await validate(self, name, result)
        known.update(self._tool_output_schemas)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(session, "validate_tool_result", validate_by_what_is_known)
        yield


@pytest.fixture(scope="session")
def derived_once() -> Iterator[None]:
    """Each server derives schemas from the same functions of its templates, and a check of each resource's
    arguments, 3 ms long, though few tests read one.
    """
    templates: Any = import_module("mcp.server.mcpserver.resources.templates")
    kinds: Any = import_module("mcp.server.mcpserver.resources.types")
    derive, derived = templates.func_metadata, dict[tuple[Any, str], Any]()
    checking: Any = templates.validate_call

    def derive_once(function: Any, **named: Any) -> Any:
        key = (function.__code__, repr(named))
        if key not in derived:
            derived[key] = found = derive(function, **named)
            found.arg_model.model_json_schema = cache(found.arg_model.model_json_schema)
        return derived[key]

    def check_when_called(function: Any) -> Any:
        made = cache(lambda: checking(function))

        @wraps(function)
        async def checked(*given: Any, **named: Any) -> Any:
            return await made()(*given, **named)

        return checked if iscoroutinefunction(function) else checking(function)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(templates, "func_metadata", derive_once)
        for module in (templates, kinds):
            patch.setattr(module, "validate_call", check_when_called)
        yield


@pytest.fixture
def quick_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """In this process Alembic and the disk are spared for stores. Not for what either itself proves."""
    from tests.quick_start.new_files import be_quick  # noqa: PLC0415 - what is broken breaks the tests that use it alone

    be_quick(monkeypatch)


@pytest.fixture
def quick_start(nursery: Nursery | None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not for what a start itself proves: what is imported, found on a path or read before it runs."""
    if nursery is not None:
        monkeypatch.setattr(subprocess, "Popen", forked_from(nursery))
