"""Measures the start: from the process's birth to its answer of `tools/list` on stdio, against a bare server.

Both vendors have an account, at a closed port of this machine: nothing is reached, and nothing is simulated.
The runs of the two are interleaved, so that what else the machine does hits both.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RUNS = int(os.environ.get("RUNS", "25"))
LIMIT = 1.35
"""How many times the bare server's start this one's may take."""
CLOSED = "http://127.0.0.1:9"
ACCOUNTS = {
    "CAMPAIGN_OPS_EVERY8D__BASE_URL": CLOSED,
    "CAMPAIGN_OPS_EVERY8D__UID": "bench",
    "CAMPAIGN_OPS_EVERY8D__PASSWORD": "bench",
    "CAMPAIGN_OPS_OMIS__BASE_URL": CLOSED,
    "CAMPAIGN_OPS_OMIS__LOGIN_NAME": "bench",
    "CAMPAIGN_OPS_OMIS__PASSWORD": "bench",
}
BARE = [sys.executable, str(ROOT / "bench" / "bare_server.py")]
OURS = [str(Path(sys.executable).parent / "campaign-ops-mcp"), "serve"]
MESSAGES: list[dict[str, Any]] = [
    {
        "id": 1,
        "method": "initialize",
        "params": {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "bench", "version": "0"},
        },
    },
    {"method": "notifications/initialized"},
    {"id": 2, "method": "tools/list"},
]


def start_once(command: list[str], folder: str) -> tuple[float, int]:
    """Milliseconds until the tool list was there, and the number of tools in it."""
    environment = {**os.environ, **ACCOUNTS, "XDG_DATA_HOME": folder}
    # A user's Python keeps what it compiled; the first, uncounted run does that here.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    began = time.perf_counter()
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
        cwd=folder,
    ) as process:
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("the pipes are missing")
        for message in MESSAGES:
            process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        process.stdin.flush()
        for line in process.stdout:
            reply = json.loads(line)
            if reply.get("id") == MESSAGES[-1]["id"]:
                took = (time.perf_counter() - began) * 1000
                process.stdin.close()
                return took, len(reply["result"]["tools"])
    raise RuntimeError(f"{command[0]} ended without a tool list")


def main() -> None:
    """Print both medians and their ratio; exit code 1 above the limit."""
    bare: list[float] = []
    ours: list[float] = []
    tools = 0
    with tempfile.TemporaryDirectory() as folder:
        start_once(BARE, folder)
        start_once(OURS, folder)
        for _ in range(RUNS):
            bare.append(start_once(BARE, folder)[0])
            took, tools = start_once(OURS, folder)
            ours.append(took)
    ratio = statistics.median(ours) / statistics.median(bare)
    print(f"bare MCPServer, 1 tool:      {statistics.median(bare):6.0f} ms (median of {RUNS})")
    print(f"campaign-ops-mcp, {tools} tools: {statistics.median(ours):6.0f} ms")
    print(f"ratio {ratio:.2f}, at most {LIMIT}")
    sys.exit(ratio > LIMIT)


if __name__ == "__main__":
    main()
