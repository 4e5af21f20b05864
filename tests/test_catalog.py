"""Every operation that the vendors document has a tool, and a test that calls it."""

import tomllib
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import tools
from tests.e2e.good_cases import CASES
from tools.catalog import every_operation
from tools.every8d.approval_text import SEND_APPROVAL_TEXT
from tools.offering import Risk, Toolset, Vendor, chosen
from tools.operation import Operation

_TABLE = Path(__file__).parent / "data" / "operations.toml"
DOCUMENTED: list[dict[str, Any]] = tomllib.loads(_TABLE.read_text(encoding="utf-8"))["operation"]
VENDORS: tuple[Vendor, ...] = ("every8d", "omis")
TOOLSETS: tuple[Toolset, ...] = ("sms", "reports", "launches", "jobs", "desk")
BY_NAME = {operation.name: operation for operation in every_operation()}
_left = partial(chosen, every_operation())


@pytest.mark.parametrize("row", DOCUMENTED, ids=lambda row: f"{row['document']} {row['section']}")
def test_a_documented_operation_has_a_tool_of_its_section(row: dict[str, Any]) -> None:
    operation = BY_NAME[row["tool"]]
    document = "EVERY8D" if row["document"].startswith("EVERY8D") else row["document"]
    assert operation.section.startswith(document)
    assert row["section"].split(",")[0].split(" + ")[0] in operation.section


@pytest.mark.parametrize("row", DOCUMENTED, ids=lambda row: f"{row['document']} {row['section']}")
def test_a_documented_operation_is_called_by_a_test(row: dict[str, Any]) -> None:
    assert row["tool"] in CASES


def test_the_table_holds_every_numbered_operation_of_the_documents() -> None:
    """Counted in them: 1.1 to 1.5, 2.1 to 2.4, 3.1 to 3.3; 6 Options; 5 and 5 actions; the queries."""
    sections = [row["section"] for row in DOCUMENTED]
    assert len(set(zip((row["document"] for row in DOCUMENTED), sections, strict=True))) == len(sections)
    assert sum("." in section for section in sections) == 12
    assert {section for section in sections if section.startswith("Option")} == {
        "Option 0",
        "Option 0, DOWNLOADLINK",
        "Option 2",
        "Option 3",
        "Option 4",
        "Option 1000",
        "Option 1001",
    }
    for noun in ("LaunchAction", "JobAction"):
        assert {f"{noun} {number}" for number in range(1, 6)} <= set(sections)
    assert {"LaunchID", "JobID", "EmailAddress, SMSNumber, ExternRefNum + JobType"} <= set(sections)


def test_every_tool_of_a_vendor_is_documented_or_said_to_be_ours() -> None:
    documented = {row["tool"] for row in DOCUMENTED}
    beside = {
        name
        for name in BY_NAME.keys() - documented
        if BY_NAME[name].toolset != "desk" and not BY_NAME[name].section.startswith("ours")
    }
    assert beside == set()


def test_every_tool_has_a_good_case() -> None:
    assert CASES.keys() == BY_NAME.keys()


def test_every_operation_that_is_written_is_in_the_catalogue() -> None:
    """One that is left out of its package's OPERATIONS would be missed by nobody."""
    modules = [import_module(found.name) for found in walk_packages(tools.__path__, "tools.")]
    written = {
        each.name for module in modules for each in vars(module).values() if isinstance(each, Operation)
    }
    assert written
    # The one that nobody calls: the gate sends it about what waits for a person.
    assert written - BY_NAME.keys() == {SEND_APPROVAL_TEXT.name}


def test_the_catalogue_is_sorted_by_name() -> None:
    names = [operation.name for operation in every_operation()]
    assert names == sorted(names)


def test_read_only_leaves_only_what_looks() -> None:
    left = _left(vendors=VENDORS, toolsets=TOOLSETS, read_only=True, disabled=())
    assert left
    assert {operation.risk for operation in left} == {Risk.READ}
    assert {o.name for o in left} == {o.name for o in every_operation() if o.risk is Risk.READ}


@pytest.mark.parametrize("vendor", VENDORS)
def test_a_vendor_without_an_account_has_no_tools(vendor: Vendor) -> None:
    left = _left(vendors=[vendor], toolsets=TOOLSETS, read_only=False, disabled=())
    assert {operation.vendor for operation in left} <= {vendor, None}
    assert any(operation.vendor == vendor for operation in left)


def test_without_an_every8d_account_no_tool_of_campaigns_is_offered() -> None:
    of_campaigns = {o.name for o in every_operation() if "campaign" in o.name} | {
        "read_list",
        "check_message",
    }
    with_omis = _left(vendors=["omis"], toolsets=TOOLSETS, read_only=False, disabled=())
    with_every8d = chosen(
        every_operation(), vendors=["every8d"], toolsets=TOOLSETS, read_only=False, disabled=()
    )
    assert of_campaigns & {operation.name for operation in with_omis} == set()
    assert of_campaigns <= {operation.name for operation in with_every8d}


@pytest.mark.parametrize("toolset", TOOLSETS)
def test_a_toolset_can_be_offered_alone(toolset: Toolset) -> None:
    left = _left(vendors=VENDORS, toolsets=[toolset], read_only=False, disabled=())
    assert left
    assert {operation.toolset for operation in left} == {toolset}


def test_a_disabled_tool_is_gone() -> None:
    left = chosen(
        every_operation(), vendors=VENDORS, toolsets=TOOLSETS, read_only=False, disabled=["delete_launch"]
    )
    assert BY_NAME.keys() - {operation.name for operation in left} == {"delete_launch"}
