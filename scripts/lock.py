"""Writes requirements.lock and requirements-dev.lock: every version with its hashes, no index and no path.

What they name stays at its version; `--upgrade` raises everything.
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
RUN, DEV = "requirements.lock", "requirements-dev.lock"
COMPILE = [
    *("pip", "compile", "pyproject.toml", "--quiet", *sys.argv[1:]),
    *("--universal", "--python-version", "3.11", "--extra", "postgres"),
    *("--generate-hashes", "--no-annotate", "--no-header"),
]


def main() -> None:
    """Resolve anew; what both files name has the same version in both."""
    uv = Path(sys.executable).parent / "uv"
    subprocess.run([uv, *COMPILE, "--output-file", RUN], cwd=ROOT, check=True)
    subprocess.run(
        [uv, *COMPILE, "--group", "dev", "--constraints", RUN, "--output-file", DEV], cwd=ROOT, check=True
    )


if __name__ == "__main__":
    main()
