"""The pictures of the README, taken of the page that `demo --console` leaves: they show what there is."""

import hashlib
import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from babel.messages.pofile import read_po

from scripts.node import NODE
from server.languages.catalogue import DOMAIN, FOLDER

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
BROWSER = ROOT / "scripts" / "browser"
_LINK = re.compile(r"(http://localhost:\d+)(/enter/\S+)")
_READY = "Ctrl-C ends it"
_LANGUAGES = ("en", "zh-TW")
PO = FOLDER / "zh_TW" / "LC_MESSAGES" / f"{DOMAIN}.po"
MADE_FROM = PICTURES / "made-from.json"
"""What the pictures were taken of, by digests: a test says when it is something else by now."""
_CONSOLE = Path("server/console")
_SHOWN = (
    *(_CONSOLE / "templates" / f"{page}.html" for page in ("base", "parts", "approval", "campaign")),
    _CONSOLE / "static" / "console.css",
)
_SAY = (
    *_SHOWN[:-1],
    *(_CONSOLE / f"{name}.py" for name in ("site", "approval_card", "campaign_card", "comparing")),
)
"""Whose sentences stand in them."""


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
    MADE_FROM.write_text(json.dumps(made_from(), indent=2) + "\n", "utf-8")


def made_from() -> dict[str, str]:
    """The digest of each file that the pages are made of, and of what is said on them in both languages."""
    shown = {path.as_posix(): _digest((ROOT / path).read_bytes()) for path in _SHOWN}
    return {**shown, "sentences": _digest("\n".join(_sentences()).encode())}


def _sentences() -> list[str]:
    places = {path.as_posix() for path in _SAY}
    with PO.open("rb") as file:
        read = read_po(file, locale="zh_TW")
    return sorted(
        f"{each.id} {each.string}" for each in read if places & {place for place, _ in each.locations}
    )


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:16]


def _said(demo: "subprocess.Popen[str]") -> str:
    said = ""
    if demo.stdout is not None:
        while _READY not in said and (line := demo.stdout.readline()):
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
