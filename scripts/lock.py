"""Writes the three lock files: every version with its hashes, no index and no path.

What they name stays at its version; `--upgrade` raises everything.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV, BUILD = "requirements.lock", "requirements-dev.lock", "requirements-build.lock"
COMPILE = [
    *("pip", "compile", "--quiet", *sys.argv[1:], "--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-annotate", "--no-header"),
]
PROJECT = ["pyproject.toml", "--extra", "postgres"]


def main() -> None:
    """Resolve anew; what several files name has the same version in each."""
    _compile(RUN, *PROJECT)
    _compile(DEV, *PROJECT, "--group", "dev", "--constraints", RUN)
    _compile(BUILD, "--group", "build", "--constraints", DEV)


def _compile(lock: str, *of: str) -> None:
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, *COMPILE, *of, "--output-file", lock], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
