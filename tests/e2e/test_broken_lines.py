"""A line on stdio that cannot be read: its sender is told so, with its id where one can be read."""

import json
from pathlib import Path
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.mcp.json_id import remains_of
from tests.e2e.eras import Era
from tests.e2e.house import House
from tests.e2e.process import Served, at_the_sandbox, environment, served
from tests.gate.servers import SEND, posts
from tests.patience import PATIENCE

pytestmark = pytest.mark.usefixtures("quick_start")

CALL = '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"query_credit","arguments":{%s}}}'
BROKEN: list[tuple[bytes, int, object]] = [
    ((CALL % (7, r'"x":"\ud800"')).encode(), -32700, 7),
    ((CALL % ('"seven"', r'"x":"\ud800"')).encode(), -32700, "seven"),
    ((CALL % (8, '"x":"簡訊"')).encode("big5"), -32700, 8),
    ((CALL % (9, ""))[:-20].encode(), -32700, 9),
    (b'{"jsonrpc":"2.0","id":1', -32700, None),
    (b'{"params":{"id":5},"jsonrpc":"2.0","method":"tools/ca', -32700, None),
    (rb'{"jsonrpc":"2.0","id":"\ud800","method":"x","params":{"x":"\ud800"}}', -32700, None),
    (b"\xff\xfe\x00", -32700, None),
    (b"[" * 100_000, -32700, None),
    (b'{"jsonrpc":"2.0","id":10,"method":5}', -32600, 10),
    (b'{"jsonrpc":"1.0","id":11,"method":"ping"}', -32600, 11),
    (b'{"jsonrpc":"2.0","id":true,"method":"ping"}', -32600, None),
    (b"[]", -32600, None),
    (b"17", -32600, None),
]


async def said(server: Served, line: bytes) -> Any:
    """The next message, after this line."""
    assert server.process.stdin is not None
    assert server.process.stdout is not None
    server.process.stdin.write(line + b"\n")
    await server.process.stdin.drain()
    with anyio.fail_after(PATIENCE):
        return json.loads(await server.process.stdout.readline())


async def test_every_broken_line_is_answered_and_the_next_one_is_read(no_settings: Path, era: Era) -> None:
    async with served("--sandbox", env=environment(no_settings), folder=no_settings, era=era) as server:
        await server.ready()
        for line, code, message_id in BROKEN:
            answer = await said(server, line)
            assert (line, answer["error"]["code"], answer["id"]) == (line, code, message_id)
            assert "nothing was done" in answer["error"]["message"]
        assert server.process.stdin is not None
        server.process.stdin.write(b"\n \r\n")
        assert len((await server.ask("tools/list"))["tools"]) > 10


async def test_line_ends_of_windows_and_a_mark_of_the_byte_order_are_no_damage(no_settings: Path) -> None:
    async with served("--sandbox", env=environment(no_settings), folder=no_settings) as server:
        hello = {
            "protocolVersion": "2025-11-25",
            "capabilities": {},
            "clientInfo": {"name": "t", "version": "0"},
        }
        first = {"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}
        answer = await said(server, b"\xef\xbb\xbf" + json.dumps(first).encode() + b"\r")
    assert answer["result"]["serverInfo"]["name"] == "campaign-ops"


@pytest.mark.parametrize("era", ["legacy"], indirect=True)
async def test_a_broken_answer_to_the_question_is_nobodys_answer(house: House) -> None:
    """It bears the id of our request: told back as an error, it would end another call of the client's."""
    env = at_the_sandbox(house, APPROVAL__HUMAN_MINIMUM_MS="0")
    async with served(env=env, folder=house.folder, era="legacy") as server:
        await server.ready(elicits=True)
        await server.tell("tools/call", {"name": "send_sms", "arguments": SEND})
        assert server.process.stdout is not None
        with anyio.fail_after(PATIENCE):
            question = json.loads(await server.process.stdout.readline())
        assert question["method"] == "elicitation/create"
        result = r'{"action":"accept","content":{"approve":true,"note":"\ud800"}}'
        broken = f'{{"jsonrpc":"2.0","id":{json.dumps(question["id"])},"result":{result}}}'
        answer = await said(server, broken.encode())
    facts = json.loads(answer["result"]["content"][0]["text"])
    assert facts["outcome"] == "approval_required"
    assert await posts(house) == 0


IDS = st.one_of(st.integers(), st.text(st.characters(categories=["L", "N", "P", "Z"]), max_size=20))
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=20))
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ORDERS = st.permutations(["jsonrpc", "id", "method", "params"])


@given(own_id=IDS, params=VALUES, order=ORDERS, cut=st.floats(0, 1))
def test_an_id_read_from_a_cut_line_is_never_another_one(
    own_id: object, params: object, order: list[str], cut: float
) -> None:
    whole = {"jsonrpc": "2.0", "id": own_id, "method": "tools/call", "params": params}
    line = json.dumps({name: whole[name] for name in order}, ensure_ascii=False)
    assert remains_of(line).id in (own_id, None)
    assert remains_of(line[: round(len(line) * cut)]).id in (own_id, None)
