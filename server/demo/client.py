"""The assistant, a real MCP client over stdio, and the person who answers the server's questions."""

import json
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, cast

import anyio
import mcp_types as types
from mcp import Client, StdioServerParameters
from mcp.client.session import ClientRequestContext
from mcp.client.stdio import stdio_client

from server.demo.home import Home
from tools.sentence import sentence

_HUMAN_SECONDS = 0.4
"""The server takes an answer within 300 ms for a machine's."""
_CALL_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """What the person does when asked; `typed` is what a question that wants a proof gets."""

    action: Literal["accept", "decline"]
    typed: str = ""
    at_once: bool = False
    """As a host that answers for the person does."""

    def content(
        self, form: types.ElicitRequestFormParams
    ) -> dict[str, str | int | float | bool | list[str] | None]:
        """The form as the person fills it in."""
        fields = cast("Mapping[str, object]", form.requested_schema.get("properties", {}))
        return {"proof": self.typed} if "proof" in fields else {"approve": self.action == "accept"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question, and what the person did."""

    question: str
    answer: str


@dataclass(slots=True, kw_only=True)
class Person:
    """Reacts to questions as the step says, at a human's pace; an unexpected question is declined."""

    reaction: Reaction | None = None
    asked: list[Asked] = field(default_factory=list[Asked])

    def begin(self, reaction: Reaction | None) -> None:
        """Forget the last step's questions."""
        self.reaction = reaction
        self.asked = []

    async def answer(
        self, context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult:
        """The elicitation callback."""
        reaction = self.reaction
        if reaction is None or not reaction.at_once:
            await anyio.sleep(_HUMAN_SECONDS)
        if (
            reaction is None
            or reaction.action == "decline"
            or isinstance(params, types.ElicitRequestURLParams)
        ):
            self.asked.append(Asked(question=params.message, answer=sentence("declines")))
            return types.ElicitResult(action="decline")
        content = reaction.content(params)
        answer = (
            sentence("types {proof}", proof=str(content["proof"]))
            if "proof" in content
            else sentence("approves")
        )
        self.asked.append(Asked(question=params.message, answer=answer))
        return types.ElicitResult(action="accept", content=content)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back from one thing that was done."""

    did: str
    """What was done, as the transcript shows it."""
    facts: Mapping[str, Any]
    is_error: bool = False
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Assistant:
    """Calls tools and reads resources."""

    client: Client

    async def call(self, tool: str, arguments: Mapping[str, Any]) -> Answer:
        """One call of a tool, with whatever the person is asked on the way."""
        result = await self.client.call_tool(tool, dict(arguments))
        shown = ", ".join(
            f"{name}={json.dumps(each, ensure_ascii=False)}" for name, each in arguments.items()
        )
        return Answer(
            did=f"{tool}({shown})",
            facts=_facts(result),
            is_error=result.is_error or False,
            links=tuple(part.uri for part in result.content if isinstance(part, types.ResourceLink)),
        )

    async def read(self, uri: str) -> Answer:
        """The content of a resource, base64 as it comes."""
        found = (await self.client.read_resource(uri)).contents[0]
        content = found.blob if isinstance(found, types.BlobResourceContents) else found.text
        return Answer(
            did=sentence("reads {what}", what=f"{uri.rpartition('/')[0]}/…"), facts={"content": content}
        )


@asynccontextmanager
async def assistant_over_stdio(home: Home, sandbox_url: str, person: Person) -> AsyncGenerator[Assistant]:
    """The server as a process, and a client that is connected to it, for the length of a block."""
    command, *arguments = home.command("serve")
    home.write_settings(sandbox_url)
    parameters = StdioServerParameters(
        command=command, args=arguments, env=home.environment(), cwd=home.folder
    )
    with home.server_log.open("w", encoding="utf-8") as log:
        transport = stdio_client(parameters, errlog=log)
        async with Client(
            transport, elicitation_callback=person.answer, read_timeout_seconds=_CALL_SECONDS
        ) as client:
            yield Assistant(client=client)


def _facts(result: types.CallToolResult) -> Mapping[str, Any]:
    """What an answer says; a failure says it in its text alone."""
    texts = [part.text for part in result.content if isinstance(part, types.TextContent)]
    return json.loads(texts[0]) if texts else {}
