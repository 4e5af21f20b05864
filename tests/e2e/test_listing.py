"""What a client sees of the tools: schemas, hints, order, and what settings leave out."""

import json
from typing import Any

import pytest
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS

from tests.e2e.house import House
from tests.e2e.json_schema import check_is_schema
from tools.catalog import every_operation
from tools.desk_operation import Composite
from tools.operation import Risk

BY_NAME = {operation.name: operation for operation in every_operation()}


async def test_every_tool_is_listed_once_sorted_by_name(house: House) -> None:
    async with house.session() as session:
        names = [tool.name for tool in (await session.client.list_tools()).tools]
    assert names == sorted(BY_NAME)


async def test_every_tool_has_all_four_hints_from_its_risk(house: House) -> None:
    async with house.session() as session:
        tools = await session.tools()
    for name, tool in tools.items():
        hints, risk = tool.annotations, BY_NAME[name].risk
        assert hints is not None
        assert hints.read_only_hint is (risk is Risk.READ), name
        assert hints.destructive_hint is (risk in (Risk.SPEND, Risk.DESTROY)), name
        again_is_the_same = risk is not Risk.CHANGE or BY_NAME[name].vendor is None
        assert hints.idempotent_hint is again_is_the_same, name
        assert hints.open_world_hint is (
            BY_NAME[name].vendor is not None or isinstance(BY_NAME[name], Composite)
        ), name


async def test_every_tool_is_described_with_title_and_both_schemas(house: House) -> None:
    async with house.session() as session:
        tools = await session.tools()
    for name, tool in tools.items():
        assert tool.title, name
        assert tool.description, name
        assert tool.output_schema, name
        assert tool.output_schema["type"] == "object", name
        check_is_schema(tool.output_schema)
        check_is_schema(tool.input_schema)
        assert tool.input_schema["additionalProperties"] is False, name


async def test_every_parameter_explains_itself(house: House) -> None:
    async with house.session() as session:
        tools = await session.tools()
    silent = [
        f"{name}.{argument}"
        for name, tool in tools.items()
        for argument, schema in tool.input_schema.get("properties", {}).items()
        if not schema.get("description") and "enum" not in schema
    ]
    assert silent == []


async def test_no_tool_lets_the_caller_approve(house: House) -> None:
    async with house.session() as session:
        tools = await session.tools()
    for tool in tools.values():
        names = set(tool.input_schema.get("properties", {}))
        assert not names & {"confirm", "approve", "approved", "force", "action", "token"}, tool.name


async def test_read_only_lists_only_what_looks(house: House) -> None:
    async with house.session(policy={"read_only": True}) as session:
        names = set(await session.tools())
    assert names == {name for name, operation in BY_NAME.items() if operation.risk is Risk.READ}


async def test_a_tool_that_is_not_listed_cannot_be_called(house: House) -> None:
    async with house.session(policy={"read_only": True}) as session:
        result: Any = None
        try:
            result = await session.client.call_tool(
                "send_sms", {"recipients": ["0912345100"], "text": "您好"}
            )
        except Exception as error:  # noqa: BLE001 - each era has its own kind of protocol error
            assert "send_sms" in str(error)  # noqa: PT017 - as above
        assert result is None or result.is_error
    assert await house.vendor.log() == []


@pytest.mark.parametrize(("without", "left"), [("omis", "every8d"), ("every8d", "omis")])
async def test_a_vendor_without_settings_has_no_tools(house: House, without: str, left: str) -> None:
    async with house.session(**{without: None}) as session:
        vendors = {BY_NAME[name].vendor for name in await session.tools()}
    assert vendors <= {left, None}
    assert left in vendors


async def test_toolsets_choose(house: House) -> None:
    async with house.session(toolsets="reports,jobs") as session:
        toolsets = {BY_NAME[name].toolset for name in await session.tools()}
    assert toolsets == {"reports", "jobs"}


async def test_the_resources_can_be_listed_and_read(house: House) -> None:
    async with house.session(policy={"points_per_call": 7, "countries": ["TW"]}) as session:
        listed = [str(resource.uri) for resource in (await session.client.list_resources()).resources]
        assert {
            "campaign-ops://policy",
            "campaign-ops://every8d/statuses",
            "campaign-ops://every8d/charging",
            "campaign-ops://omis/statuses",
        } <= set(listed)
        data = [uri for uri in listed if uri.startswith("campaign-ops:")]
        texts = {uri: (await session.client.read_resource(uri)).contents for uri in data}
    assert all(len(contents) == 1 for contents in texts.values())
    tables = {uri: json.loads(contents[0].model_dump()["text"]) for uri, contents in texts.items()}
    policy = json.dumps(tables["campaign-ops://policy"])
    assert "At most 7 points a call." in policy
    assert "TW" in policy
    statuses = {row["status_code"]: row["status_class"] for row in tables["campaign-ops://every8d/statuses"]}
    assert (statuses[100], statuses[300], statuses[303]) == ("delivered", "scheduled", "cancelled")
    assert tables["campaign-ops://every8d/charging"]
    assert tables["campaign-ops://omis/statuses"]


async def test_the_prompts_can_be_listed_and_filled_in(house: House) -> None:
    async with house.session() as session:
        prompts = (await session.client.list_prompts()).prompts
        assert {"morning_check", "who_failed", "stop_everything"} <= {prompt.name for prompt in prompts}
        assert all(prompt.description for prompt in prompts)
        filled = await session.client.get_prompt("who_failed", {"batch_id": "220478cc"})
    assert "In batch 220478cc" in filled.messages[0].content.model_dump()["text"]


async def test_the_morning_check_finds_its_batches_in_the_ledger(house: House) -> None:
    async with house.session() as session:
        filled = (await session.client.get_prompt("morning_check", {})).messages[0].content
    assert "list_actions with day" in filled.model_dump()["text"]


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("no_such_prompt", {}, "There is no prompt of this name"),
        ("who_failed", {}, "who_failed needs these arguments: batch_id"),
        (
            "who_failed",
            {"batch_id": "b1", "confirm": "true"},
            "who_failed takes only these arguments: batch_id",
        ),
        ("morning_check", {"batch_id": "b1"}, "morning_check takes only these arguments: batch_ids"),
    ],
)
async def test_a_wrong_request_for_a_prompt_says_what_is_wrong_and_is_no_crash(
    house: House, caplog: pytest.LogCaptureFixture, name: str, arguments: dict[str, str], says: str
) -> None:
    async with house.session() as session:
        with pytest.raises(MCPError, match=says) as caught:
            await session.client.get_prompt(name, arguments)
    assert caught.value.code == INVALID_PARAMS
    assert [record for record in caplog.records if record.exc_info] == []


async def test_every_argument_of_a_prompt_explains_itself(house: House) -> None:
    async with house.session() as session:
        prompts = (await session.client.list_prompts()).prompts
    silent = [each.name for prompt in prompts for each in prompt.arguments or [] if not each.description]
    assert silent == []
