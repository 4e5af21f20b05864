"""What the type checker looks at as on another system: each module whose types may differ there."""

import pytest

from scripts.system_modules import imported, modules, that_differ


def test_the_module_of_what_differs_is_among_them_and_what_only_reckons_is_not() -> None:
    found = modules()
    assert "server/systems.py" in found
    assert "tools/sentence.py" not in found
    assert len(found) == len(set(found)) > 50


@pytest.mark.parametrize(
    "source",
    [
        "import os",
        "import os.path as p",
        "from os import environ",
        "from asyncio.subprocess import PIPE",
        "import ssl",
    ],
)
def test_whoever_imports_what_differs_is_looked_at(source: str) -> None:
    assert not that_differ().isdisjoint(imported(source))


@pytest.mark.parametrize(
    "source", ["import json", "from dataclasses import replace", "from . import os", "x = 1"]
)
def test_what_is_the_same_everywhere_needs_no_second_look(source: str) -> None:
    assert that_differ().isdisjoint(imported(source))
