"""The judge finds every corrupted history, and nothing in those that kept each promise.

The histories are written by hand, each with a remark on what is wrong with it. A file that is named after a
promise breaks that promise, and no other.
"""

from pathlib import Path

import pytest

from tests.judge.history import load
from tests.judge.judge import RULES, judge

HISTORIES = Path(__file__).parent / "histories"
KEPT = sorted(HISTORIES.glob("kept-*.jsonl"))
BROKEN = sorted(set(HISTORIES.glob("*.jsonl")) - set(KEPT))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_a_history_that_kept_every_promise_is_found_clean(path: Path) -> None:
    assert judge(load(path)) == []


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_corrupted_history_is_found_for_the_promise_that_it_breaks(path: Path) -> None:
    promise = path.stem.partition("-")[0]
    assert {found.partition(":")[0] for found in judge(load(path))} == {promise}


def test_every_promise_has_a_history_that_breaks_it() -> None:
    assert {path.stem.partition("-")[0] for path in BROKEN} == {rule.__name__ for rule in RULES}


def test_the_judge_shares_no_code_with_what_it_judges() -> None:
    sources = (
        HISTORIES.parent / name
        for name in ("history.py", "case.py", "campaigns.py", "retries.py", "judge.py")
    )
    imports = [line for source in sources for line in source.read_text().splitlines() if "import " in line]
    for foreign in ("server", "tools", "tests.simulation", "tests.crash", "tests.gate", "tests.e2e"):
        assert not any(f"from {foreign}" in line or f"import {foreign}" in line for line in imports)
