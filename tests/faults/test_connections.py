"""An answer belongs to the request that it followed: nothing that lay on a connection before is one."""

import gzip
import zlib
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx2 as httpx
import pytest

from server.vendors import watch
from server.vendors.connections import Connections
from server.vendors.exchange import exchange
from server.vendors.outgoing import Outgoing
from tests.faults.certificates import own_certificate
from tests.faults.front_door import CREDIT, LOOKING, RECEIPT, SEND, SENDING, front_door, posts
from tests.faults.scripted import Exchange, ScriptedVendor, answer, whole
from tests.traced_memory import traced

LONG = "x" * 3_000_000
LOOKS_BEFORE_A_SEND = 2
USED_AGAIN = 2
"""The second request, which goes over the first one's connection."""


@pytest.fixture(params=["http", "https"])
async def talking(
    request: pytest.FixtureRequest, short_waits: None, no_settings: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[ScriptedVendor]:
    """A vendor that keeps its connections open, over plain HTTP and over TLS."""
    tls = None
    if request.param == "https":
        tls, trusted = own_certificate(no_settings)
        monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    async with ScriptedVendor.serving(whole(CREDIT), tls) as vendor:
        vendor.keeps_alive = True
        yield vendor


async def test_an_answer_glued_to_a_looks_answer_is_not_the_answer_to_the_send(
    no_settings: Path, talking: ScriptedVendor
) -> None:
    """The second answer claims that the send was accepted; the vendor ends the connection without a word."""

    async def look(exchange: Exchange) -> None:
        await exchange.say(answer(CREDIT) + answer(RECEIPT))

    async def hang_up(exchange: Exchange) -> None:
        exchange.writer.close()

    talking.plays = {LOOKING: look, SENDING: hang_up}
    async with front_door(talking, no_settings) as session:
        told = await session.told("send_sms", SEND)
    assert told.facts["outcome"] == "unknown"
    assert talking.requests == [LOOKING, LOOKING, SENDING]


async def test_an_answer_glued_to_a_looks_answer_is_not_the_answer_to_the_next_look(
    no_settings: Path, talking: ScriptedVendor
) -> None:
    async def look(exchange: Exchange) -> None:
        credit = "7.00" if talking.requests.count(LOOKING) > 1 else CREDIT
        await exchange.say(answer(credit) + answer("999999.00"))

    talking.plays = {LOOKING: look}
    async with front_door(talking, no_settings) as session:
        credits_left = [(await session.facts("query_credit"))["credit"] for _ in range(2)]
    assert credits_left == [1230, 7]


async def test_looks_share_a_connection_that_a_send_never_uses(
    no_settings: Path, talking: ScriptedVendor
) -> None:
    async def look(exchange: Exchange) -> None:
        await exchange.say(answer(CREDIT))

    async def send(exchange: Exchange) -> None:
        await exchange.say(answer(RECEIPT))

    talking.plays = {LOOKING: look, SENDING: send}
    async with front_door(talking, no_settings) as session:
        for _ in range(3):
            await session.facts("query_credit")
        looked = talking.connections
        told = await session.told("send_sms", SEND)
        sent = talking.connections
        await session.facts("query_credit")
    assert told.facts["outcome"] == "done"
    assert (looked, sent, talking.connections) == (1, 2, 2)


async def test_an_answer_that_comes_after_a_looks_answer_is_not_the_answer_to_the_next_look(
    no_settings: Path, talking: ScriptedVendor
) -> None:
    """It comes over a connection that was clean, and is there before the next look."""
    said: list[Exchange] = []

    async def look(exchange: Exchange) -> None:
        said.append(exchange)
        await exchange.say(answer(CREDIT))

    talking.plays = {LOOKING: look}
    async with front_door(talking, no_settings) as session:
        await session.facts("query_credit")
        await said[0].say(answer("999999.00"))
        # A reading of the ledger gives the stray answer the time to arrive.
        await session.facts("list_actions")
        assert (await session.facts("query_credit"))["credit"] == 1230
    assert talking.connections == 2


@pytest.mark.parametrize("ends", ["close", "reset"])
async def test_a_connection_that_ends_as_a_look_uses_it_again_costs_the_look_nothing(
    no_settings: Path, talking: ScriptedVendor, ends: str
) -> None:
    async def look(exchange: Exchange) -> None:
        if talking.requests.count(LOOKING) != USED_AGAIN:
            await exchange.say(answer(CREDIT))
        elif ends == "close":
            exchange.writer.close()
        else:
            exchange.reset()

    talking.plays = {LOOKING: look}
    async with front_door(talking, no_settings) as session:
        credits_left = [(await session.facts("query_credit"))["credit"] for _ in range(2)]
    assert credits_left == [1230, 1230]
    assert (len(talking.requests), talking.connections) == (3, 2)


async def test_a_look_that_fails_on_a_new_connection_is_not_repeated(
    no_settings: Path, talking: ScriptedVendor
) -> None:
    async def hang_up(exchange: Exchange) -> None:
        exchange.writer.close()

    talking.plays = {LOOKING: hang_up}
    async with front_door(talking, no_settings) as session:
        await session.problem("query_credit")
    assert talking.requests == [LOOKING]


async def test_what_is_longer_than_a_connection_holds_arrives_whole(
    talking: ScriptedVendor,
) -> None:
    came: list[dict[str, str]] = []
    talking.on_send = came.append
    talking.plays[SENDING] = whole(LONG)
    line = Connections.to(urlsplit(talking.url), httpx.Timeout(20))
    outgoing = Outgoing(
        method="POST",
        url=httpx.URL(f"{talking.url}/{SENDING}"),
        body=f"SB=x&MSG={LONG}".encode(),
        content_type="application/x-www-form-urlencoded",
    )
    reply = await exchange(line.new(outgoing.url), outgoing)
    assert reply.body.decode() == LONG
    assert [each["MSG"] for each in came] == [LONG]


async def test_a_long_answer_is_held_once_and_never_copied(talking: ScriptedVendor) -> None:
    """To copy one is one long step: nobody else has a turn meanwhile."""
    piece, pieces = b"x" * 65_536, 160

    async def say_it(said: Exchange) -> None:
        await said.say(f"HTTP/1.1 200 OK\r\nContent-Length: {pieces * len(piece)}\r\n\r\n".encode())
        for _ in range(pieces):
            await said.say(piece)

    talking.plays[LOOKING] = say_it
    line = Connections.to(urlsplit(talking.url), httpx.Timeout(20))
    outgoing = Outgoing(method="GET", url=httpx.URL(f"{talking.url}/{LOOKING}"))
    with traced() as memory:
        reply = await exchange(line.new(outgoing.url), outgoing)
        peak = memory()[1]
    assert len(reply.body) == pieces * len(piece)
    assert peak < 1.5 * len(reply.body)


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_an_answer_that_comes_packed_is_unpacked(
    no_settings: Path, talking: ScriptedVendor, encoding: str
) -> None:
    content = {"gzip": gzip.compress, "deflate": zlib.compress}[encoding](CREDIT.encode())
    talking.plays[LOOKING] = whole(content, more=f"Content-Encoding: {encoding}\r\n")
    async with front_door(talking, no_settings) as session:
        assert (await session.facts("query_credit"))["credit"] == 1230


async def test_an_answer_before_the_request_is_whole_is_not_its_answer(
    no_settings: Path, talking: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The vendor says "accepted" when it has read the head alone, and then waits for the rest."""

    async def look(exchange: Exchange) -> None:
        if talking.requests.count(LOOKING) == LOOKS_BEFORE_A_SEND:
            monkeypatch.setattr(watch, "QUIET_SECONDS", 0.3)
            talking.at_head = early
        await exchange.say(answer(CREDIT))

    async def early(exchange: Exchange) -> None:
        await exchange.say(answer(RECEIPT))

    talking.plays = {LOOKING: look}
    async with front_door(talking, no_settings) as session:
        told = await session.told("send_sms", SEND)
    assert told.facts["outcome"] == "unknown"
    assert "came before the whole request was sent" in told.facts["message"]
    assert posts(talking) == 0
