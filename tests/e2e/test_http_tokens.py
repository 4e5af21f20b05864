"""Tokens over HTTP: each caller acts as the name of its token, and nobody without one acts at all."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import httpx2 as httpx
import pytest
from mcp.client import Client
from mcp.client.streamable_http import streamable_http_client

from server.demo.rows import rows_of
from tests.e2e.house import NO_TLS, House, Session, innermost
from tests.e2e.process import at_the_sandbox, served
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")

SEND: dict[str, Any] = {"recipients": ["0912345100"], "text": "您好"}
DESK, NIGHT = "d" * 40, "n" * 40
LISTING: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}


@asynccontextmanager
async def guarded(house: House) -> AsyncGenerator[str]:
    """`campaign-ops-mcp serve --http` with two tokens; its URL."""
    env = at_the_sandbox(house, HTTP__TOKENS__DESK=DESK, HTTP__TOKENS__NIGHT=NIGHT)
    async with served("--http", "--port", "0", env=env, folder=house.folder) as server:
        yield await server.line("serving MCP at ")


@asynccontextmanager
async def holding(token: str, url: str, house: House) -> AsyncGenerator[Session]:
    """A client that shows this token."""
    headers = {"authorization": f"Bearer {token}"}
    try:
        async with (
            httpx.AsyncClient(headers=headers, trust_env=False, verify=NO_TLS, timeout=PATIENCE) as http,
            Client(streamable_http_client(url, http_client=http), mode=house.era) as client,
        ):
            yield Session(client=client)
    except BaseExceptionGroup as group:
        raise innermost(group) from None


async def test_each_token_has_its_own_actions(house: House) -> None:
    async with guarded(house) as url:
        async with holding(DESK, url, house) as session:
            sent = await session.facts("send_sms", SEND)
            assert (sent["outcome"], (await session.facts("send_sms", SEND))["replayed"]) == ("done", True)
        async with holding(NIGHT, url, house) as session:
            for filters in ({}, {"words": SEND["text"]}, {"mobile": SEND["recipients"][0]}):
                listed = await session.facts("list_actions", filters)
                assert rows_of(listed) == []
                assert all(sums["sends"] == 0 for sums in listed["sums"].values())
            hidden = await session.problem("get_action", {"action_id": sent["action_id"]})
            assert hidden["code"] == "not_found"
            # The same call of somebody else is another call; that its text was sent before is asked about.
            asked = await session.facts("send_sms", SEND)
            assert (asked["outcome"], "replayed" in asked) == ("approval_required", False)
            assert (await session.facts("send_sms", SEND | {"text": "再見"}))["outcome"] == "done"
    assert len(await house.changes()) == 2


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_without_a_known_token_nothing_is_answered(house: House) -> None:
    shown = ["", f"Bearer {'x' * 40}", f"Bearer {DESK}n", f"Bearer {DESK[:-1]}", f"Basic {DESK}", "Bearer ü"]
    async with guarded(house) as url, httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        for each in shown:
            headers = {b"accept": b"application/json, text/event-stream", b"authorization": each.encode()}
            answer = await http.post(url, json=LISTING, headers=headers)
            assert (each, answer.status_code) == (each, 401)
            assert "tools" not in answer.text


@pytest.mark.parametrize("era", ["auto"], indirect=True)
async def test_a_request_with_two_tokens_is_nobodys(house: House) -> None:
    """A proxy in front may have believed the other one."""
    accept = ("accept", "application/json, text/event-stream")
    desk, night = (("authorization", f"Bearer {token}") for token in (DESK, NIGHT))
    async with guarded(house) as url, httpx.AsyncClient(trust_env=False, verify=NO_TLS) as http:
        for both in ((desk, night), (night, desk), (desk, desk)):
            answer = await http.post(url, json=LISTING, headers=[accept, *both])
            assert (answer.status_code, "tools" in answer.text) == (400, False)
        assert (await http.post(url, json=LISTING, headers=[accept, desk])).status_code == 200
