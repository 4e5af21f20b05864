"""The modules of the server whose types may differ between systems, to be checked as on another.

They are those that import a module of Python whose stub in pyright's typeshed asks for the system. On any
other the checker would say there what it says here: what is taken from our own modules is annotated in them.
"""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pyright

ROOT = Path(__file__).parents[1]
FOLDERS = ("server", "tools")
_STUBS = Path(pyright.__file__).parent / "dist" / "dist" / "typeshed-fallback" / "stdlib"
_EVERYWHERE = "builtins"
"""Nobody imports it; Windows has one name more in it, which the check of Linux refuses."""


def that_differ() -> frozenset[str]:
    """The modules of Python that are not the same on every system."""
    asking = (path for path in _STUBS.rglob("*.pyi") if "sys.platform" in path.read_text("utf-8"))
    return frozenset(_name(path.relative_to(_STUBS)) for path in asking) - {_EVERYWHERE}


def _name(path: Path) -> str:
    return ".".join(path.with_suffix("").parts).removesuffix(".__init__")


def imported(source: str) -> Iterator[str]:
    """The modules that a source imports, with the packages that they are in."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                names = [alias.name for alias in node.names]
            case ast.ImportFrom(module=str(module), level=0):
                names = [f"{module}.{alias.name}" for alias in node.names]
            case _:
                continue
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:end]) for end in range(1, len(parts) + 1))


def modules() -> list[str]:
    """Their paths below the root of the repository, in order."""
    differ = that_differ()
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    found = (path for path in paths if not differ.isdisjoint(imported(path.read_text("utf-8"))))
    return [path.relative_to(ROOT).as_posix() for path in found]


if __name__ == "__main__":
    sys.stdout.write("\n".join(modules()) + "\n")
