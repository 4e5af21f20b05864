"""The extension `io.modelcontextprotocol/skills`: `skills/list`, `skills/get`, each text as a resource."""

import hashlib
from collections.abc import Sequence
from functools import cache, partial
from importlib.resources import files
from typing import Any

from mcp.server.context import HandlerResult, ServerRequestContext
from mcp.server.extension import Extension, MethodBinding, ResourceBinding
from mcp.server.mcpserver.resources import FunctionResource
from mcp.shared.exceptions import MCPError
from mcp_types import INVALID_PARAMS, RequestParams

from server.languages.catalogue import Language

NAMES = ("safe-campaign", "morning-check", "who-failed", "months-bill")
MARKDOWN = "text/markdown"
_FENCE = "---\n"
_TITLES = {
    "safe-campaign": "A campaign that goes right",
    "morning-check": "The morning check",
    "who-failed": "Who failed, and what to do",
    "months-bill": "The month's bill",
}
_ABOUT = "How an assistant does this job well."


class Wanted(RequestParams):
    """Which skill is asked for."""

    uri: str


class Skills(Extension):
    """The skills in one language."""

    identifier = "io.modelcontextprotocol/skills"

    def __init__(self, language: Language) -> None:
        self._language: Language = language

    def methods(self) -> Sequence[MethodBinding]:
        """`skills/list` and `skills/get`."""
        return (
            MethodBinding("skills/list", RequestParams, self._list),
            MethodBinding("skills/get", Wanted, self._get),
        )

    def resources(self) -> Sequence[ResourceBinding]:
        """The texts, read where they are wanted."""
        return [ResourceBinding(self._resource(name)) for name in NAMES]

    def _resource(self, name: str) -> FunctionResource:
        return FunctionResource(
            uri=uri_of(name),
            name=f"skill-{name}",
            title=_TITLES[name],
            description=_ABOUT,
            mime_type=MARKDOWN,
            fn=partial(text_of, name, self._language),
        )

    async def _list(self, _: ServerRequestContext[Any, Any], __: RequestParams) -> HandlerResult:
        return {"skills": [skill(name, self._language) for name in NAMES]}

    async def _get(self, _: ServerRequestContext[Any, Any], params: Wanted) -> HandlerResult:
        for name in NAMES:
            if params.uri == uri_of(name):
                return skill(name, self._language)
        raise MCPError(INVALID_PARAMS, "There is no skill of this address.")


def uri_of(name: str) -> str:
    """Where its text is."""
    return f"skill://campaign-ops/{name}/SKILL.md"


def skill(name: str, language: Language) -> dict[str, Any]:
    """What a client is told of a skill; the digest is that of its text."""
    text = text_of(name, language)
    digest = hashlib.sha256(text.encode()).hexdigest()
    return {
        "uri": uri_of(name),
        "frontmatter": frontmatter(text),
        "resources": [{"uri": uri_of(name), "digest": f"sha256:{digest}"}],
    }


def frontmatter(text: str) -> dict[str, str]:
    """What stands above the text: a name and a description, a line each."""
    _, above, _ = text.split(_FENCE, 2)
    return dict(line.split(": ", 1) for line in above.splitlines())


@cache
def text_of(name: str, language: Language) -> str:
    """The whole text."""
    file = "SKILL.md" if language == "en" else f"SKILL.{language}.md"
    return (files(__package__ or "") / "texts" / name / file).read_text("utf-8")
