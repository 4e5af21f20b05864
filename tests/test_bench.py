"""`make bench` prints every row: one that cannot be measured is red, and ends nothing."""

import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

from bench import __main__ as runner
from bench.rows import Measured, Row

FIRST = Row(measure="first", unit="ms", bar=2.0)
SECOND = Row(measure="second", unit="ms", bar=2.0)
RATE = Row(measure="rate", unit="/s", bar=10.0, more_is_better=True)


@pytest.fixture
def subjects(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Two subjects: one ends in mid-way, one has a rate that keeps to its bar; the file of the results."""
    results = tmp_path / "results.json"
    said: dict[str, list[Measured | Exception]] = {
        "breaking": [FIRST.at(1.0), RuntimeError("the port was taken")],
        "whole": [RATE.at(12.0, "12 of 1 second")],
    }
    for name, rows in {"breaking": (FIRST, SECOND), "whole": (RATE,)}.items():
        module = ModuleType(f"bench.{name}")
        module.__dict__["ROWS"] = rows
        monkeypatch.setitem(sys.modules, module.__name__, module)

    def lines_of(command: list[str]) -> tuple[list[str], str]:
        told = said[command[-1]]
        lines = [json.dumps(each.facts()) for each in told if not isinstance(each, Exception)]
        return lines, f"not measured: {told[-1]}"

    monkeypatch.setattr(runner, "lines_of", lines_of)
    monkeypatch.setattr(runner, "SUBJECTS", ("breaking", "whole"))
    monkeypatch.setattr(runner, "RESULTS", results)
    return results


def test_what_could_not_be_measured_is_red_and_the_rest_is_measured_all_the_same(
    subjects: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert runner.main([]) == 1
    rows = json.loads(subjects.read_text(encoding="utf-8"))["rows"]
    assert [(row["measure"], row["value"], row["passed"]) for row in rows] == [
        ("first", 1.0, True),
        ("second", None, False),
        ("rate", 12.0, True),
    ]
    assert "the port was taken" in rows[1]["note"]
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()[1:4]] == [
        "first",
        "second",
        "rate",
    ]


def test_a_process_that_breaks_tells_what_it_had_measured_and_how_it_ended() -> None:
    command = [sys.executable, "-c", "print('a line', flush=True); raise RuntimeError('no room')"]
    assert runner.lines_of(command) == (["a line"], "not measured: RuntimeError: no room")


@pytest.mark.parametrize(("row", "good", "bad"), [(FIRST, 2.0, 2.01), (RATE, 10.0, 9.99)])
def test_a_bar_is_the_most_or_the_least(row: Row, good: float, bad: float) -> None:
    assert row.at(good).passed
    assert not row.at(bad).passed


def test_every_subject_says_its_rows_before_it_measures() -> None:
    measures = [row.measure for subject in runner.SUBJECTS for row in runner.rows_of(subject)]
    assert len(set(measures)) == len(measures) > len(runner.SUBJECTS)
