"""Skills over MCP: what a client is told of each is what it then reads, in the operator's language."""

import hashlib
import re
from typing import Any

import mcp_types as types
import pytest
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from server.languages.catalogue import Language
from server.mcp.skills.extension import NAMES, frontmatter, text_of, uri_of
from tests.e2e.house import House, Session
from tools.catalog import every_operation

_TOOLS = {each.name for each in every_operation()}
_NO_TOOLS = {"trial", "per_hour", "not_between", "done_by", "wait", "unknown", "approval_required"}
"""What stands in the same quotes: arguments and outcomes."""


class Asked(types.Request[dict[str, Any] | None, str]):
    """A request of the extension."""

    method: str
    params: dict[str, Any] | None = None


class Told(BaseModel, extra="allow"):
    """Whatever came back."""


async def asked(session: Session, method: str, **params: Any) -> dict[str, Any]:
    request = Asked(method=method, params=params or None)
    told = await session.client.session.send_request(request, Told)
    return told.model_dump()


@pytest.mark.parametrize("language", ["en", "zh-TW"])
async def test_each_skill_is_listed_and_its_text_has_the_digest_that_was_told(
    house: House, language: Language
) -> None:
    async with house.session(language=language) as session:
        listed = (await asked(session, "skills/list"))["skills"]
        assert [each["frontmatter"]["name"] for each in listed] == list(NAMES)
        for each in listed:
            got = await asked(session, "skills/get", uri=each["uri"])
            assert {name: got[name] for name in each} == each
            content = (await session.client.read_resource(each["uri"])).contents[0]
            assert isinstance(content, types.TextResourceContents)
            digest = hashlib.sha256(content.text.encode()).hexdigest()
            assert each["resources"] == [{"uri": each["uri"], "digest": f"sha256:{digest}"}]


async def test_a_skill_that_there_is_not_is_said_to_be_none(house: House) -> None:
    async with house.session() as session:
        with pytest.raises(MCPError, match="no skill"):
            await asked(session, "skills/get", uri=uri_of("nothing"))


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("name", NAMES)
def test_a_skill_names_tools_that_there_are_and_says_what_is_never_done(
    name: str, language: Language
) -> None:
    text = text_of(name, language)
    named = set(re.findall(r"`([a-z_]+)`", text)) - _NO_TOOLS
    assert named <= _TOOLS
    assert named == set(re.findall(r"`([a-z_]+)`", text_of(name, "en"))) - _NO_TOOLS
    assert frontmatter(text)["name"] == name
