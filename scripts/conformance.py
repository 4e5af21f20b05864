"""Runs the official MCP conformance suite against a sandboxed server over HTTP (`make conformance`).

The suite's other scenarios call tools, prompts and resources of a fixture server, which this is not;
docs/conformance.md says which are left out and why.
"""

import re
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SUITE = ROOT / "scripts/npm/node_modules/@modelcontextprotocol/conformance/dist/index.js"
READY = "serving MCP at "
IN_BOTH = {"tools-list": 3, "resources-list": 2, "prompts-list": 2, "dns-rebinding-protection": 2}
WANTED = {
    "2025-11-25": {**IN_BOTH, "server-initialize": 2, "ping": 2},
    "2026-07-28": {
        **IN_BOTH,
        "tools-list": 4,
        "server-sse-multiple-streams": 1,
        "caching": 8,
        "http-header-validation": 14,
        "sep-2164-resource-not-found": 4,
    },
}
"""For each revision the scenarios that must pass, with their number of checks: none may be skipped."""

_LINE = re.compile(r"^[✓✗] ([\w-]+): (\d+) passed, (\d+) failed", re.MULTILINE)


@contextmanager
def served(folder: Path) -> Generator[str]:
    """The URL of a sandboxed server that keeps its files in `folder`."""
    command = [sys.executable, "-m", "server.command.cli", "serve", "--sandbox", "--http", "--port", "0"]
    environment = {"XDG_DATA_HOME": str(folder), "PYTHONPATH": str(ROOT)}
    log = folder / "server.log"
    with (
        log.open("w") as stderr,
        subprocess.Popen(
            command, stderr=stderr, stdin=subprocess.DEVNULL, env=environment, cwd=folder
        ) as process,
    ):
        try:
            yield _url(log, process)
        finally:
            process.terminate()


def _url(log: Path, process: subprocess.Popen[bytes]) -> str:
    while process.poll() is None:
        if found := re.search(rf"{READY}(\S+)\n", log.read_text()):
            return found[1]
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start:\n{log.read_text()}")


def run_suite(url: str, revision: str) -> dict[str, tuple[int, int]]:
    """Each scenario's passed and failed checks."""
    command = ["node", SUITE, "server", "--url", url, "--requirements", revision]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    return {name: (int(passed), int(failed)) for name, passed, failed in _LINE.findall(ended.stdout)}


def judge(revision: str, results: dict[str, tuple[int, int]]) -> bool:
    """Print each wanted scenario, and return whether all of them passed every check."""
    good = True
    for name, checks in WANTED[revision].items():
        passed, failed = results.get(name, (0, 0))
        fine = failed == 0 and passed >= checks
        good = good and fine
        verdict = "ok    " if fine else "FAILED"
        print(f"{verdict} {revision} {name}: {passed} of {checks} checks, {failed} failed")
    return good


def main() -> None:
    """Run both revisions; exit code 1 if a wanted scenario did not pass."""
    with TemporaryDirectory() as folder, served(Path(folder)) as url:
        verdicts = [judge(revision, run_suite(url, revision)) for revision in WANTED]
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()
