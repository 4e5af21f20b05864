"""`python -m bench [subject …]`: measures every subject in a process of its own, and prints one table.

A subject is a module with `ROWS` and `measure()`, which yields them one after another with their figures.
What it did not come to measure is a red row that says why, and the next subject is measured all the same.
All figures go to `bench/results.json` too. The exit code is 1 when a row is red.
"""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from bench.rows import Measured, Row, found_in

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results.json"
SUBJECTS = (
    "http_reads",
    "stdio_reads",
    "start",
    "guarded_sends",
    "answers",
    "filtered",
    "callbacks",
    "summaries",
    "exports",
    "ledger",
    "lists",
    "planning",
    "dispatch",
    "campaign_memory",
)
SECONDS = 7_200 if os.environ.get("BENCH_LONG") else 900
"""The most that one subject may take."""
_MEASURE = "--measure"


def rows_of(subject: str) -> tuple[Row, ...]:
    """The rows that a subject measures."""
    rows: tuple[Row, ...] = importlib.import_module(f"bench.{subject}").ROWS
    return rows


def measured_here(subject: str) -> None:
    """Measure one subject in this process: a line of JSON a row, as it comes."""
    module: Any = importlib.import_module(f"bench.{subject}")
    found: Iterable[Measured] = module.measure()
    for each in found:
        print(json.dumps(each.facts()), flush=True)


def measured(subject: str, rows: Iterable[Row]) -> Iterator[Measured]:
    """The rows of one subject, measured in a process of its own; each comes out, whatever becomes of it."""
    left = {row.measure: row for row in rows}
    command = [sys.executable, "-m", "bench", _MEASURE, subject]
    lines, why = lines_of(command)
    for line in lines:
        found = found_in(line, left.values())
        del left[found.row.measure]
        yield found
    for row in left.values():
        yield Measured(row=row, value=None, note=why)


def lines_of(command: list[str]) -> tuple[list[str], str]:
    """What a process printed, and how it ended where that was too early."""
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as late:
        printed = late.stdout.decode() if isinstance(late.stdout, bytes) else late.stdout or ""
        return printed.splitlines(), f"not measured within {SECONDS} seconds"
    said = done.stderr.strip().splitlines()
    return done.stdout.splitlines(), f"not measured: {said[-1] if said else f'exit code {done.returncode}'}"


def line_of(found: Measured) -> str:
    """A row for people."""
    row = found.row
    value = "-" if found.value is None else f"{found.value:.2f}"
    bar = f"{'≥' if row.more_is_better else '≤'} {row.bar:g}"
    colour = "green" if found.passed else "RED"
    return f"{row.measure:58} {value:>9} {row.unit:4} {bar:>8}  {colour:6} {found.note}"


def main(arguments: list[str]) -> int:
    """Measure all subjects, or those that are named."""
    if arguments[:1] == [_MEASURE]:
        measured_here(arguments[1])
        return 0
    found: list[Measured] = []
    print(f"{'measure':58} {'value':>9} {'unit':4} {'bar':>8}")
    for subject in arguments or SUBJECTS:
        for each in measured(subject, rows_of(subject)):
            found.append(each)
            print(line_of(each), flush=True)
    write(found)
    red = sum(not each.passed for each in found)
    print(f"{len(found) - red} of {len(found)} rows are green; all of them are in {RESULTS}")
    return 1 if red else 0


def write(found: list[Measured]) -> None:
    """Keep the figures for machines, with what the machine was."""
    facts = {
        "measured_at": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "python": sys.version.split()[0],
        "rows": [each.facts() for each in found],
    }
    RESULTS.write_text(json.dumps(facts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
