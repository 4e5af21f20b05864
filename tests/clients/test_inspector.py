"""The Inspector's command line shows what the server says, refusals and unknown outcomes too."""

import json

import anyio

from tests.clients.node import MODULES, run_node
from tests.e2e.house import Facts, House
from tests.e2e.process import at_the_sandbox, served

INSPECTOR = MODULES / "@modelcontextprotocol" / "inspector-cli" / "build" / "index.js"
LOST = {"path": "sendSMS.ashx", "fault": "reset_after"}
CALLS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("send_sms", ("recipients=0912345100", "text=hi")),
    ("send_sms", ('recipients=["0912345100"]', "text=hi")),
    ("list_actions", ("page=1",)),
)


async def test_the_inspector_hears_a_refusal_a_page_and_an_unknown_outcome(house: House) -> None:
    env = at_the_sandbox(house)
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        url = await server.line("serving MCP at ")
        await house.vendor.control("faults", **LOST)
        heard: list[Facts] = [{} for _ in CALLS]

        async def call(place: int, tool: str, *arguments: str) -> None:
            heard[place] = await _called(url, tool, *arguments)

        async with anyio.create_task_group() as group:
            for place, (tool, arguments) in enumerate(CALLS):
                group.start_soon(call, place, tool, *arguments)
    refused, unknown, page = heard
    assert refused["isError"]
    assert "Nothing was sent." in refused["content"][0]["text"]
    assert "recipients: is no list" in refused["content"][0]["text"]
    assert unknown["structuredContent"]["outcome"] == "unknown"
    assert page["structuredContent"]["page"] == 1


async def _called(url: str, tool: str, *arguments: str) -> Facts:
    given = [part for argument in arguments for part in ("--tool-arg", argument)]
    code, output = await run_node(
        INSPECTOR, url, "--transport", "http", "--method", "tools/call", "--tool-name", tool, *given
    )
    assert code == 0, output
    return json.loads(output)
