"""What is older than the retention is reduced to counts: by a person's command, and once a day by itself.

Steps are small and can be repeated: a process that dies between two leaves the rest to the next one.
"""

import contextlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

import anyio

from server.batches.campaign_plans import without_fillings
from server.batches.memory import Memory
from server.ledger.notes import Note
from server.ledger.reducing import reduce_action
from server.store import ledger
from server.store.aging import count_aged, drop_aged
from server.store.batches import set_batch
from server.store.campaign_aging import (
    ENDED,
    PLANS,
    count_old_campaigns,
    old_campaigns,
    take_out_recipients,
)
from server.store.campaign_chunks import empty_gone_out
from server.store.errors import StoreUnavailableError
from server.store.meta import set_value, value_of
from server.store.plans import Connection
from server.store.reduced_actions import count_old_actions, old_actions
from server.store.reducing import Reduced, count_old, old_batches, reduce_batch
from server.store.rows import taipei_day
from server.store.unstarted_plans import forget_plans, over_plans
from tools.every8d.texts import first_words

BY_ITSELF = "retention"
"""Who did it, in the audit, where no person did."""
_AT_ONCE = 20
"""Actions of one step: others who write go on between two."""
_LAST_DAY = "retention_day"
LOOKS_EVERY_SECONDS = 60.0
"""How often a server looks whether a new day has begun."""


@dataclass(frozen=True, slots=True)
class Gone:
    """What goes, or went: how many of each."""

    batches: int = 0
    messages: int = 0
    replies: int = 0
    actions: int = 0
    others: Counter[str] = field(default_factory=Counter[str])
    """By the names of `server.store.aging` and `server.store.campaign_aging`."""

    @property
    def anything(self) -> bool:
        """Whether there is anything at all."""
        return bool(self.batches or self.actions or self.others.total())


class Retention:
    """Keeps people's numbers, names and words for so many days."""

    def __init__(self, memory: Memory, days: int) -> None:
        self._memory = memory
        self._keeper = memory.keeper
        self.days = days

    async def due(self) -> Gone:
        """What is older by now."""
        await self._memory.catch_up()
        before, now = self._before(), self._keeper.clock()

        def work(conn: Connection) -> Gone:
            batches, (messages, replies) = count_old(conn, before)
            actions = batches + count_old_actions(conn, before)
            others = Counter(count_aged(conn, before))
            others[ENDED] = count_old_campaigns(conn, before)
            others[PLANS] = len(over_plans(conn, now))
            return Gone(batches, messages, replies, actions, others)

        return await self._keeper.read(work)

    async def purge(self, by: str) -> Gone:
        """Reduce all that is older by now; what it was."""
        await self._memory.catch_up()
        before = self._before()
        batches = messages = replies = actions = 0
        while found := await self._keeper.read(partial(old_batches, before=before, limit=_AT_ONCE)):
            for each in found:
                reduced, done = await self._keeper.guard(partial(_reduce_batch, id_=each, by=by))
                batches, actions = batches + (reduced is not None), actions + done
                if reduced is not None:
                    messages, replies = messages + reduced.messages, replies + reduced.replies
        while found := await self._keeper.read(partial(old_actions, before=before, limit=_AT_ONCE)):
            actions += await self._keeper.guard(partial(_reduce_actions, ids=found, by=by))
        now = self._keeper.clock()
        others = Counter(await self._keeper.write(partial(drop_aged, before=before, now=now)))
        others[PLANS] = await self.forget_plans()
        await self._keeper.write(partial(empty_gone_out, now=now))
        others[ENDED] = await self._purge_campaigns(before)
        gone = Gone(batches, messages, replies, actions, others)
        if gone.anything:
            await self._keeper.record(_purged(gone, by))
        return gone

    async def forget_plans(self) -> int:
        """Forget the plans that nobody started, or whose making was cut off; how many."""
        now = self._keeper.clock()
        if not await self._keeper.read(partial(over_plans, now=now)):
            return 0
        return await self._keeper.write(partial(forget_plans, now=now))

    async def _purge_campaigns(self, before: datetime) -> int:
        """Take everybody out of campaigns that ended before this time; how many."""
        many = 0
        while found := await self._keeper.read(partial(old_campaigns, before=before, limit=_AT_ONCE)):
            seal, key = await self._keeper.seal(), await self._keeper.key()
            for each in found:
                plan = without_fillings(each.plan, each.id, seal)
                await self._keeper.guard(partial(_take_out, key=key, id_=each.id, plan=plan))
            many += len(found)
        return many

    async def purge_daily(self) -> Gone | None:
        """The same, where no server of the store has done it today; None where one has."""
        today = taipei_day(self._keeper.clock())
        if await self._keeper.read(lambda conn: value_of(conn, _LAST_DAY)) == today:
            return None
        if not await self._keeper.guard(partial(_take_day, today=today)):
            return None
        return await self.purge(BY_ITSELF)

    def _before(self) -> datetime:
        return self._keeper.clock() - timedelta(days=self.days)


async def keep_purging(retention: Retention) -> None:
    """Purge once a day, and plans when their time is over, until cancelled; a store may be away meanwhile."""
    while True:
        # The first look is late as well: whoever starts a server waits for other things.
        await anyio.sleep(LOOKS_EVERY_SECONDS)
        with contextlib.suppress(StoreUnavailableError):
            await retention.purge_daily()
            await retention.forget_plans()


def _take_day(conn: Connection, _now: datetime, today: str) -> tuple[bool, Note | None]:
    """Whether this server is the one that does it today."""
    if value_of(conn, _LAST_DAY) == today:
        return False, None
    set_value(conn, _LAST_DAY, today)
    return True, Note(what="purging", by=BY_ITSELF, outcome=today)


def _take_out(conn: Connection, _now: datetime, key: bytes, id_: str, plan: str) -> tuple[None]:
    take_out_recipients(conn, key, id_, plan)
    return (None,)


def _reduce_batch(
    conn: Connection, now: datetime, id_: str, by: str
) -> tuple[tuple[Reduced | None, int], *tuple[Note, ...]]:
    """A batch and its action together: neither is left with the other's people."""
    reduced = reduce_batch(conn, id_, now)
    if reduced is None:
        return ((None, 0),)
    done, *notes = _reduce_actions(conn, now, [id_], by)
    action = ledger.get(conn, id_)
    if action is not None:
        # The first words may have been one person's own.
        set_batch(conn, id_, words=first_words(json.loads(action.arguments)))
    return (reduced, done), *notes


def _reduce_actions(
    conn: Connection, now: datetime, ids: Sequence[str], by: str
) -> tuple[int, *tuple[Note, ...]]:
    actions = filter(None, (ledger.get(conn, each) for each in ids))
    notes = [note for each in actions if (note := reduce_action(conn, each, by, now))]
    return len(notes), *notes


def _purged(gone: Gone, by: str) -> Note:
    counts = {"batches": gone.batches, "messages": gone.messages, "replies": gone.replies}
    counts |= {"actions": gone.actions, **gone.others}
    return Note(
        what="purged", by=by, outcome=", ".join(f"{count} {name}" for name, count in counts.items() if count)
    )
