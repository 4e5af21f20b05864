"""Plays Windows as far as another system can: what only POSIX has is gone, and Windows' own is there.

As a program it runs a command of `campaign-ops-mcp` so: `python windows_play.py serve`. What it cannot play:
the paths' syntax, access lists, the Proactor loop, and a process's end by TerminateProcess.
"""

import asyncio
import functools
import importlib.util
import os
import select
import selectors
import signal
import socket
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Literal

MODULES = ("fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty")
OF_OS = (
    *("O_CLOEXEC", "O_DIRECTORY", "O_NOFOLLOW", "O_NONBLOCK", "O_SYNC", "WNOHANG", "chown", "chroot"),
    *(
        "fchmod",
        "fchown",
        "fork",
        "forkpty",
        "getegid",
        "geteuid",
        "getgid",
        "getgroups",
        "getpgid",
        "getuid",
    ),
    *("initgroups", "killpg", "lchown", "mkfifo", "mknod", "nice", "openpty", "pipe2", "posix_spawn"),
    *("sched_getaffinity", "setgid", "setsid", "setuid", "statvfs", "sysconf", "uname", "wait3", "wait4"),
)
OF_SIGNAL = (
    *("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2", "SIGPIPE"),
    *("alarm", "pthread_kill", "pthread_sigmask", "setitimer"),
)
OF_SELECT = ("poll", "epoll")
OF_SOCKET = ("AF_UNIX", "SO_REUSEPORT", "sendmsg", "recvmsg")
OF_LOOPS = ("add_reader", "add_signal_handler", "add_writer", "create_unix_server", "remove_signal_handler")


def fake_msvcrt() -> ModuleType:
    """The module as far as it is used: locks of one byte, which are refused at once when they are held."""
    import fcntl  # noqa: PLC0415 - before it is hidden

    made: Any = ModuleType("msvcrt")
    made.LK_NBLCK, made.LK_UNLCK = 2, 0

    def locking(descriptor: int, mode: int, length: int) -> None:
        assert length == 1
        fcntl.flock(descriptor, fcntl.LOCK_UN if mode == made.LK_UNLCK else fcntl.LOCK_EX | fcntl.LOCK_NB)

    made.locking = locking
    return made


def windows_systems(name: str = "server.systems") -> ModuleType:
    """`server.systems` as it is on Windows, under this name."""
    here = sys.platform
    only_there: list[tuple[object, str, object]] = [(os, "O_BINARY", 0), (signal, "SIGBREAK", signal.SIGQUIT)]
    for module, attribute, value in only_there:
        setattr(module, attribute, value)
    sys.modules["msvcrt"] = fake_msvcrt()
    spec = importlib.util.find_spec("server.systems")
    assert spec is not None
    assert spec.loader is not None
    made = importlib.util.module_from_spec(spec)
    try:
        sys.platform = "win32"
        spec.loader.exec_module(made)
    finally:
        sys.platform = here
        del sys.modules["msvcrt"]
        for module, attribute, _ in only_there:
            delattr(module, attribute)
    sys.modules[name] = made
    return made


def place_folders() -> None:
    """The user's folders where Windows has them: below LOCALAPPDATA."""
    import platformdirs  # noqa: PLC0415 - before what it looks at is hidden
    from platformdirs import windows  # noqa: PLC0415 - as above

    setattr(windows, "_RESOLVE_WIN_FOLDER", windows.get_win_folder_from_env_vars)  # noqa: B010 - private

    def placed(kind: str, name: str, *, appauthor: Literal[False]) -> Path:
        return getattr(windows.Windows(name, appauthor=appauthor), kind)

    for kind in ("user_config_path", "user_data_path"):
        setattr(platformdirs, kind, functools.partial(placed, kind))


def hide_posix() -> None:
    """Take away what Windows has not; what the libraries chose already for this system stays chosen."""
    socket.socketpair = functools.partial(socket.socketpair, family=socket.AF_UNIX)  # Windows has its own
    for module, names in ((os, OF_OS), (signal, OF_SIGNAL), (select, OF_SELECT), (socket, OF_SOCKET)):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)
    for name in MODULES:
        sys.modules[name] = None  # type: ignore[assignment]
    selectors.DefaultSelector = selectors.SelectSelector
    _hide_of_loops()
    os.open = _without_dir_fd(os.open)
    os.replace = refused_once(os.replace)
    for name in ("supports_dir_fd", "supports_fd", "supports_follow_symlinks"):
        setattr(os, name, set())


def _hide_of_loops() -> None:
    """The standard loop waits for no descriptor, as the Proactor loop; a named one starts no process."""
    standard = asyncio.SelectorEventLoop
    for name in OF_LOOPS:
        setattr(standard, name, _not_implemented)
    without_processes = type(standard.__name__, (standard,), {"_make_subprocess_transport": _not_implemented})
    setattr(asyncio, "SelectorEventLoop", without_processes)  # noqa: B010 - of another type


def _not_implemented(*_: object, **__: object) -> None:
    raise NotImplementedError


def _without_dir_fd(real: Any) -> Any:
    @functools.wraps(real)
    def opened(*arguments: Any, dir_fd: int | None = None) -> int:
        if dir_fd is not None:
            raise NotImplementedError("dir_fd unavailable on this platform")
        return real(*arguments)

    return opened


def refused_once(real: Any) -> Any:
    """A file that somebody has open cannot be replaced on Windows, until it is closed."""
    refused: set[str] = set()

    @functools.wraps(real)
    def replaced(source: Any, target: Any) -> None:
        if str(target) not in refused:
            refused.add(str(target))
            raise PermissionError(13, "the file is in use")
        real(source, target)

    return replaced


def main() -> None:
    """Run the command that the arguments name."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    for library in ("anyio._backends._asyncio", "mcp.server.stdio", "subprocess", "tempfile", "getpass"):
        importlib.import_module(library)
    windows_systems()
    place_folders()
    hide_posix()
    # A person sits there, whatever the test reads and writes through.
    sys.stdin.isatty = sys.stdout.isatty = lambda: True
    from server.command.cli import main as command  # noqa: PLC0415 - only now, on what looks like Windows

    command()


if __name__ == "__main__":
    main()
