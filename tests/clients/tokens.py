"""What texts cost, counted with o200k: by one process of Node.js a worker, which takes a second to start."""

import atexit
import json
import subprocess
from collections.abc import Mapping
from functools import cache
from threading import Lock
from typing import Any

import anyio
import anyio.to_thread

from tests.clients.node import NODE, READY, ROOT
from tests.patience import PATIENCE


class _Counter:
    def __init__(self) -> None:
        assert READY.exists(), f"{READY} is missing. Run `make {READY.relative_to(ROOT)}` once."
        self._lock = Lock()
        self._process = subprocess.Popen(
            (NODE, ROOT / "scripts" / "count_tokens.mjs"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={"PATH": "/usr/bin:/bin"},
            text=True,
            encoding="utf-8",
        )
        atexit.register(self._process.communicate)

    def count(self, texts: Mapping[str, str]) -> dict[str, int]:
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        with self._lock:
            process.stdin.write(json.dumps(texts) + "\n")
            process.stdin.flush()
            return json.loads(process.stdout.readline())


_counter = cache(_Counter)


async def counted(texts: Mapping[str, str]) -> dict[str, int]:
    """The tokens of each text."""
    with anyio.fail_after(PATIENCE):
        return await anyio.to_thread.run_sync(lambda: _counter().count(texts), abandon_on_cancel=True)


async def tokens_of(facts: Mapping[str, Any]) -> int:
    """The tokens of an answer's text."""
    return (await counted({"answer": as_text(facts)}))["answer"]


def as_text(facts: Mapping[str, Any]) -> str:
    """An answer as its text has it."""
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
