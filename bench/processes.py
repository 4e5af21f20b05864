"""Processes that are measured, or that what is measured talks to; each ends with its block."""

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COMMAND = str(Path(sys.executable).parent / "campaign-ops-mcp")
PEERS = ROOT / "bench" / "peers"
NUMBER = "0912345678"
"""The number that may be texted without approval."""
_URL = re.compile(r"\bat (http://127\.0\.0\.1:[0-9]+\S*)")


def environment(folder: str, url: str, **settings: str) -> dict[str, str]:
    """The environment of a server of ours whose vendors are at a URL, and which keeps its things in a folder.

    A user's Python keeps what it compiled, so ours does.
    """
    ours = {
        "EVERY8D__BASE_URL": url,
        "EVERY8D__UID": "sandbox",
        "EVERY8D__PASSWORD": "sandbox",
        "OMIS__BASE_URL": url,
        "OMIS__LOGIN_NAME": "sandbox",
        "OMIS__PASSWORD": "sandbox",
        "STORE__FOLDER": folder,
        "CONSOLE__ENABLED": "false",
        **settings,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CAMPAIGN_OPS_")}
    kept.pop("PYTHONDONTWRITEBYTECODE", None)
    return kept | {f"CAMPAIGN_OPS_{name}": value for name, value in ours.items()}


@contextmanager
def listening(command: list[str], env: Mapping[str, str] | None = None) -> Generator[str]:
    """A process, once it has said on stderr at which URL it listens; gives that URL."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=ROOT, env=env) as process:
        try:
            assert process.stderr is not None
            said = ""
            for line in process.stderr:
                said += line
                if found := _URL.search(line):
                    # What it says later on is read too: a full pipe would hold it.
                    threading.Thread(target=process.stderr.read, daemon=True).start()
                    yield found[1]
                    return
            raise RuntimeError(f"{command[-1]} ended before it listened: {said}")
        finally:
            process.terminate()


@contextmanager
def sandbox() -> Generator[str]:
    """Both simulated vendors, in a process of their own."""
    with listening([COMMAND, "sandbox", "--port", "0"]) as url:
        yield url


def peer(name: str, *arguments: str) -> list[str]:
    """The command of a bare peer."""
    return [sys.executable, str(PEERS / f"{name}.py"), *arguments]


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]
