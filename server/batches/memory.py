"""The records as one process has them: kept abreast of the ledger, read and refreshed."""

import contextlib
from collections.abc import Iterable, Sequence
from functools import partial

import anyio

from server.batches.asked import Asked
from server.batches.asked_replies import note_replies
from server.batches.inbox import Inbox
from server.batches.keeper import Keeper
from server.batches.opt_outs import BY_RULE, OptOuts
from server.batches.reading import Reading
from server.batches.recorder import Recorder
from server.ledger.whose import Whose
from server.logs.logs import without_secrets
from server.settings.policy import PolicySettings
from server.store.batches import Batch, BatchFilter, batch_by_vendor_id, list_batches
from server.store.errors import StoreUnavailableError
from server.store.opt_outs import ANYBODY
from server.store.tasks_seen import TaskSeen, note_tasks
from tools.every8d.replies import ReplyMessage
from tools.omis.tasks import KnownTask

_EVERY_SECONDS = 2.0


class Memory:
    """What was sent and what became of it."""

    def __init__(self, keeper: Keeper, policy: PolicySettings) -> None:
        self.keeper = keeper
        self.opt_outs = OptOuts(keeper)
        self._policy = policy
        self._recorder = Recorder(keeper, policy.opt_out_words)
        self._catching_up = anyio.Lock()

    async def catch_up(self, *, briefly: bool = False) -> None:
        """Record what the ledger and the reports hold by now, and count what changed.

        `briefly` is for what needs no single message of a campaign's newest parts.

        Raises:
            StoreUnavailableError: the store is away, or the key of the numbers is.
        """
        async with self._catching_up:
            await self._recorder.catch_up(briefly=briefly)
            await self._recorder.count()
            await self._obey_opt_outs()

    async def catch_up_if_possible(self, *, briefly: bool = False) -> None:
        """The same for what is told without the records as well: they may have lost their key."""
        with contextlib.suppress(StoreUnavailableError):
            await self.catch_up(briefly=briefly)

    async def _obey_opt_outs(self) -> None:
        """Block those who opted out, where the operator's rule is that nobody confirms it."""
        if self._policy.block_opt_outs:
            await self.opt_outs.block_proposed(ANYBODY, BY_RULE)

    async def keep_up(self) -> None:
        """Catch up until cancelled; a store that is away is tried again later."""
        while True:
            await self.catch_up_if_possible(briefly=True)
            await anyio.sleep(_EVERY_SECONDS)

    async def page(self, wanted: BatchFilter, page: int, page_size: int) -> tuple[list[Batch], int]:
        """A page of batches, newest first, and how many there are."""
        await self.catch_up()
        return await self.keeper.read(lambda conn: list_batches(conn, wanted, page, page_size))

    async def batch(self, batch_id: str, whose: Whose | None) -> Batch | None:
        """The batch that the vendor calls so; None when it is none of these."""
        await self.catch_up()
        found = await self.keeper.read(lambda conn: batch_by_vendor_id(conn, batch_id))
        return None if found is None or (whose is not None and not whose.has(found.principal)) else found

    async def reading(self, batch: Batch) -> Reading:
        """Note what the vendor answers about a whole batch, page by page."""
        keeper = self.keeper
        return Reading(keeper, Asked(batch, await keeper.key(), await keeper.seal(), keeper.clock()))

    async def tasks_looked_at(self, tasks: Iterable[KnownTask]) -> None:
        """Note how launches and jobs stood when somebody looked. A look goes on without the store."""
        at = self.keeper.clock()
        seen = [
            # The vendor repeats what it was sent in a name, a password in the worst case.
            TaskSeen(
                kind=task.noun, id=task.id, name=without_secrets(task.name), status=task.status, seen_at=at
            )
            for task in tasks
        ]
        if seen:
            with contextlib.suppress(StoreUnavailableError):
                await self.keeper.write(partial(note_tasks, tasks=seen))

    async def replies_asked(self, batch: Batch, replies: Sequence[ReplyMessage]) -> int:
        """Note what the vendor answered about a batch's replies; how many are new.

        They are counted, and opt-outs obeyed, when the records are caught up next.
        """
        note = partial(
            note_replies,
            batch=batch,
            replies=replies,
            inbox=Inbox(await self.keeper.key(), await self.keeper.seal(), self._policy.opt_out_words),
            at=self.keeper.clock(),
        )
        return await self.keeper.write(note)
