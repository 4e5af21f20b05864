"""A part of a whole is claimed while its process carries the whole out, once, and if the list names it."""

import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from server.ledger.claiming import LEASE_SECONDS
from server.ledger.deciding import Decision
from server.ledger.finishing import Ending
from server.ledger.parts import Part, listed, parts_of, request_ids
from server.parts import Parts, build_parts
from server.settings.settings import load_settings
from server.store import audit
from server.store.actions import Action, ActionFilter, Proposal, State
from server.store.head_file import read_head
from tests.gate.servers import Clock
from tests.store.samples import proposal

FIRST = Part(tool="erase_sms_booking", target="b1", most=3)
SECOND = Part(tool="erase_mms_booking", target="b2", most=1)
YES = Decision(by="王小明", channel="terminal")
WHOLE = replace(
    proposal("whole", tool="stop_everything", points=0, recipients=0),
    risk="destroy",
    arguments=json.dumps({"parts": listed([FIRST, SECOND])}),
)


@asynccontextmanager
async def process(url: str, folder: Path, clock: Clock) -> AsyncGenerator[Parts]:
    """One server's parts on this store."""
    parts = build_parts(load_settings(None, store={"url": url, "folder": folder / "store"}), clock=clock)
    try:
        yield parts
    finally:
        await parts.close()


async def approved(parts: Parts) -> Action:
    """The whole, as a person has agreed to it."""
    whole, _ = await parts.book.propose(WHOLE, 600, ())
    agreed = await parts.book.approve(whole.id, YES)
    assert agreed is not None
    return agreed


def part(whole: Action, number: int = 0) -> Proposal:
    """One of its parts, as it is proposed."""
    wanted = parts_of(whole)[number]
    return replace(
        proposal(f"part {number}", tool=wanted.tool, target=wanted.target, points=0, recipients=0),
        risk="destroy",
        request_id=request_ids(whole)[number],
    )


async def test_a_part_is_claimed_once_in_the_name_of_who_agreed_to_the_whole(
    store_url: str, no_settings: Path
) -> None:
    async with process(store_url, no_settings, Clock()) as parts:
        book, whole = parts.book, await approved(parts)
        assert await book.claim_part(whole.id, part(whole), 600) is None, "not before the claim"
        assert isinstance(await book.claim(whole.id, ()), Action)
        done = await book.claim_part(whole.id, part(whole), 600)
        assert await book.claim_part(whole.id, part(whole), 600) is None, "once"
        other = await book.claim_part(whole.id, part(whole, 1), 600)
        begun = await book.parts_of(whole)
        await book.finish(whole.id, Ending(state=State.FAILED, outcome="{}"))
        assert await book.claim_part(whole.id, part(whole, 1), 600) is None, "not after the end"
    assert done is not None
    assert other is not None
    assert (done.state, done.decided_by, done.channel) == (State.DISPATCHING, YES.by, YES.channel)
    assert done.rule == f"part of {whole.id}"
    assert {each.id for each in begun} == {done.id, other.id}


async def test_what_the_list_does_not_name_is_no_part_and_leaves_nothing_behind(
    store_url: str, no_settings: Path
) -> None:
    async with process(store_url, no_settings, Clock()) as parts:
        book, whole = parts.book, await approved(parts)
        await book.claim(whole.id, ())
        good = part(whole)
        strange = [
            replace(good, target="b3"),
            replace(good, tool=SECOND.tool),
            replace(good, request_id=request_ids(whole)[1]),
            replace(good, principal="night"),
        ]
        for wrong in strange:
            assert await book.claim_part(whole.id, wrong, 600) is None
        assert await book.claim_part("ZZZZ-ZZZZ", good, 600) is None
        for sends in (
            replace(good, risk="spend"),
            replace(good, recipients=1),
            replace(good, points=proposal().points),
        ):
            with pytest.raises(TypeError):
                await book.claim_part(whole.id, sends, 600)
        found = await book.listed(ActionFilter(), 1, 10, [])
    assert found.total == 1


async def test_no_other_process_and_nobody_after_the_lease_claims_a_part(
    store_url: str, no_settings: Path
) -> None:
    clock = Clock()
    async with (
        process(store_url, no_settings, clock) as parts,
        process(store_url, no_settings, clock) as other,
    ):
        whole = await approved(parts)
        await parts.book.claim(whole.id, ())
        assert await other.book.claim_part(whole.id, part(whole), 600) is None
        clock.advance(seconds=LEASE_SECONDS)
        assert await parts.book.claim_part(whole.id, part(whole), 600) is None


async def test_the_head_knows_of_a_part_before_it_is_posted(store_url: str, no_settings: Path) -> None:
    async with process(store_url, no_settings, Clock()) as parts:
        whole = await approved(parts)
        await parts.book.claim(whole.id, ())
        await parts.book.claim_part(whole.id, part(whole), 600)
        tip = await parts.store.read(audit.head)
        named = read_head(no_settings / "store" / "audit.head")
    assert named is not None
    assert (named.sequence, named.mac) == tip[:2]
