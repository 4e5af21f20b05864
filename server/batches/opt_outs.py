"""Opt-outs: proposed by replies and by OMIS, blocked when a person (or the operator's rule) says so."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

from server.batches.keeper import Keeper
from server.batches.numbers import Who
from server.ledger.blocking import ToBlock, block_all
from server.ledger.notes import Note
from server.store.batches import BatchFilter
from server.store.keys import hash_number
from server.store.opt_outs import (
    ANYBODY,
    BLOCKED,
    DISMISSED,
    OMIS,
    REPLY,
    OptOut,
    decide,
    every_opt_out,
    propose,
    proposed,
)
from server.store.plans import Connection
from server.store.slices import slices
from tools.mobile import mask_mobile
from tools.sentence import sentence

AT_ONCE = 500
"""How many go in one transaction: nobody else waits long for the store."""
BY_RULE = Note(what=BLOCKED, by="policy", rule="block_opt_outs")
WHY = {REPLY: sentence("opted out by reply"), OMIS: sentence("removed themselves at OMIS")}
"""What stands beside a number that was blocked so."""


class OptOuts:
    """One process's access to them."""

    def __init__(self, keeper: Keeper) -> None:
        self._keeper = keeper

    async def proposed(self, of: BatchFilter = ANYBODY, limit: int = AT_ONCE) -> tuple[list[OptOut], int]:
        """The oldest proposals, and how many there are."""
        return await self._keeper.read(lambda conn: proposed(conn, of, limit))

    async def block(self, those: Sequence[OptOut], by: Note) -> int:
        """Block these; how many were not blocked before. `by` says in the audit who wanted it."""
        return sum([await self._block_some(some, by) for some in slices(those, AT_ONCE)])

    async def _block_some(self, those: Sequence[OptOut], by: Note) -> int:
        def work(conn: Connection, now: datetime) -> tuple[int, *tuple[Note | None, ...]]:
            decide(conn, [each.number for each in those], BLOCKED, now)
            wanted = [
                ToBlock(number=each.number, masked=each.masked, why=str(WHY.get(each.source, "opted out")))
                for each in those
            ]
            return block_all(conn, wanted, by, now)

        return await self._keeper.guard(work)

    async def block_proposed(self, of: BatchFilter, by: Note) -> tuple[int, int]:
        """Block all of these proposals; how many there were, and how many were not blocked before."""
        count = fresh = 0
        while True:
            those, _ = await self.proposed(of)
            if not those:
                return count, fresh
            count += len(those)
            fresh += await self.block(those, by)

    async def dismiss(self, those: Sequence[OptOut], by: str, channel: str) -> None:
        """A person says that these did not opt out."""

        def work(conn: Connection, now: datetime) -> tuple[None, Note]:
            decide(conn, [each.number for each in those], DISMISSED, now)
            return None, Note(what="dismissed", by=by, channel=channel, outcome=f"{len(those)} opt-outs")

        await self._keeper.guard(work)

    async def removed_at_omis(self, mobiles: Sequence[str]) -> int:
        """Propose the numbers of a removal report; how many are new."""
        key, seal, now = await self._keeper.key(), await self._keeper.seal(), self._keeper.clock()

        def removed(mobile: str) -> OptOut:
            number = hash_number(key, mobile)
            sealed = seal.seal(Who(mobile), number)
            return OptOut(
                number=number, sealed=sealed, masked=mask_mobile(mobile), source=OMIS, words="", at=now
            )

        def work(conn: Connection, some: Sequence[str]) -> int:
            return sum(propose(conn, removed(each)) for each in some)

        every = list(dict.fromkeys(mobiles))
        return sum([await self._keeper.write(partial(work, some=some)) for some in slices(every, AT_ONCE)])

    async def numbers(self) -> list[tuple[OptOut, str]]:
        """Everybody who opted out, with the whole number; '' where it cannot be read."""
        seal = await self._keeper.seal()
        found = [
            (each, seal.who(each.sealed, each.number)) for each in await self._keeper.read(every_opt_out)
        ]
        return [(each, "" if who is None else who.mobile) for each, who in found]
