"""Resources: the tables that explain codes and prices, the policy in force, and downloaded reports."""

import json
from typing import Any

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ResourceNotFoundError

from server.files import REPORT_URI
from server.gate.caller import Caller
from server.gate.words.answers import Answer
from server.late_parts import LateParts
from server.mcp.identity import principal, session
from tools.desk.brief import GET_MORNING_BRIEF
from tools.every8d.charging import charging_table
from tools.every8d.codes import status_table as every8d_statuses
from tools.omis.states import status_table as omis_statuses

_JSON = "application/json"


def add_resources(server: MCPServer[None], parts: LateParts) -> None:
    """Register what the configured vendors and the policy have to show."""
    if parts.settings.every8d is not None:
        _add_every8d(server)
    if parts.settings.omis is not None:
        _add_omis(server, parts)

    @server.resource(
        "campaign-ops://policy",
        name="policy",
        title="Policy in force",
        description="The operator's rules: caps, countries, quiet hours, allowed hosts and more.",
        mime_type=_JSON,
    )
    async def policy() -> str:
        return _text((await parts.opened()).gate.rules())

    @server.resource(
        "campaign-ops://brief/today",
        name="brief-today",
        title="Morning brief",
        description="What get_morning_brief tells.",
        mime_type=_JSON,
    )
    async def brief() -> str:
        who = session()
        caller = Caller(principal=who.principal, session=who.session, can_ask=False)
        ended = await (await parts.opened()).gate.call(GET_MORNING_BRIEF, {}, caller)
        return _text(ended.facts if isinstance(ended, Answer) else {})


def _add_every8d(server: MCPServer[None]) -> None:
    @server.resource(
        "campaign-ops://every8d/statuses",
        name="every8d-statuses",
        title="EVERY8D delivery statuses",
        description="Status codes of SMS and MMS deliveries with meaning and class (EVERY8D 2.2, 2.3).",
        mime_type=_JSON,
    )
    def statuses() -> str:
        return _text(every8d_statuses())

    @server.resource(
        "campaign-ops://every8d/charging",
        name="every8d-charging",
        title="EVERY8D charging",
        description="Points by length and destination (EVERY8D 1.1, 1.2).",
        mime_type=_JSON,
    )
    def charging() -> str:
        return _text(charging_table())


def _add_omis(server: MCPServer[None], parts: LateParts) -> None:
    @server.resource(
        "campaign-ops://omis/statuses",
        name="omis-statuses",
        title="OMIS launch and job statuses",
        description="States of launches and jobs, with their conditions (OMIS TaskManager).",
        mime_type=_JSON,
    )
    def statuses() -> str:
        return _text(omis_statuses())

    @server.resource(
        REPORT_URI + "{name}",
        name="report",
        title="Downloaded report",
        description="A report that download_report kept, by its name.",
        mime_type="application/octet-stream",
    )
    async def report(name: str) -> bytes:
        gate = (await parts.opened()).gate
        try:
            content = await gate.report(name, principal())
        except FileNotFoundError:
            raise ResourceNotFoundError("There is no report of this name.") from None
        # Strangers typed its cells: they could be what asks for a send.
        await gate.outside_text_was_read(session())
        return content


def _text(table: Any) -> str:
    return json.dumps(table, ensure_ascii=False, separators=(",", ":"))
