"""A send's connection is made while its claim is written down, and carries nothing before."""

from collections.abc import AsyncIterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import apsw
import pytest

from server.call_time import CALL_SECONDS, timed_call
from server.settings.settings import load_settings
from server.store import blocked
from server.vendors import approach
from server.vendors.approach import Approach
from server.vendors.exchange import NotSentError
from server.vendors.vendors import Vendors
from tests.faults.front_door import RECEIPT, SEND, SENDING, accept, front_door, posts
from tests.faults.scripted import Exchange, ScriptedVendor, whole
from tools.operation import Request

THE_SEND = Request(vendor="every8d", path=f"API21/HTTP/{SENDING}", fields={"SB": "x", "MSG": "您好"})
MOBILE = ["+886912345678"]
_PATIENCE = 5
_SHORT = 0.3


class NoLocks:
    """No login was ever refused."""

    async def vendor_lock(self, vendor: str, credentials: str) -> str | None:
        """None."""
        del vendor, credentials

    async def lock_vendor(self, vendor: str, credentials: str, vendor_code: str) -> None:
        """Nothing."""
        del vendor, credentials, vendor_code


@pytest.fixture
async def vendors(vendor: ScriptedVendor) -> AsyncIterator[Vendors]:
    """A way to the scripted vendor, without a gate."""
    vendor.plays[SENDING] = whole(RECEIPT)
    account = {"base_url": vendor.url, "uid": "scripted", "password": "scripted"}
    made = Vendors(load_settings(None, every8d=account), NoLocks(), lambda: datetime.now(UTC))
    yield made
    await made.close()


async def until_left(way: Approach) -> None:
    """Until it is known that the vendor has ended the connection."""
    with anyio.fail_after(_PATIENCE):
        while way.leads_to(way.address):
            await anyio.lowlevel.checkpoint()


def state_in(folder: Path) -> str:
    """Of the one action, as it is committed."""
    reader: Any = apsw.Connection(str(folder / "store" / "store.sqlite3"))
    with closing(reader):
        return str(reader.execute("SELECT state FROM actions").get)


async def test_a_send_connects_while_its_claim_waits_and_says_nothing_before_it_is_committed(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected, states, connections = anyio.Event(), list[str](), list[int]()

    async def look_into_the_store(exchange: Exchange) -> None:
        del exchange
        states.append(state_in(no_settings))
        connections.append(vendor.connections)

    vendor.plays[SENDING] = accept
    async with front_door(vendor, no_settings) as session:
        assert session.parts
        book = session.parts.book
        claim = book.claim

        async def late(*given: Any) -> Any:
            vendor.on_connection, vendor.at_head = connected.set, look_into_the_store
            with anyio.fail_after(_PATIENCE):
                await connected.wait()
            states.append(state_in(no_settings))
            connections.append(vendor.connections)
            return await claim(*given)

        monkeypatch.setattr(book, "claim", late)
        told = await session.told("send_sms", SEND)
    assert told.facts["outcome"] == "done"
    assert states == ["approved", "dispatching"]
    assert connections == [3, 3]


async def test_a_claim_that_refuses_has_shown_the_vendor_an_empty_connection(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    connected = anyio.Event()
    async with front_door(vendor, no_settings) as session:
        assert session.parts
        book, journal = session.parts.book, session.parts.journal
        claim = book.claim
        (number,) = await journal.hashes(MOBILE)

        async def blocked_meanwhile(*given: Any) -> Any:
            vendor.on_connection = connected.set
            await journal.write(
                lambda conn, now: (blocked.add(conn, number, "0912***678", "asked to stop", now), None)
            )
            with anyio.fail_after(_PATIENCE):
                await connected.wait()
            return await claim(*given)

        monkeypatch.setattr(book, "claim", blocked_meanwhile)
        problem = await session.problem("send_sms", SEND)
    assert problem["message"].startswith("Nothing was sent")
    assert posts(vendor) == 0


async def test_what_was_not_sent_by_its_end_never_is(vendor: ScriptedVendor, vendors: Vendors) -> None:
    async with vendors.approach(THE_SEND) as way:
        assert way is not None
    assert vendor.requests == []
    with pytest.raises(RuntimeError):
        await way.send(way.address)
    assert vendor.requests == []


async def test_a_connection_that_the_vendor_ended_meanwhile_is_made_anew(
    vendor: ScriptedVendor, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "_FRESH_SECONDS", 60)

    async def hang_up(exchange: Exchange) -> None:
        vendor.at_accept = None
        exchange.writer.close()

    vendor.at_accept = hang_up
    async with vendors.approach(THE_SEND) as way:
        assert way is not None
        await until_left(way)
        reply = await vendors.send(THE_SEND, over=way)
    assert reply.body.decode() == RECEIPT
    assert (vendor.requests, vendor.connections) == ([SENDING], 2)


async def test_a_connection_that_stood_for_long_is_made_anew(
    vendor: ScriptedVendor, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "_FRESH_SECONDS", 0)
    async with vendors.approach(THE_SEND) as way:
        assert way is not None
        await until_left(way)
        await vendors.send(THE_SEND, over=way)
    assert (vendor.requests, vendor.connections) == ([SENDING], 2)


async def test_what_goes_elsewhere_goes_over_another_connection(
    vendor: ScriptedVendor, vendors: Vendors
) -> None:
    elsewhere = Request(vendor="every8d", path="API21/HTTP/getCredit.ashx")
    async with vendors.approach(elsewhere) as way:
        await vendors.send(THE_SEND, over=way)
    assert vendor.requests == [SENDING]


async def test_a_send_goes_over_the_connection_that_was_made_for_it(
    vendor: ScriptedVendor, vendors: Vendors
) -> None:
    async with vendors.approach(THE_SEND) as way:
        await vendors.send(THE_SEND, over=way)
    assert (vendor.requests, vendor.connections) == ([SENDING], 1)


async def test_the_deadline_of_an_answer_counts_from_its_request(
    vendor: ScriptedVendor, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A claim that waits for long takes nothing from the vendor's time."""
    exchange = approach.exchange
    monkeypatch.setattr(approach, "_FRESH_SECONDS", 60)

    async def short(*given: Any, **how: Any) -> Any:
        return await exchange(*given, **{**how, "deadline": _SHORT})

    monkeypatch.setattr(approach, "exchange", short)
    async with vendors.approach(THE_SEND) as way:
        with anyio.move_on_after(2 * _SHORT):
            await anyio.sleep_forever()
        reply = await vendors.send(THE_SEND, over=way)
    assert reply.body.decode() == RECEIPT
    assert vendor.connections == 1


async def test_a_call_whose_time_is_over_when_its_claim_stands_says_nothing_and_is_not_sent(
    vendor: ScriptedVendor, vendors: Vendors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(approach, "_FRESH_SECONDS", 60)
    heads: list[str] = []

    async def note(exchange: Exchange) -> None:
        heads.append(exchange.path)

    vendor.at_head = note
    with timed_call(_SHORT - CALL_SECONDS):
        async with vendors.approach(THE_SEND) as way:
            with anyio.move_on_after(2 * _SHORT):
                await anyio.sleep_forever()
            with pytest.raises(NotSentError):
                await vendors.send(THE_SEND, over=way)
    assert (heads, vendor.requests, vendor.connections) == ([], [], 1)
