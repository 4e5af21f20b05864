"""Runs simulated worlds and real kills, and writes what came of them to docs/never-twice.md.

Each figure of the page is of this run alone. `make never-twice SEEDS=200000 KILLS=2500` runs for hours.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "never-twice.md"
AIM_SENDS, AIM_KILLS = 1_000_000, 10_000
_WORLDS = re.compile(r"(\d+) seeds, .*: (\d+) answers, (\d+) POSTs\n(\d+) seeds broke")
_SENDS = re.compile(r"SEED=(\d+): (\d+) kills, (\d+) calls, (\d+) texts arrived, (\{.*\})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the table."""

    what: str
    engine: str
    seeds: str
    sends: int
    kills: int
    unknown: int | None = None
    settled: int | None = None
    never: int | None = None

    def line(self) -> str:
        """As the page has it."""
        told = (self.what, self.engine, self.seeds, f"{self.sends:,}", f"{self.kills:,}")
        counts = ("–" if each is None else f"{each:,}" for each in (self.unknown, self.settled, self.never))
        return f"| {' | '.join((*told, '0', *counts))} |"


def main() -> int:
    """Run all of it; 1 when anything was sent twice, and then no page is written."""
    parser = argparse.ArgumentParser(description="Nothing is sent twice: run the proofs and write the page.")
    parser.add_argument("--start", type=int, default=0, help="the first seed of the simulated worlds")
    parser.add_argument("--seeds", type=int, default=1_000, help="simulated worlds")
    parser.add_argument("--kills", type=int, default=10, help="real kills a run")
    parser.add_argument("--recipients", type=int, default=2_000, help="of each campaign")
    asked = parser.parse_args()
    began = time.monotonic()
    try:
        rows = [_worlds(asked.start, asked.seeds), _servers(asked.kills)]
        rows += _campaigns(asked.kills, asked.recipients)
    except subprocess.CalledProcessError as failed:
        print(failed.stdout, failed.stderr, sep="\n")
        return 1
    PAGE.write_text(_page(rows, time.monotonic() - began), encoding="utf-8")
    print(PAGE.read_text(encoding="utf-8"))
    return 0


def _worlds(start: int, seeds: int) -> Row:
    said = _said([sys.executable, "scripts/simulate.py", "--start", str(start), "--seeds", str(seeds)], {})
    found = _WORLDS.search(said)
    if found is None or int(found[4]):
        raise subprocess.CalledProcessError(1, "simulate", said, "")
    return Row(
        what="simulated worlds",
        engine="SQLite",
        seeds=f"{start}–{start + seeds - 1}",
        sends=int(found[3]),
        kills=0,
    )


def _servers(kills: int) -> Row:
    said = _said(_test("tests/crash/test_kill.py", "twice and falsely"), {"KILLS": str(kills)})
    found = _SENDS.search(said)
    if found is None:
        raise subprocess.CalledProcessError(1, "kill", said, "")
    states: Mapping[str, int] = json.loads(found[5].replace("'", '"'))
    return Row(
        what="servers, a text a call",
        engine="SQLite",
        seeds=found[1],
        sends=int(found[4]),
        kills=int(found[2]),
        unknown=states.get("unknown", 0),
    )


def _campaigns(kills: int, recipients: int) -> list[Row]:
    with tempfile.TemporaryDirectory() as folder:
        figures = Path(folder) / "figures"
        given = {"KILLS": str(kills), "RECIPIENTS": str(recipients), "FIGURES": str(figures)}
        _said(_test("tests/campaigns/test_storm.py", ""), given)
        return [_campaign(json.loads(line)) for line in figures.read_text(encoding="utf-8").splitlines()]


def _campaign(told: Mapping[str, Any]) -> Row:
    many = f"{told['workers']} workers" if told["workers"] > 1 else "a worker"
    return Row(
        what=f"a campaign of {told['recipients']:,}, {many}, faults at 5 %",
        engine={"sqlite": "SQLite", "postgresql": "PostgreSQL"}[told["engine"]],
        seeds=str(told["seed"]),
        sends=told["texts"],
        kills=told["kills"],
        unknown=told["unknown"],
        settled=told["settled"],
        never=told["never_arrived"],
    )


def _test(path: str, chosen: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-s",
        "-p",
        "no:cacheprovider",
        path,
        *(["-k", chosen] if chosen else []),
    ]


def _said(command: Sequence[str], given: Mapping[str, str]) -> str:
    environment = {**os.environ, **given}
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    ).stdout


def _page(rows: Sequence[Row], seconds: float) -> str:
    sends, kills = sum(row.sends for row in rows), sum(row.kills for row in rows)
    short = [
        f"{what}: {of:,} of the {aim:,} aimed at"
        for what, of, aim in (("sends", sends, AIM_SENDS), ("kills", kills, AIM_KILLS))
        if of < aim
    ]
    day, minutes = time.strftime("%Y-%m-%d"), f"{seconds / 60:.0f} minutes"
    table = "\n".join(row.line() for row in rows)
    return f"""# Never twice

Written by `make never-twice`; each figure is of this run alone. {day}, {minutes} on {os.cpu_count()} cores,
{platform.system()}, Python {platform.python_version()}.

| what | engine | seeds | sends | kills (-9) | twice | unknown | settled by reports | never arrived |
|---|---|---|---|---|---|---|---|---|
{table}

- **What counts as a send**: a text in the vendor's log; in simulated worlds a request. Of campaigns the
  unknown, the settled and those that never arrived are recipients.
- **Who judges**: `tests/judge/` reads what clients saw and the vendor's log, and knows nothing of the server.
  It found no broken promise in any of these runs, and the log has no recipient of a campaign twice.
- **What is unknown** is what a kill or a fault left without an answer. It is never sent again by itself.
  Delivery reports settle what the vendor took; what never arrived has no report, and stays for a person.
- **The naive order** (post, then claim) texts somebody twice under the same kills: planted, and found.
- **Not run here**: {"; ".join(short) or "nothing of what is aimed at"}.
  Killed were workers of campaigns and servers of single texts, no server that plans or starts a campaign. No
  clock was moved while texts went out.
  More: `make never-twice SEEDS=200000 KILLS=2500`.
"""


if __name__ == "__main__":
    sys.exit(main())
