"""What a client can know before it connects, and nothing of the operator's."""

import httpx2 as httpx
import pytest

from server.mcp.server_card import PATH
from tests.e2e.house import NO_TLS, House
from tests.e2e.process import at_the_sandbox, served
from tests.e2e.test_http_tokens import DESK
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")


async def test_the_card_says_where_the_server_is_and_whether_it_wants_a_token(house: House) -> None:
    env = at_the_sandbox(house, HTTP__TOKENS__DESK=DESK)
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        url = (await server.line("serving MCP at ")).removesuffix("/mcp")
        async with httpx.AsyncClient(trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http:
            answer = await http.get(url + PATH)
    card = answer.json()
    assert card["transport"] == {"type": "streamable-http", "endpoint": "/mcp"}
    assert card["protocolVersion"] == "2026-07-28"
    assert card["authentication"]["required"] is True
    assert "sandbox" not in answer.text
    assert DESK not in answer.text
