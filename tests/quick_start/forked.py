"""`subprocess.Popen` that takes our own programs from the nursery: the same process, without its imports."""

import ctypes
import inspect
import json
import os
import socket
import subprocess
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Lock
from typing import Any

from tests.loopback_only.plugin import guarded
from tests.loopback_only.sitecustomize import FOLDER
from tests.quick_start.nursery import READY

ROOT = Path(__file__).parents[2]
COMMAND = str(Path(sys.executable).parent / "campaign-ops-mcp")
OURS = ("server.", "tests.")
"""Found in any folder: the project is installed where it stands."""
_PLAIN: dict[str, Any] = {
    "preexec_fn": None,
    "pass_fds": (),
    "shell": False,
    "gid": None,
    "gids": None,
    "uid": None,
    "umask": -1,
    "process_group": -1,
    "executable": None,
}
"""What a process from the nursery can be given no other way."""
_PIPES = ("p2cread", "p2cwrite", "c2pread", "c2pwrite", "errread", "errwrite")
_OF_THE_INTERPRETER = ("PYTHON", "LANG", "LC_")
_EVERYWHERE = (str(ROOT), FOLDER)
"""On the path of every process from the nursery."""
_OF_LIBRARIES = ("PYTHON_KEYRING_BACKEND",)
_ADOPTS_ORPHANS = 36  # PR_SET_CHILD_SUBREAPER


class Nursery:
    """The process that forks; it ends when this is closed."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.environment = {"PATH": "/usr/bin:/bin", **guarded()}
        self._channel = ours
        self._lock = Lock()
        with theirs:
            self._process = subprocess.Popen(
                (sys.executable, "-m", "tests.quick_start.nursery", str(theirs.fileno())),
                cwd=ROOT,
                env=self.environment,
                pass_fds=(theirs.fileno(),),
                # Pipes, as its children have them: how a stream behaves is settled when Python starts.
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
            )
        self._hear(READY)

    def bear(self, wanted: Mapping[str, Any], streams: Sequence[int]) -> int:
        """The pid of a new child of this process."""
        with self._lock, _adopting_orphans():
            socket.send_fds(self._channel, [json.dumps(wanted).encode()], streams)
            pid = int(self._channel.recv(64))
            self._hear(READY)
        return pid

    def close(self) -> None:
        self._channel.close()
        self._process.communicate()

    def _hear(self, word: bytes) -> None:
        if self._channel.recv(64) != word:
            raise RuntimeError("the nursery has ended")


@contextmanager
def _adopting_orphans() -> Generator[None]:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_ADOPTS_ORPHANS, 1, 0, 0, 0)
    try:
        yield
    finally:
        libc.prctl(_ADOPTS_ORPHANS, 0, 0, 0, 0)


def forked_from(nursery: Nursery) -> type[subprocess.Popen[Any]]:
    """A Popen for our own programs; any other is started as ever."""
    as_ever: Any = subprocess.Popen
    names = inspect.signature(as_ever._execute_child)

    class Forked(subprocess.Popen[Any]):
        def _execute_child(self, *given: Any) -> None:
            how = names.bind(self, *given).arguments
            if not _can_be_forked(how, nursery):
                as_ever._execute_child(self, *given)
                return
            wanted = {
                "command": _plainly(how["args"]),
                "folder": os.fspath(how["cwd"] or Path.cwd()),
                "environment": _environment(how),
                "new_session": how["start_new_session"],
            }
            ends = (how["p2cread"], how["c2pwrite"], how["errwrite"])
            streams = [number if end == -1 else end for number, end in enumerate(ends)]
            pid = nursery.bear(wanted, streams)
            its: Any = self
            its.pid, its._child_created = pid, True
            its._close_pipe_fds(*(how[name] for name in _PIPES))

    return Forked


def _can_be_forked(how: Mapping[str, Any], nursery: Nursery) -> bool:
    """Whether Python would do the same for this program with nothing said to Python itself."""
    args: Any = how["args"]
    if isinstance(args, str | os.PathLike):
        return False
    said = _plainly(args)
    ours = said[0] == COMMAND or (said[:2] == [sys.executable, "-m"] and said[2].startswith(OURS))
    return (
        ours
        and all(how[name] == plain for name, plain in _PLAIN.items())
        and said_to_python(_environment(how)) == said_to_python(nursery.environment)
    )


def _plainly(args: Sequence[str]) -> list[str]:
    """As `python -m MODULE` says it: a process of the nursery imports nothing from its folder anyway."""
    if tuple(args[1:3]) == ("-P", "-m"):
        return [args[0], *args[2:]]
    as_ours_say_it = _before_a_module()
    said = len(as_ours_say_it)
    return [args[0], "-m", *args[said:]] if [*args[:said]] == as_ours_say_it else [*args]


@cache
def _before_a_module() -> list[str]:
    """How the server itself names the Python for a module of its own."""
    own_python: Any = import_module("server.own_python")
    *before, _ = own_python.as_process("")
    return before


def _environment(how: Mapping[str, Any]) -> dict[str, str]:
    return dict(os.environ if how["env"] is None else how["env"])


def said_to_python(environment: Mapping[str, str]) -> dict[str, str]:
    """What Python reads before it runs anything; that our folders are on its path says nothing."""
    said = {name: value for name, value in environment.items() if name.startswith(_OF_THE_INTERPRETER)}
    for name in _OF_LIBRARIES:
        said.pop(name, None)
    path = [each for each in said.pop("PYTHONPATH", "").split(os.pathsep) if each not in _EVERYWHERE]
    return said | {"PYTHONPATH": os.pathsep.join(path)} if any(path) else said
