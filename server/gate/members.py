"""Whom a reference stands for, a batch at a time, by what the vendor says of each."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from server.batches.asking import ask
from server.batches.asking_replies import ask_for_replies
from server.batches.recipients import Recipients, recipients_of
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.words.sentences import no_such_batch
from server.store.batches import Batch
from server.store.campaign_batches import batches_of_campaign
from server.store.failed_sends import SameWords, had_since
from server.store.messages import has_uncertain
from tools.desk.campaigns import no_such_campaign
from tools.desk_operation import AnyOperation
from tools.every8d.references import NO_REPLY, REPLIED, Reference
from tools.problems import Problem, RefusedError


class Members:
    """The recipients that a reference of one call means: of a batch, or of each batch of a campaign."""

    def __init__(
        self,
        context: GateContext,
        operation: AnyOperation,
        reference: Reference,
        caller: Caller,
        *,
        but: SameWords | None = None,
    ) -> None:
        """Nobody is among them whom a batch of the same words has reached since, or may have: `but`."""
        self._context = context
        self._operation = operation
        self._reference = reference
        self._caller = caller
        self._but = but

    async def batches(self) -> Sequence[Batch]:
        """The batches in which they are.

        Raises:
            RefusedError: this caller has no such batch or campaign, or its numbers are gone.
        """
        if self._reference.is_campaign:
            return await self._of_campaign()
        whose = self._context.owning.limits_of(self._caller.principal)
        batch = await self._context.memory.batch(self._reference.of, whose)
        if batch is None:
            raise RefusedError(no_such_batch(self._operation))
        if batch.reduced_at is not None:
            raise RefusedError(_ONLY_COUNTS)
        return [batch]

    async def _of_campaign(self) -> Sequence[Batch]:
        context, id_ = self._context, self._reference.of
        if await context.campaigns.known(id_, self._caller.principal) is None:
            raise no_such_campaign()
        await context.memory.catch_up()
        found = await context.memory.keeper.read(lambda conn: batches_of_campaign(conn, id_))
        kept = [batch for batch in found if batch.reduced_at is None]
        if found and not kept:
            raise RefusedError(_ONLY_COUNTS)
        return kept

    async def of(self, batch: Batch) -> Recipients:
        """Those of one batch. A campaign's is asked for anew only where something in it is not certain yet.

        Raises:
            RefusedError, NotSentError, UnknownOutcomeError, UnreadableReply: the vendor could not be asked.
        """
        context, which = self._context, self._reference.which
        answered: Collection[str] = ()
        if which in (REPLIED, NO_REPLY):
            answered = await who_answered(context, batch)
        if which != REPLIED and await self._is_to_be_asked(batch):
            await ask(context.memory, context.vendors, batch, context.surroundings())
        seal = await context.memory.keeper.seal()
        found = await context.memory.keeper.read(
            lambda conn: recipients_of(conn, batch.id, which, seal, answered)
        )
        return found if self._but is None else await self._not_reached(found, self._but)

    async def _not_reached(self, found: Recipients, words: SameWords) -> Recipients:
        keeper = self._context.memory.keeper
        hashes = await keeper.hashes(found.mobiles)
        had = await keeper.read(lambda conn: had_since(conn, words, hashes))
        both = [*zip(found.mobiles, hashes, strict=True)]
        return replace(
            found,
            mobiles=tuple(mobile for mobile, half in both if half not in had),
            had=tuple(mobile for mobile, half in both if half in had),
        )

    async def _is_to_be_asked(self, batch: Batch) -> bool:
        if not self._reference.is_campaign:
            return True
        return await self._context.memory.keeper.read(lambda conn: has_uncertain(conn, batch.id))


async def who_answered(context: GateContext, batch: Batch) -> Collection[str]:
    """Half hashes of those who replied to it, by what the vendor says now."""
    memory = context.memory
    _, told = await ask_for_replies(memory, context.vendors, batch)
    # Who opted out in these replies is blocked before anything is sent, where that is the rule.
    await memory.catch_up()
    return {*await memory.keeper.hashes([each.mobile for each in told.replies])}


_ONLY_COUNTS = Problem(
    code="nobody_meant",
    message="Nothing was sent. The batch is older than the retention: its numbers are gone.",
    next="Give the numbers themselves.",
)
