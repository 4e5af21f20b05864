"""What differs between operating systems: signals, locks, private files, opening without following links.

The promise is the same on each, or the difference is written in docs/systems.md. Nothing outside of this
module asks which system it runs on; the sandbox, which shares no code, needs nothing of it.
"""

import asyncio
import os
import re
import select
import shlex
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PureWindowsPath
from typing import Any, BinaryIO

import anyio

from tools.sentence import sentence

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl
    import resource

_LOOK_SECONDS = 0.2
_REPLACE_SECONDS = 2.0
_AGAIN_SECONDS = 0.02
_PLAIN = re.compile(r"[\w.:\\/-]+")
_ROOT = 0
_AT_ONCE = 64 * 1024
_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


async def until_signal() -> str:
    """The name of the signal that asks this process to end, once it comes. Only for the main thread."""
    came, names, loop = anyio.Event(), list[str](), asyncio.get_running_loop()

    def note(number: int, _: object) -> None:
        names.append(signal.Signals(number).name)
        loop.call_soon_threadsafe(came.set)

    with _handlers(note), looking_for_signals():
        await came.wait()
    return names[0]


@contextmanager
def looking_for_signals() -> Generator[None]:
    """Within the block the running loop notices a signal within 0.2 seconds, whatever it waits for.

    Nothing wakes it for one that comes after it last looked and before it waits, or that another thread was
    given: it would be noticed with the next event, which at a question never comes. A loop on Windows that
    waits for a socket is woken by none.
    """
    loop = asyncio.get_running_loop()

    def look() -> None:
        nonlocal next_look
        next_look = loop.call_later(_LOOK_SECONDS, look)

    next_look = loop.call_later(_LOOK_SECONDS, look)
    try:
        yield
    finally:
        next_look.cancel()


@contextmanager
def _handlers(note: Callable[[int, object], None]) -> Generator[None]:
    before = {number: signal.signal(number, note) for number in _ENDING}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def plain_name(name: str) -> bool:
    """Whether a name can only mean a file of the folder that it is looked for in, on any system.

    On Windows `a:b` is a stream of the file a, `NUL` a device, and `a.` the same as `a`.
    """
    same_everywhere = name == name.rstrip(" .") and not PureWindowsPath(name).is_reserved()
    return bool(name) and same_everywhere and not any(char in name for char in "/\\:\0")


def create_new(path: Path) -> BinaryIO:
    """A file that was not there before, not as a link either, readable by its owner alone.

    Raises:
        OSError: among them FileExistsError.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _BINARY, 0o600), "wb")


class OutPipe:
    """What stdout was: what it has room for is written here and now, without a thread."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def wrote_at_once(self, data: bytes) -> bool:
        """Write all of it if that cannot wait for the reader (POSIX: PIPE_BUF); else nothing.

        Raises:
            OSError: the reader has gone.
        """
        if sys.platform == "win32" or len(data) > select.PIPE_BUF:
            return False
        asked = select.poll()
        asked.register(self._descriptor, select.POLLOUT)
        if asked.poll(0) != [(self._descriptor, select.POLLOUT)]:
            return False
        self.write(data)
        return True

    def write(self, data: bytes) -> None:
        """Write all of it, however long that takes.

        Raises:
            OSError: the reader has gone.
        """
        left = memoryview(data)
        while left:
            left = left[os.write(self._descriptor, left) :]


class InPipe:
    """stdin, line by line, without a thread that waits for it. It is read while a line is waited for."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._read = bytearray()
        self._ended = False

    async def readline(self) -> bytes:
        """The next line with its end; what is left at the end of the file, then nothing."""
        looked_at = 0
        while (end := self._read.find(b"\n", looked_at) + 1) == 0 and not self._ended:
            looked_at = len(self._read)
            await self._more()
        line = bytes(self._read[: end or len(self._read)])
        del self._read[: len(line)]
        return line

    async def _more(self) -> None:
        loop = asyncio.get_running_loop()
        came: asyncio.Future[None] = loop.create_future()
        loop.add_reader(self._descriptor, _set, came)
        try:
            await came
        finally:
            loop.remove_reader(self._descriptor)
        found = os.read(self._descriptor, _AT_ONCE)
        self._ended = not found
        self._read += found


def _set(came: "asyncio.Future[None]") -> None:
    if not came.done():
        came.set_result(None)


def take_stdout() -> OutPipe | None:
    """For the caller alone: what else is printed goes to stderr. None where it cannot be asked for room."""
    if not hasattr(select, "poll"):
        return None
    taken = os.dup(1)
    os.dup2(2, 1)
    return OutPipe(taken)


def widen_pipe(pipe: int, room: int) -> None:
    """Let a pipe hold so many bytes before who writes has to wait, where the system can: Linux alone."""
    if sys.platform == "linux":
        with suppress(OSError):
            fcntl.fcntl(pipe, fcntl.F_SETPIPE_SZ, room)


def stdin_pipe() -> InPipe | None:
    """None where it is no pipe (a file, a terminal), or where the loop cannot wait for one."""
    kind = os.fstat(0).st_mode
    if not hasattr(select, "poll") or not (stat.S_ISFIFO(kind) or stat.S_ISSOCK(kind)):
        return None
    return InPipe(0)


def start_detached(command: Sequence[str], given: bytes) -> int:
    """Start a program that outlives this process, with this on its standard input; its process id.

    What it prints is lost.
    """
    nowhere = subprocess.DEVNULL
    started = subprocess.Popen[bytes](
        command, stdin=subprocess.PIPE, stdout=nowhere, stderr=nowhere, **_DETACHED
    )
    _STARTED.append(started)
    if started.stdin is not None:
        with started.stdin as pipe:
            pipe.write(given)
    return started.pid


_STARTED: list[subprocess.Popen[bytes]] = []
"""Kept, so that one that has ended is waited for, and none is warned of."""

if sys.platform == "win32":
    # DETACHED_PROCESS and CREATE_NEW_PROCESS_GROUP.
    _DETACHED: dict[str, Any] = {"creationflags": 0x008 | 0x200}
    _ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGBREAK)
    _BINARY = os.O_BINARY

    def lock_now(descriptor: int) -> bool:
        """Lock the open file against other processes until it is closed; False where another one holds it."""
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def open_plain(folder: Path, name: str) -> BinaryIO:
        """A plain file of the folder, for reading: looked at first, and the very one that was looked at.

        Raises:
            OSError: there is no such file, or it is a link, a folder or a device.
        """
        path = folder / name
        seen = path.lstat()
        if not stat.S_ISREG(seen.st_mode):
            raise FileNotFoundError(name)
        opened = os.fdopen(os.open(path, os.O_RDONLY | _BINARY), "rb")
        if not os.path.samestat(os.fstat(opened.fileno()), seen):
            opened.close()
            raise FileNotFoundError(name)
        return opened

    def replace(source: Path, target: Path) -> None:
        """Put a file in another's place at once. Here it waits while somebody has the other one open."""
        end = time.monotonic() + _REPLACE_SECONDS
        while True:
            try:
                source.replace(target)
            except PermissionError:
                if time.monotonic() > end:
                    raise
                time.sleep(_AGAIN_SECONDS)
            else:
                return

    def sync_folder(_folder: Path) -> None:
        """Nothing to do: the file system writes its names down in order, and no folder can be synced."""

    def files_at_once() -> int:
        """How many files, sockets among them, the process may have open: here so many at least."""
        return 8192

    def reserve_address(sock: socket.socket) -> None:
        """Nothing to do: the option that lets a port be taken again at once would let it be stolen here."""

    def shell_line(words: Sequence[str], environment: Mapping[str, str]) -> str:
        """A command as it is typed in PowerShell, with what it needs in the environment."""
        settings = [f"$env:{name}={_quoted(value)}; " for name, value in environment.items()]
        program, *arguments = words
        called = program if _PLAIN.fullmatch(program) else f"& {_quoted(program)}"
        shown = [each if _PLAIN.fullmatch(each) else _quoted(each) for each in arguments]
        return "".join(settings) + " ".join([called, *shown])

    def _quoted(text: str) -> str:
        return "'" + text.replace("'", "''") + "'"

    def why_not_trusted(path: Path) -> str:
        """Always empty: who may write a file stands in access lists here, which are not read.

        Raises:
            OSError: the file is not there, or cannot be looked at.
        """
        path.stat()
        return ""

else:
    _DETACHED: dict[str, Any] = {"start_new_session": True}
    _ENDING = (signal.SIGINT, signal.SIGTERM)
    _BINARY = 0

    def lock_now(descriptor: int) -> bool:
        """Lock the open file against other processes until it is closed; False where another one holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def open_plain(folder: Path, name: str) -> BinaryIO:
        """A plain file of the folder, for reading: below the folder's own descriptor, following no link.

        Raises:
            OSError: there is no such file, or it is a link, a folder or a device.
        """
        directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=directory)
        finally:
            os.close(directory)
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            os.close(descriptor)
            raise FileNotFoundError(name)
        return os.fdopen(descriptor, "rb")

    def replace(source: Path, target: Path) -> None:
        """Put a file in another's place at once."""
        source.replace(target)

    def sync_folder(folder: Path) -> None:
        """Bring the names in the folder to the disk: a file that was renamed is found there after a crash."""
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def files_at_once() -> int:
        """How many files, sockets among them, the process may have open."""
        return resource.getrlimit(resource.RLIMIT_NOFILE)[0]

    def reserve_address(sock: socket.socket) -> None:
        """Let the port of a server that just ended be taken again at once."""
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    def shell_line(words: Sequence[str], environment: Mapping[str, str]) -> str:
        """A command as it is typed in a shell, with what it needs in the environment."""
        settings = [f"{name}={shlex.quote(value)} " for name, value in environment.items()]
        return "".join(settings) + shlex.join(words)

    def why_not_trusted(path: Path) -> str:
        """Who besides the user and root could change the file or put another in its place; empty for nobody.

        The folders above count, and so do those of what a link points to: whoever may write one of them can
        replace what is in it, unless its sticky bit stands.

        Raises:
            OSError: the file is not there, or cannot be looked at.
        """
        if problem := _why_not_private(path):
            return problem
        folders = dict.fromkeys([*path.parents, *path.resolve(strict=True).parents])
        return next(filter(None, (_why_not_private(folder) for folder in folders)), "")

    def _why_not_private(path: Path) -> str:
        status = path.stat()
        if status.st_uid not in (_ROOT, os.geteuid()):
            return sentence(
                "{path} belongs to another user. Give it to the user who runs this program", path=str(path)
            )
        sticky = stat.S_ISDIR(status.st_mode) and status.st_mode & stat.S_ISVTX
        if status.st_mode & _OTHERS_WRITE and not sticky:
            return sentence("others may write {path}. Run `chmod go-w '{path}'`", path=str(path))
        return ""


def can_open_a_browser() -> bool:
    """Whether there is a screen to open one on: elsewhere some programs show pages in the terminal."""
    return sys.platform in ("win32", "darwin") or bool(
        os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    )
