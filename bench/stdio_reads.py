"""A read over stdio, against a bare server whose tool asks the vendor the same; the two take turns."""

import subprocess
import time
from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from statistics import median
from tempfile import TemporaryDirectory

from bench.mcp_calls import BEGINNING, balance, check, message
from bench.processes import COMMAND, ROOT, environment, peer, sandbox
from bench.rows import Measured, Row

READ = Row(measure="stdio read, p50 / bare server", unit="×", bar=1.1)
ROWS = (READ,)
_TURNS, _READS = 30, 12


class Pipe:
    """A server on stdio."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process
        self._asked = 0

    def tell(self, line: bytes) -> None:
        """A message that has no answer, or whose answer is read later."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + b"\n")
        self._process.stdin.flush()

    def read(self) -> float:
        """Seconds of one read of the balance."""
        assert self._process.stdout is not None
        self._asked += 1
        call = balance(self._asked)
        began = time.perf_counter()
        self.tell(call)
        answer = self._process.stdout.readline()
        ended = time.perf_counter()
        check(answer)
        return ended - began

    def begin(self) -> None:
        """As a client begins."""
        assert self._process.stdout is not None
        for each in BEGINNING:
            self.tell(message(**each))
        self._process.stdout.readline()


@contextmanager
def piped(command: list[str], env: dict[str, str] | None = None) -> Generator[Pipe]:
    """A server on stdio, which has begun."""
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL, env=env, cwd=ROOT
    ) as process:
        try:
            made = Pipe(process)
            made.begin()
            yield made
        finally:
            process.terminate()


def measure() -> Iterator[Measured]:
    """The row."""
    with TemporaryDirectory() as folder, ExitStack() as stack:
        vendor = stack.enter_context(sandbox())
        ours = stack.enter_context(piped([COMMAND, "serve"], environment(folder, vendor)))
        bare = stack.enter_context(piped(peer("balance", vendor)))
        for _ in range(20):
            ours.read()
            bare.read()
        best = [float("inf"), float("inf")]
        for _ in range(_TURNS):
            for side, pipe in enumerate((ours, bare)):
                best[side] = min(best[side], median([pipe.read() for _ in range(_READS)]))
    yield READ.at(best[0] / best[1], f"{best[0] * 1000:.2f} ms, bare {best[1] * 1000:.2f} ms")
