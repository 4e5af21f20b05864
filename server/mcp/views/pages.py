"""The pages of MCP Apps: which tool's answers each shows, and how it is put together from its parts."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import Any

from mcp.server.apps import APP_MIME_TYPE, Apps
from mcp.server.mcpserver.resources import FunctionResource

from server.mcp.listing import Listed
from tools.offering import Risk

_VIEWS = {
    "summarize_delivery": "delivery",
    "get_points_statement": "statement",
    "get_campaign": "campaign",
    "plan_campaign": "plan",
    "retry_failed": "plan",
}
_APPROVED_BY_A_PERSON = (Risk.SPEND, Risk.DESTROY)
"""Tools that wait for a person: the view of each shows what for, and decides nothing."""
_TITLES = {
    "approval": "What waits for a person",
    "campaign": "A campaign",
    "delivery": "What became of it",
    "plan": "A plan",
    "statement": "Statement of points",
}
_DESCRIPTION = "Draws the answers of its tool in hosts that know MCP Apps."
_URI = "ui://ops/"


def meta_of(tool: Listed) -> dict[str, Any] | None:
    """What a tool's listing says of its view; None where it has none."""
    name = _view_of(tool)
    return None if name is None else {"ui": {"resourceUri": _URI + name}}


def apps_of(tools: Iterable[Listed]) -> Apps:
    """The extension, with the views of these tools."""
    apps = Apps()
    for name in sorted({name for name in map(_view_of, tools) if name is not None}):
        apps.add_resource(
            FunctionResource(
                uri=_URI + name,
                name=f"view-{name}",
                title=_TITLES[name],
                description=_DESCRIPTION,
                mime_type=APP_MIME_TYPE,
                fn=lambda name=name: page(name),
            )
        )
    return apps


def _view_of(tool: Listed) -> str | None:
    return "approval" if tool.risk in _APPROVED_BY_A_PERSON else _VIEWS.get(tool.name)


@cache
def page(name: str) -> str:
    """The whole page: nothing of it comes from elsewhere, which the hosts' rules for such pages forbid."""
    parts = {part: _read(f"{part}.js") for part in ("bridge", "drawing")} | {"view": _read(f"{name}.js")}
    whole = _read("shell.html").replace("{title}", _TITLES[name])
    for part, script in parts.items():
        whole = whole.replace(f"{{{part}}}", script)
    return whole


def _read(name: str) -> str:
    return files(__package__ or "").joinpath(name).read_text(encoding="utf-8")
