"""A whole house for a test: the sandbox as both vendors, the server over it, and a real MCP client."""

import ssl
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx2 as httpx
import mcp_types as types
from mcp.client import Client
from mcp.client.session import ElicitationFnT

from server.late_parts import LateParts, running
from server.mcp.app import build_server
from server.mcp.deriving import said_already
from server.mcp.schema import ENVELOPE, LEADING
from server.mcp.table_schema import SHARED
from server.parts import Parts, build_parts
from server.sandbox.run import running_sandbox
from server.settings.settings import Settings, load_settings
from tests.e2e.answer_facts import facts_of
from tests.e2e.eras import Era
from tests.e2e.json_schema import check_schema
from tests.e2e.person import Person
from tests.judge.witness import Witness
from tests.patience import PATIENCE
from tests.sandbox.probe import Probe
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation, Composite
from tools.operation import Action

# Plain HTTP only: one context for all clients, since each takes 40 ms to make.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

Facts = dict[str, Any]


def _around(operation: AnyOperation) -> frozenset[str]:
    changes = isinstance(operation, Action | Composite)
    shared: frozenset[str] = frozenset() if isinstance(operation, Action) else SHARED
    return LEADING | shared | (ENVELOPE | said_already(operation) if changes else {"warning"})


_AROUND = {each.name: _around(each) for each in every_operation()}
"""What an answer may hold besides the fields that its schema outlines."""

_EVERY8D_LOOKS = ("getcredit.ashx", "getdeliverystatus.ashx", "getreplymessage.ashx")
_REPORT_LOOKS = ("0", "4", "1001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a call ended, with text and structure already found to hold the same facts (`facts_of`)."""

    facts: Facts
    is_error: bool
    links: tuple[types.ResourceLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An open client, and the answers that it gets."""

    client: Client
    parts: Parts | None = None
    witness: Witness | None = None

    async def told(self, tool: str, arguments: Mapping[str, Any] | None = None) -> Told:
        """Call a tool; the answer obeys what holds for every answer."""
        call = self.witness.called("me", tool, arguments or {}) if self.witness else ""
        result = await self.client.call_tool(tool, dict(arguments or {}))
        facts = facts_of(result)
        if self.witness:
            self.witness.answered(call, facts, error=bool(result.is_error))
        if not result.is_error:
            self._check_schema(tool, facts)
        links = tuple(block for block in result.content if isinstance(block, types.ResourceLink))
        return Told(facts=facts, is_error=bool(result.is_error), links=links)

    async def facts(self, tool: str, arguments: Mapping[str, Any] | None = None) -> Facts:
        """The facts of a call that must succeed."""
        told = await self.told(tool, arguments)
        assert not told.is_error, told.facts
        return told.facts

    async def problem(self, tool: str, arguments: Mapping[str, Any] | None = None) -> Facts:
        """The problem of a call that must fail: code, message, retryable and next are always there."""
        told = await self.told(tool, arguments)
        assert told.is_error, told.facts
        assert {"code", "message", "retryable", "next"} <= told.facts.keys()
        return told.facts

    async def tools(self) -> dict[str, types.Tool]:
        """The listed tools by name."""
        return {tool.name: tool for tool in (await self.client.list_tools()).tools}

    def _check_schema(self, tool: str, facts: Facts) -> None:
        # The client has listed the tools by now, for its own check of the answer.
        schemas: dict[str, Any] = cast("Any", self.client.session)._tool_output_schemas
        schema = schemas[tool]
        check_schema(facts, schema)
        assert facts.keys() <= schema["properties"].keys() | _AROUND[tool], "told, and described nowhere"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """One sandbox and one store folder; servers and clients over them are made by the test."""

    url: str
    vendor: Probe
    folder: Path
    era: Era

    def settings(self, **changed: Any) -> Settings:
        """Both accounts at the sandbox. A change of a section is laid over that section."""
        sections: dict[str, Any] = {
            "every8d": {"base_url": self.url, "uid": "sandbox", "password": "sandbox"},
            "omis": {"base_url": self.url, "login_name": "sandbox", "password": "sandbox"},
            "store": {"folder": self.folder / "store"},
            "files": {"folder": self.folder / "images"},
            # Timing is the point of a few tests alone.
            "approval": {"human_minimum_ms": 0},
        }
        for name, value in changed.items():
            both = isinstance(value, dict) and name in sections
            sections[name] = {**sections[name], **value} if both else value
        return load_settings(None, **{name: value for name, value in sections.items() if value is not None})

    @asynccontextmanager
    async def session(self, person: Person | None = None, **changed: Any) -> AsyncGenerator[Session]:
        """A server in this process with a client in memory; without a person it cannot be asked."""
        async with open_session(self.settings(**changed), self.era, person) as session:
            yield session

    async def forget_log(self) -> None:
        """Let the vendor's log begin here."""
        await self.vendor.http.delete("/_sandbox/log")

    async def changes(self) -> list[str]:
        """The vendor's pages that were asked to change something, in order."""
        return [page for page in map(change_of, await self.vendor.log()) if page]

    async def looks(self) -> list[dict[str, str]]:
        """The fields of every vendor request since the log began."""
        return [fields_of(entry) for entry in await self.vendor.log()]


@asynccontextmanager
async def opened_house(folder: Path, era: Era) -> AsyncGenerator[House]:
    """A sandbox of its own, over this folder."""
    async with (
        running_sandbox() as url,
        httpx.AsyncClient(base_url=url, timeout=PATIENCE, trust_env=False, verify=NO_TLS) as http,
    ):
        yield House(url=url, vendor=Probe(http=http), folder=folder, era=era)


@asynccontextmanager
async def open_session(
    settings: Settings, era: Era, person: ElicitationFnT | None
) -> AsyncGenerator[Session]:
    """A server with these settings in this process, and a client in memory."""
    parts = build_parts(settings)
    try:
        async with running(LateParts.of(parts)):
            client = Client(build_server(LateParts.of(parts)), mode=era, elicitation_callback=person)
            async with client:
                yield Session(client=client, parts=parts)
    except BaseExceptionGroup as group:
        raise innermost(group) from None


def fields_of(entry: Mapping[str, Any]) -> dict[str, str]:
    """The fields of a logged request."""
    return dict(entry["fields"])


def change_of(entry: Mapping[str, Any]) -> str:
    """The page of a logged request that changes something; empty for one that only looks."""
    page = str(entry["path"]).rsplit("/", 1)[-1].lower()
    fields = {name.lower(): value for name, value in fields_of(entry).items()}
    if page in _EVERY8D_LOOKS or "/download/" in str(entry["path"]).lower():
        return ""
    if page == "managereport.aspx" and fields["option"] in _REPORT_LOOKS:
        return ""
    if page == "taskmanager.aspx" and not {"launchaction", "jobaction"} & fields.keys():
        return ""
    return page


def innermost(error: BaseException) -> BaseException:
    """The one failure inside nested task groups, so that a failing test shows what failed."""
    if isinstance(error, BaseExceptionGroup):
        inner = cast("BaseExceptionGroup[BaseException]", error).exceptions
        return innermost(inner[0]) if len(inner) == 1 else BaseExceptionGroup("several", inner)
    return error
