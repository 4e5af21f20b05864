"""The modules of the server whose types may differ between systems, to be checked as on another.

They are those that import a module of Python whose stub in pyright's typeshed asks for the system. On any
other the checker would say there what it says here: what is taken from our own modules is annotated in them.
Of two that half of the server imports only a few names differ; whoever has none of those is spared.
"""

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pyright

ROOT = Path(__file__).parents[1]
FOLDERS = ("server", "tools")
_STUBS = Path(pyright.__file__).parent / "dist" / "dist" / "typeshed-fallback" / "stdlib"
_BY_NAME = frozenset({"pathlib", "time"})
"""Of their stubs counts what stands under a question for the system. Nothing else in them is made of it, but
what `stat` answers, which comes from `os`.
"""
_OF_A_STAT = "st_"
_EVERYWHERE = "builtins"
"""Nobody imports it; Windows has one name more in it, which the check of Linux refuses."""


@cache
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


@cache
def names_that_differ(module: str) -> frozenset[str]:
    """What a stub defines under a question for the system."""
    path = _STUBS / module
    stub = path / "__init__.pyi" if path.is_dir() else path.with_suffix(".pyi")
    asking = (
        node
        for node in ast.walk(ast.parse(stub.read_text("utf-8")))
        if isinstance(node, ast.If) and "sys.platform" in ast.unparse(node.test)
    )
    inside = (each for node in asking for part in (*node.body, *node.orelse) for each in ast.walk(part))
    return frozenset(name for node in inside for name in _defined(node))


def _defined(node: ast.AST) -> list[str]:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [name]
        case ast.AnnAssign(target=ast.Name(id=name)) | ast.Assign(targets=[ast.Name(id=name)]):
            return [name]
        case ast.ImportFrom(names=aliases) | ast.Import(names=aliases):
            return [alias.asname or alias.name for alias in aliases]
        case _:
            return []


def may_differ(source: str) -> bool:
    """Whether the types of a module with this source may."""
    found = that_differ() & set(imported(source))
    if found - _BY_NAME:
        return True
    names = {name for module in found for name in names_that_differ(module)}
    return any(said in names or (found and said.startswith(_OF_A_STAT)) for said in _said(source))


def _said(source: str) -> Iterator[str]:
    """The names that a source uses, whatever they are of."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield name
            case ast.Constant(value=str(name)):
                # As `getattr` takes it.
                yield name
            case _:
                pass


def modules() -> list[str]:
    """Their paths below the root of the repository, in order."""
    paths = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
    found = (path for path in paths if may_differ(path.read_text("utf-8")))
    return [path.relative_to(ROOT).as_posix() for path in found]


if __name__ == "__main__":
    sys.stdout.write("\n".join(modules()) + "\n")
