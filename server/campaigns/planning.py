"""From a list to a plan: read, cleaned, priced and kept a slice at a time, never held whole.

What is long is done in a thread between two short transactions, so that other calls go on meanwhile.
"""

import json
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import partial
from hashlib import sha256
from typing import Any, NamedTuple

import anyio.to_thread

from server.batches.chunk_content import Addressee, packed, place_of
from server.batches.keeper import Keeper
from server.batches.numbers import NumberSeal
from server.campaigns.source import OpenList, Slice
from server.campaigns.standing import Standing
from server.store import campaigns
from server.store.actions import new_id
from server.store.campaigns import Campaign, Chunk
from server.store.keys import half_hash, hash_message
from server.store.plans import Connection
from server.store.sent_texts import Texted, repeated
from tools.campaigns.pace import Pace
from tools.campaigns.tally import Tally
from tools.campaigns.wording import Wording
from tools.problems import Problem, RefusedError
from tools.same_text import visible
from tools.taipei import iso

NOTHING_PLANNED = "Nothing was planned and nothing was sent."

Excluded = Callable[[Sequence[str]], Awaitable[Mapping[str, str]]]
"""Those of these numbers that get no text, and why in a word: blocked, dead, of another country."""


class Asked(NamedTuple):
    """What the operator's rules are asked about: some recipients, their texts and their times."""

    recipients: Sequence[str]
    texts: Sequence[str]
    send_times: Sequence[datetime | None]


Rules = Callable[[Asked], Problem | None]
"""The rule that forbids it, if any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be planned, for whom."""

    principal: str
    account: str
    name: str
    list_name: str
    wording: Wording
    pace: Pace
    done_by: datetime | None
    trial: int
    size: int
    """The most recipients of a chunk."""
    excluded: Excluded
    rules: Rules


class _Candidate(NamedTuple):
    addressee: tuple[str, Sequence[str]]
    text: str
    number: str
    message: str


class _Verdict(NamedTuple):
    excluded: Mapping[str, str]
    fresh: set[str]
    texted: int


@dataclass(slots=True, kw_only=True)
class _Draft:
    """The plan as it grows."""

    id: str
    wish: Wish
    seal: NumberSeal
    tally: Tally = field(default_factory=Tally)
    rest: list[Addressee] = field(default_factory=list[Addressee])
    points: list[int] = field(default_factory=list[int])
    chunks: int = 0
    trial_left: int = field(init=False)
    times: Iterator[datetime | None] = field(init=False)
    last_at: datetime | None = None
    first_at: datetime | None = None
    digest: Any = field(default_factory=sha256)

    def __post_init__(self) -> None:
        self.trial_left = self.wish.trial
        self.times = self.wish.pace.times()

    def admit(self, candidates: Sequence[_Candidate], verdict: _Verdict) -> list[Chunk]:
        """Take in who may be texted; the chunks that are full by now.

        Raises:
            RefusedError: a rule of the operator forbids one of them.
        """
        first = len(self.rest)
        texts: list[str] = []
        for each in candidates:
            reason = _why_not(each, verdict)
            if reason:
                self.tally.excluded[reason] += 1
                continue
            # Of two rows with one number the first counts.
            verdict.fresh.discard(each.number)
            mobile, values = each.addressee
            self.points.append(self.tally.add(mobile, each.text, values))
            self.rest.append(Addressee(mobile, values, next(self.times)))
            texts.append(each.text)
        self.tally.texted += verdict.texted
        self._obey(self.rest[first:], texts)
        return list(self._full())

    def _obey(self, those: Sequence[Addressee], texts: Sequence[str]) -> None:
        if not those:
            return
        self.first_at = self.first_at or those[0].send_at
        self.last_at = those[-1].send_at
        asked = Asked(
            [each.mobile for each in those], list(dict.fromkeys(texts)), [each.send_at for each in those]
        )
        problem = self.wish.rules(asked)
        if problem is not None:
            raise RefusedError(problem)

    def _full(self) -> Iterator[Chunk]:
        while len(self.rest) >= self._room():
            yield self._cut(self._room())

    def last(self) -> list[Chunk]:
        """The chunk that is not full."""
        return [*self._full(), *([self._cut(len(self.rest))] if self.rest else [])]

    def _room(self) -> int:
        return min(self.wish.size, self.trial_left or self.wish.size)

    def _cut(self, size: int) -> Chunk:
        those, self.rest = self.rest[:size], self.rest[size:]
        points, self.points = sum(self.points[:size]), self.points[size:]
        self.chunks += 1
        phase = campaigns.TRIAL if self.trial_left else campaigns.REST
        self.trial_left = max(0, self.trial_left - size)
        content = packed(those)
        self.digest.update(content)
        return Chunk(
            campaign=self.id,
            number=self.chunks,
            phase=phase,
            recipients=size,
            points=Decimal(points),
            sealed=self.seal.seal_content(content, place_of(self.id, self.chunks)),
        )


class Planner:
    """Makes plans over one store."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def plan(self, wish: Wish, source: OpenList) -> tuple[Standing, Tally]:
        """Keep the plan of this list.

        Raises:
            RefusedError: a rule forbids it, nobody is left, or it would not be done in time.
            StoreUnavailableError: the store is away.
        """
        draft = _Draft(id=new_id(), wish=wish, seal=await self._keeper.seal())
        await self._keeper.write(partial(self._begin, draft=draft))
        try:
            await self._read(draft, source)
            return await self._end(draft, source.digest), draft.tally
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self._keeper.write(lambda conn: campaigns.forget(conn, draft.id))
            raise

    def _begin(self, conn: Connection, draft: _Draft) -> None:
        now = self._keeper.clock()
        campaigns.forget_plans(conn, now)
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
                created_at=now,
            ),
        )

    async def _read(self, draft: _Draft, source: OpenList) -> None:
        key = await self._keeper.key()
        slices = source.slices(draft.wish.wording.columns)
        full: list[Chunk] = []
        while True:
            candidates = await anyio.to_thread.run_sync(_next, slices, draft, key)
            if candidates is None:
                break
            excluded = await draft.wish.excluded([each.addressee[0] for each in candidates])
            verdict = await self._keeper.write(
                partial(self._judge, draft=draft, candidates=candidates, excluded=excluded, chunks=full)
            )
            full = await anyio.to_thread.run_sync(draft.admit, candidates, verdict)
        full += await anyio.to_thread.run_sync(draft.last)
        await self._keeper.write(partial(_keep, chunks=full))

    def _judge(
        self,
        conn: Connection,
        draft: _Draft,
        candidates: Sequence[_Candidate],
        excluded: Mapping[str, str],
        chunks: Sequence[Chunk],
    ) -> _Verdict:
        _keep(conn, chunks)
        left = [each for each in candidates if each.addressee[0] not in excluded]
        fresh = campaigns.new_recipients(conn, draft.id, [each.number for each in left])
        texts = [Texted(each.message, None) for each in left if each.number in fresh]
        sends = repeated(conn, texts, self._keeper.clock())
        had = {message for send in sends for message, _ in send.messages}
        return _Verdict(excluded, fresh, len(had))

    async def _end(self, draft: _Draft, list_digest: str) -> Standing:
        wish, tally = draft.wish, draft.tally
        if not tally.recipients:
            raise RefusedError(_nobody(tally))
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
            campaigns.change(conn, draft.id, [campaigns.PLANNING], **values)
            return campaigns.campaign_of(conn, draft.id)

        kept = await self._keeper.write(work)
        if kept is None:
            raise LookupError("a plan that was just kept is gone")
        return Standing(campaign=kept, plan=plan)


def _next(slices: Iterator[Slice], draft: _Draft, key: bytes) -> list[_Candidate] | None:
    """The next slice's recipients with their texts and hashes; None at the end of the list."""
    found = next(slices, None)
    if found is None:
        return None
    wording = draft.wish.wording
    draft.tally.excluded.update(found.rejected)
    candidates: list[_Candidate] = []
    for entry in found.entries:
        text = wording.filled(entry.fields)
        reason = wording.unsendable(entry.fields, text)
        if reason:
            draft.tally.excluded[reason] += 1
            continue
        message = hash_message(key, entry.mobile, visible(text))
        number = half_hash(key, entry.mobile)
        candidates.append(_Candidate((entry.mobile, entry.fields), text, number, message))
    return candidates


def _keep(conn: Connection, chunks: Sequence[Chunk]) -> None:
    for chunk in chunks:
        campaigns.add_chunk(conn, chunk)


def _why_not(candidate: _Candidate, verdict: _Verdict) -> str:
    reason = verdict.excluded.get(candidate.addressee[0])
    return reason or ("" if candidate.number in verdict.fresh else "duplicate")


def _plan_of(draft: _Draft) -> dict[str, Any]:
    wish, tally = draft.wish, draft.tally
    return {
        "text": wish.wording.text,
        "trial": min(wish.trial, tally.recipients),
        "first_at": draft.first_at and draft.first_at.isoformat(),
        "last_at": draft.last_at and draft.last_at.isoformat(),
        "longest": [wish.wording.masked(values) for values in tally.longest],
        "estimates": tally.estimates,
        "abroad": tally.abroad,
        "texted": tally.texted,
    }


def _nobody(tally: Tally) -> Problem:
    reasons = ", ".join(f"{reason}: {count}" for reason, count in tally.excluded.most_common(5))
    return Problem(
        code="nobody_left",
        message=f"{NOTHING_PLANNED} Nobody of the list can be texted ({reasons or 'it is empty'}).",
        next="Look at the list with read_list, or give another one.",
    )


def _too_late(draft: _Draft) -> Problem:
    ends = "" if draft.last_at is None else iso(draft.last_at)
    return Problem(
        code="too_late",
        message=f"{NOTHING_PLANNED} At this pace the last text would go out at {ends}, after done_by.",
        next="Raise per_hour, begin earlier, or give a later done_by.",
    )
