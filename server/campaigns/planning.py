"""From a list to a plan: read, cleaned, priced and kept some rows at a time, never held whole.

What is long is done in a thread between two short transactions, so that other calls go on meanwhile.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial, reduce
from typing import Any, NamedTuple

import anyio.to_thread

from server.batches.keeper import Keeper
from server.campaigns.apart import apart
from server.campaigns.draft import Draft, Kept, Wish, plan_gone
from server.campaigns.source import OpenList
from server.campaigns.standing import Standing
from server.store import campaign_chunks, campaigns
from server.store.actions import new_id
from server.store.campaigns import Campaign
from server.store.counting import full_today
from server.store.failed_sends import arrived_or_may
from server.store.keys import hash_numbers
from server.store.plans import Connection
from server.store.recent_texts import texted_often
from server.store.sent_texts import sends_with
from server.store.unstarted_plans import forget, forget_plans, is_being_made
from tools.lists.reason_words import reason_said
from tools.lists.rows import Judged, Recipient
from tools.problems import Problem, RefusedError
from tools.sentence import Sentence, sentence, together
from tools.taipei import iso

NOTHING_PLANNED = sentence("Nothing was planned and nothing was sent.")
_AT_ONCE = 8_000
"""Recipients of one transaction: others wait for it some fifty milliseconds."""

_REASONS = 5
_WEEK = timedelta(days=7)


class _Slice(NamedTuple):
    """Some rows, and the hashes of the numbers in them."""

    rows: Sequence[Judged]
    hashes: Mapping[str, str]


class Planner:
    """Makes plans over one store."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def plan(self, wish: Wish, source: OpenList) -> tuple[Standing, Draft]:
        """Keep the plan of this list.

        Raises:
            RefusedError: a rule forbids it, nobody is left, or it would not be done in time.
            StoreUnavailableError: the store is away.
        """
        draft = Draft(id=new_id(), wish=wish, seal=await self._keeper.seal(), key=await self._keeper.key())
        await self._keeper.write(partial(self._begin, draft=draft))
        try:
            await self._read(draft, source)
            return await self._end(draft, source.digest), draft
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._keeper.write(lambda conn: forget(conn, draft.id))
            raise

    def _begin(self, conn: Connection, draft: Draft) -> None:
        now = self._keeper.clock()
        forget_plans(conn, now)
        campaigns.add_campaign(
            conn,
            Campaign(
                id=draft.id,
                principal=draft.wish.principal,
                name=draft.wish.name,
                state=campaigns.PLANNING,
                plan="",
                list_name=draft.wish.list_name,
                list_digest="",
                digest="",
                account=draft.wish.account,
                recipients=0,
                parts=0,
                points=Decimal(0),
                released=not draft.wish.trial,
                at_once=draft.wish.pace.start is None,
                created_at=now,
            ),
        )

    async def _read(self, draft: Draft, source: OpenList) -> None:
        slices = source.slices(draft.wish.wording.columns)
        while some := await anyio.to_thread.run_sync(_next, slices, draft.key):
            excluded = await draft.wish.excluded([*some.hashes], [*some.hashes.values()])
            await anyio.to_thread.run_sync(draft.admit, some.rows, some.hashes, excluded)
            if draft.waiting >= _AT_ONCE:
                await self._keep(draft, draft.taken(last=False))
        await self._keep(draft, await anyio.to_thread.run_sync(partial(draft.taken, last=True)))

    async def _keep(self, draft: Draft, kept: Kept) -> None:
        def look(conn: Connection) -> tuple[int, int, int]:
            now = self._keeper.clock()
            sends = sends_with(conn, kept.messages, now)
            whose = dict(zip(kept.messages, kept.numbers, strict=True))
            standing = arrived_or_may(conn, sends, whose)
            had = {message for send in standing for message, _ in send.messages}
            full = full_today(conn, draft.wish.texts_a_day, kept.hashes, now)
            return len(had), texted_often(conn, kept.numbers, now - _WEEK), len(full)

        def work(conn: Connection) -> bool:
            if not is_being_made(conn, draft.id, self._keeper.clock()):
                return False
            # In the order of the table, so that neighbours are written together.
            campaigns.add_recipients(conn, draft.id, sorted(kept.numbers))
            for chunk in kept.chunks:
                campaign_chunks.add_chunk(conn, chunk)
            return True

        had, often, full = await self._keeper.read(look)
        draft.tally.texted += had
        draft.often += often
        draft.full += full
        if not await self._keeper.write(work):
            raise plan_gone()

    async def _end(self, draft: Draft, list_digest: str) -> Standing:
        wish, tally = draft.wish, draft.tally
        if not tally.recipients:
            raise RefusedError(_nobody(draft))
        if wish.trial.share:
            await apart(self._keeper, draft)
        if wish.done_by is not None and draft.last_at is not None and draft.last_at > wish.done_by:
            raise RefusedError(_too_late(draft))
        plan = _plan_of(draft)
        written = json.dumps(plan, ensure_ascii=False, sort_keys=True)
        draft.digest.update(written.encode())
        values = {
            "state": campaigns.PLANNED,
            "plan": draft.seal.seal_text(written, draft.id),
            "list_digest": list_digest,
            "digest": draft.digest.hexdigest(),
            "recipients": tally.recipients,
            "parts": tally.parts,
            "points": tally.cost,
        }

        def work(conn: Connection) -> Campaign | None:
            campaigns.change(conn, draft.key, draft.id, [campaigns.PLANNING], **values)
            return campaigns.campaign_of(conn, draft.id)

        kept = await self._keeper.write(work)
        if kept is None:
            raise plan_gone()
        return Standing(campaign=kept, plan=plan)


def _next(slices: Iterator[Sequence[Judged]], key: bytes) -> _Slice | None:
    """The next slice; None at the end of the list."""
    rows = next(slices, None)
    if rows is None:
        return None
    mobiles = list(dict.fromkeys(each.mobile for each in rows if isinstance(each, Recipient)))
    return _Slice(rows, dict(zip(mobiles, hash_numbers(key, mobiles), strict=True)))


def _plan_of(draft: Draft) -> dict[str, Any]:
    wish, tally = draft.wish, draft.tally
    return {
        "text": wish.wording.text,
        "trial": wish.trial.of(tally.recipients),
        "release": str(wish.trial.terms or ""),
        "of_list": dict(wish.of_list),
        "pace": wish.pace.kept,
        "again_since": wish.again_since and wish.again_since.isoformat(),
        "again_of": wish.again_of,
        "first_at": draft.first_at and draft.first_at.isoformat(),
        "last_at": draft.last_at and draft.last_at.isoformat(),
        "done_by": wish.done_by and wish.done_by.isoformat(),
        "longest": [wish.wording.masked(values) for values in tally.longest],
        "estimates": tally.estimates,
        "abroad": tally.abroad,
        "texted": tally.texted,
        "often": draft.often,
        "at_night": draft.at_night,
    }


def _nobody(draft: Draft) -> Problem:
    if draft.wish.again_since is not None and not draft.excluded():
        return _NOBODY_FAILED
    most = sorted(draft.excluded().items(), key=lambda each: -each[1])[:_REASONS]
    each = [sentence("{reason}: {count}", reason=reason_said(reason), count=count) for reason, count in most]
    reasons = reduce(_and, each) if each else sentence("it is empty")
    return Problem(
        code="nobody_left",
        message=together(
            NOTHING_PLANNED,
            sentence("Nobody of the list can be texted ({reasons}).", reasons=reasons),
        ),
        next=sentence("Look at the list with read_list, or give another one."),
    )


_NOBODY_FAILED = Problem(
    code="nobody_left",
    message=together(
        NOTHING_PLANNED,
        sentence("Of nobody is it known so far that it failed and that a later text can reach them."),
    ),
    next=sentence("summarize_delivery with refresh: true asks the vendor what became of it."),
)


def _and(first: Sentence, more: Sentence) -> Sentence:
    return sentence("{first}, {more}", first=first, more=more)


def _too_late(draft: Draft) -> Problem:
    ends = "" if draft.last_at is None else iso(draft.last_at)
    return Problem(
        code="too_late",
        message=together(
            NOTHING_PLANNED,
            sentence("At this pace the last text would go out at {ends}, after done_by.", ends=ends),
        ),
        next=sentence("Raise per_hour, begin earlier, or give a later done_by."),
    )
