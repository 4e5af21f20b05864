"""The tool list is paid for in every conversation: its size is measured, recorded and limited."""

import json
from pathlib import Path

import pytest

from server.command.tool_list import estimated_tokens, recorded_tokens, visible_text
from tests.clients.tokens import counted
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation

SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_TOKENS_OF_A_TOOL = 450
MOST_TOKENS = {"the vendors and the ledger": 6_500, "the records": 1_900, "the campaigns": 1_900}
MOST_TOKENS_AS_LISTED = {"the vendors and the ledger": 9_500, "the records": 3_100, "the campaigns": 3_250}
"""With titles, hints and the outlines of the answers, which some hosts hand to the model too."""
MEASURE = "run `make update tokens`, and look at what it prints"

each_operation = pytest.mark.parametrize("operation", every_operation(), ids=lambda operation: operation.name)


def _as_listed(name: str) -> str:
    tool = json.loads((SNAPSHOTS / f"{name}.json").read_text(encoding="utf-8"))
    return json.dumps(tool, ensure_ascii=False, separators=(",", ":"))


async def test_the_record_says_of_each_tool_what_the_counter_counts_today() -> None:
    visible = {operation.name: visible_text(operation) for operation in every_operation()}
    tokens = await counted(visible)
    whole = await counted({name: _as_listed(name) for name in visible})
    today = {
        name: {"tokens": tokens[name], "characters": len(text), "whole": whole[name]}
        for name, text in visible.items()
    }
    assert recorded_tokens() == today, MEASURE


def test_no_tool_takes_more_tokens_than_its_share() -> None:
    fat = {name: tool for name, tool in recorded_tokens().items() if tool["tokens"] > MOST_TOKENS_OF_A_TOOL}
    assert not fat


def _sums(measure: str) -> dict[str, int]:
    sums = dict.fromkeys(MOST_TOKENS, 0)
    for operation in every_operation():
        named = (part for part in MOST_TOKENS if operation.section.startswith(f"ours: {part}"))
        part = next(named, "the vendors and the ledger")
        sums[part] += recorded_tokens()[operation.name][measure]
    return sums


def test_all_tools_together_stay_in_the_budget() -> None:
    sums = _sums("tokens")
    assert not {part: (sums[part], most) for part, most in MOST_TOKENS.items() if sums[part] > most}


def test_all_that_is_listed_stays_in_its_budget() -> None:
    sums = _sums("whole")
    assert not {part: (sums[part], most) for part, most in MOST_TOKENS_AS_LISTED.items() if sums[part] > most}


@each_operation
def test_what_is_measured_is_what_is_served(operation: AnyOperation) -> None:
    served = json.loads((SNAPSHOTS / f"{operation.name}.json").read_text(encoding="utf-8"))
    visible = json.loads(visible_text(operation))
    assert {key: served[key] for key in visible} == visible


@each_operation
def test_the_estimate_of_an_unchanged_tool_is_its_measurement(operation: AnyOperation) -> None:
    assert estimated_tokens(operation) == recorded_tokens()[operation.name]["tokens"]
