"""What differs between systems is in one module, and nothing else may use it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ALLOWED = {"server/systems.py"}
MODULES = {"fcntl", "grp", "msvcrt", "posix", "pwd", "resource", "termios", "winreg"}
NAMES = {
    *(
        "O_BINARY",
        "O_CLOEXEC",
        "O_DIRECTORY",
        "O_NOFOLLOW",
        "O_NONBLOCK",
        "chown",
        "dir_fd",
        "fchmod",
        "fork",
    ),
    *("geteuid", "getuid", "mkfifo", "umask", "poll", "epoll", "SIGHUP", "SIGKILL", "SIGALRM", "signal"),
    *("add_signal_handler", "open_signal_receiver", "add_reader", "AF_UNIX", "platform", "uname"),
    "TCP_KEEPIDLE",
}
"""What means something else, or nothing, on another system; `signal.signal` and `sys.platform` too."""


def used(source: str) -> Iterator[str]:
    """The names of modules, attributes and keyword arguments."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import():
                yield from (alias.name for alias in node.names if alias.name in MODULES)
            case ast.ImportFrom(module=str(module)) if module in MODULES:
                yield module
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) if name in NAMES:
                yield name
            case ast.Attribute(value=ast.Name(id="os"), attr="name"):
                yield "os.name"
            case _:
                pass


def test_no_other_module_uses_what_only_some_systems_have() -> None:
    sources = {
        path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8")
        for folder in ("server", "tools")
        for path in (ROOT / folder).rglob("*.py")
    }
    found = {name: set(used(source)) for name, source in sources.items() if name not in ALLOWED}
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("import fcntl", "fcntl"),
        ("from pwd import getpwuid", "pwd"),
        ("os.open(a, os.O_NOFOLLOW)", "O_NOFOLLOW"),
        ("os.open(a, b, dir_fd=c)", "dir_fd"),
        ("anyio.open_signal_receiver(a)", "open_signal_receiver"),
        ("if sys.platform == 'win32': pass", "platform"),
        ("if os.name == 'nt': pass", "os.name"),
    ],
)
def test_such_a_use_would_be_found(source: str, name: str) -> None:
    assert name in set(used(source))
