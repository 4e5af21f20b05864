"""The pictures of the README, taken of the page that `demo --console` leaves: they show what there is."""

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from scripts.node import NODE

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
BROWSER = ROOT / "scripts" / "browser"
_LINK = re.compile(r"(http://localhost:\d+)(/enter/\S+)")
_SHOWN = "Ctrl-C ends it"
_LANGUAGES = ("en", "zh-TW")


def main() -> None:
    """Start the demo's page, take the pictures, and end it."""
    PICTURES.mkdir(exist_ok=True)
    command = [sys.executable, "-m", "server.command.cli", "demo", "--console"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as demo:
        try:
            _take(_said(demo))
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()


def _said(demo: "subprocess.Popen[str]") -> str:
    said = ""
    if demo.stdout is not None:
        while _SHOWN not in said and (line := demo.stdout.readline()):
            said += line
    return said


def _take(said: str) -> None:
    found = _LINK.search(said)
    if found is None:
        raise SystemExit(f"the demo's page was not shown: {said}")
    asked = {
        "browser": shutil.which("chromium"),
        "origin": found[1],
        "link": found[2],
        "pictures": [each for language in _LANGUAGES for each in _pictures(language)],
    }
    subprocess.run([NODE, BROWSER / "shots.mjs"], input=json.dumps(asked), text=True, cwd=BROWSER, check=True)


def _pictures(language: str) -> list[dict[str, str]]:
    return [
        {
            "path": "/approvals",
            "follow": "main .card a",
            "locale": language,
            "file": str(PICTURES / f"approval.{language}.png"),
        },
        {
            "path": "/campaigns",
            "follow": "main .big a",
            "locale": language,
            "file": str(PICTURES / f"campaign.{language}.png"),
        },
    ]


if __name__ == "__main__":
    main()
