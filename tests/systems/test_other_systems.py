"""What the type checker looks at as on another system: each module whose types may differ there."""

import pytest

from scripts.system_modules import imported, may_differ, modules, names_that_differ, that_differ


def test_the_module_of_what_differs_is_among_them_and_what_only_reckons_is_not() -> None:
    found = modules()
    assert "server/systems.py" in found
    assert "tools/sentence.py" not in found
    assert len(found) == len(set(found)) > 40


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


@pytest.mark.parametrize(
    "source",
    [
        "from pathlib import Path\nprint(Path().owner())",
        "from pathlib import Path\nprint(Path().stat().st_blocks)",
        "from pathlib import Path\nprint(getattr(Path(), 'is_mount'))",
        "from time import tzset",
        "import time\nfrom pathlib import Path\ntime.clock_gettime(0)",
        "import os\nfrom pathlib import Path",
    ],
)
def test_a_name_that_differs_is_looked_at_in_a_module_that_is_the_same_otherwise(source: str) -> None:
    assert may_differ(source)


@pytest.mark.parametrize(
    "source",
    ["from pathlib import Path\nPath().read_text()", "import time\ntime.monotonic()", "import json\nx.owner"],
)
def test_whoever_takes_only_what_is_the_same_of_paths_and_time_needs_no_second_look(source: str) -> None:
    assert not may_differ(source)


def test_of_paths_and_time_few_names_differ_and_none_that_others_are_made_of() -> None:
    paths, time = names_that_differ("pathlib"), names_that_differ("time")
    assert paths == {"owner", "group", "is_mount"}
    assert time >= {"tzset", "CLOCK_BOOTTIME"}
    assert all(name.startswith(("CLOCK_", "clock_", "pthread_", "tzset")) for name in time)
