"""Blocking for a caller: through the journal, with the caller in the audit's lines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from server.batches.memory import Memory
from server.batches.own import own
from server.gate.caller import Caller
from server.ledger.blocking import BLOCKED, ToBlock, block_all
from server.ledger.notes import Note
from server.ledger.whose import Whose
from server.store import blocked
from server.store.plans import Connection
from server.store.replies import ReplyRow, replies_named
from tools.blocking_desk import Blocked, BlockedRow
from tools.mobile import mask_mobile
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together

_TOOL = "block_number"
_NO_BATCH = Problem(
    code="not_found",
    message=together(sentence("Nothing was blocked."), sentence("There is no such batch in the records.")),
    next=sentence("Use list_batches to find the id, or opt_outs_of `all`."),
)
_NO_REPLY = Problem(
    code="not_found",
    message=together(
        sentence("Nothing was blocked."), sentence("One of the ids is of no reply to a batch in the records.")
    ),
    next=sentence("Take the ids from get_reply_summary."),
)

_UNREADABLE = Problem(
    code="not_found",
    message=together(
        sentence("Nothing was blocked."),
        sentence("The number of one of these replies cannot be read any more."),
    ),
    next=sentence("Give the number itself, or leave that reply out."),
)


class CallersBlocking:
    """The `BlockingDesk` of one call."""

    def __init__(self, memory: Memory, whose: Whose | None, caller: Caller) -> None:
        self._memory = memory
        self._whose = whose
        self._by = Note(what=BLOCKED, principal=caller.principal, tool=_TOOL)

    async def block(self, mobiles: Sequence[str], why: str) -> Blocked:
        """Block these."""
        hashes = await self._memory.keeper.whole_hashes(mobiles)
        those = [
            ToBlock(number=hashed, masked=mask_mobile(mobile), why=why)
            for hashed, mobile in zip(hashes, mobiles, strict=True)
        ]
        return await self._block(those)

    async def propose_removed(self, mobiles: Sequence[str]) -> int:
        """Propose these for the blocked numbers."""
        return await self._memory.opt_outs.removed_at_omis(mobiles)

    async def block_opt_outs(self, of: str) -> Blocked:
        """Block whoever opted out and waits."""
        if not of:
            await self._memory.catch_up()
        elif await self._memory.batch(of, self._whose) is None:
            raise RefusedError(_NO_BATCH)
        waiting = replace(own(self._whose), batch_id=of or None)
        count, fresh = await self._memory.opt_outs.block_proposed(waiting, self._by)
        return Blocked(fresh=fresh, already=count - fresh)

    async def block_senders(self, replies: Sequence[str]) -> Blocked:
        """Block the senders of these replies."""
        await self._memory.catch_up()
        whose = own(self._whose)
        named = await self._memory.keeper.read(
            lambda conn: [replies_named(conn, each, whose) for each in replies]
        )
        if any(len(found) != 1 for found in named):
            raise RefusedError(_NO_REPLY)
        mobiles = await self._senders([found[0] for found in named])
        return await self.block(list(dict.fromkeys(mobiles)), "asked for after a reply")

    async def _senders(self, replies: Sequence[ReplyRow]) -> list[str]:
        seal = await self._memory.keeper.seal()
        senders = [seal.who(each.sealed, each.batch) for each in replies]
        if None in senders:
            raise RefusedError(_UNREADABLE)
        return [each.mobile for each in senders if each is not None]

    async def _block(self, those: Sequence[ToBlock]) -> Blocked:
        def work(conn: Connection, now: datetime) -> tuple[int, *tuple[Note | None, ...]]:
            return block_all(conn, those, self._by, now)

        fresh = await self._memory.keeper.guard(work)
        return Blocked(fresh=fresh, already=len(those) - fresh)

    async def page(self, page: int, page_size: int) -> tuple[Sequence[BlockedRow], int]:
        """A page of blocked numbers: they are everybody's, since they hold for every send."""
        found, total = await self._memory.keeper.read(
            lambda conn: blocked.list_blocked(conn, page, page_size)
        )
        return [BlockedRow(masked=each.masked, why=each.note, since=each.added_at) for each in found], total
