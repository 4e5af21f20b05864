"""The tool list is paid for in every conversation: its size is measured, recorded and limited."""

import json
from pathlib import Path

import pytest

from server.command.tool_list import estimated_tokens, recorded_tokens, visible_text
from tools.catalog import every_operation
from tools.operation import AnyOperation

SNAPSHOTS = Path(__file__).parent / "snapshots"
MOST_TOKENS_OF_A_TOOL = 450
MOST_TOKENS_OF_ALL = 6_500
MEASURE = "run `make tokens`, and look at what it prints"

each_operation = pytest.mark.parametrize("operation", every_operation(), ids=lambda operation: operation.name)


@each_operation
def test_no_tool_is_longer_than_when_its_tokens_were_counted(operation: AnyOperation) -> None:
    assert operation.name in recorded_tokens(), MEASURE
    assert len(visible_text(operation)) <= recorded_tokens()[operation.name]["characters"], MEASURE


def test_the_record_names_no_tool_that_is_gone() -> None:
    assert set(recorded_tokens()) <= {operation.name for operation in every_operation()}, MEASURE


def test_no_tool_takes_more_tokens_than_its_share() -> None:
    fat = {name: tool for name, tool in recorded_tokens().items() if tool["tokens"] > MOST_TOKENS_OF_A_TOOL}
    assert not fat


def test_all_tools_together_stay_in_the_budget() -> None:
    assert sum(tool["tokens"] for tool in recorded_tokens().values()) <= MOST_TOKENS_OF_ALL


@each_operation
def test_what_is_measured_is_what_is_served(operation: AnyOperation) -> None:
    served = json.loads((SNAPSHOTS / f"{operation.name}.json").read_text(encoding="utf-8"))
    visible = json.loads(visible_text(operation))
    assert {key: served[key] for key in visible} == visible


@each_operation
def test_the_estimate_of_an_unchanged_tool_is_its_measurement(operation: AnyOperation) -> None:
    measured = recorded_tokens()[operation.name]
    if len(visible_text(operation)) == measured["characters"]:
        assert estimated_tokens(operation) == measured["tokens"]
