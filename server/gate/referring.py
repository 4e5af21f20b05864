"""Recipients by reference: found by the server, asked of the vendor anew, and frozen for their approval.

The same reference stands for the same numbers as long as an approval can wait: what a person agreed to is
what goes out, however the call is repeated.
"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.batches.asking import ask
from server.batches.asking_replies import ask_for_replies
from server.batches.recipients import Recipients, recipients_of
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.words.sentences import no_such_batch
from server.store.frozen_lists import freeze_list, frozen_list
from tools.desk_operation import AnyOperation
from tools.every8d.references import REPLIED, Reference, read_reference
from tools.mobile import mask_mobile
from tools.problems import Problem, RefusedError

ARGUMENT = "recipients"
_HELD_BEYOND_APPROVAL = timedelta(minutes=5)
_EXAMPLES = 3


_ONLY_COUNTS = Problem(
    code="nobody_meant",
    message="Nothing was sent. The batch is older than the retention: its numbers are gone.",
    next="Give the numbers themselves.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """The arguments with numbers in place of a reference, and what is told of it."""

    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]


async def referred(
    context: GateContext, operation: AnyOperation, arguments: Mapping[str, Any], caller: Caller
) -> Referred:
    """The arguments as they are meant; unchanged where no reference stands in them.

    Raises:
        RefusedError: there is no such batch, or nobody in it is meant; nothing was sent.
    """
    takes = ARGUMENT in operation.params.model_fields and operation.vendor == "every8d"
    reference = read_reference(arguments.get(ARGUMENT)) if takes else None
    if reference is None:
        return Referred(arguments=arguments, facts={})
    found = await _frozen(context, operation, reference, caller)
    if not found.mobiles:
        raise RefusedError(_nobody(reference, found.left_out))
    told = {
        "reference": str(reference),
        "count": len(found.mobiles),
        "examples": [mask_mobile(mobile) for mobile in found.mobiles[:_EXAMPLES]],
    }
    left_out = {"failed_for_good_left_out": found.left_out} if found.left_out else {}
    return Referred(arguments={**arguments, ARGUMENT: [*found.mobiles]}, facts={"meant": told | left_out})


async def _frozen(
    context: GateContext, operation: AnyOperation, reference: Reference, caller: Caller
) -> Recipients:
    keeper = context.memory.keeper
    key = await context.book.digest(json.dumps([caller.principal, operation.name, str(reference)]))
    seal, now = await keeper.seal(), keeper.clock()
    held = await keeper.read(lambda conn: frozen_list(conn, key, now))
    if held is None:
        found = await _found(context, operation, reference, caller)
        if not found.mobiles:
            return found
        sealed = seal.seal_text(json.dumps([found.mobiles, found.left_out]), key)
        until = now + timedelta(seconds=context.settings.approval.expires_s) + _HELD_BEYOND_APPROVAL
        held = await keeper.write(lambda conn: freeze_list(conn, key, sealed, until, now))
    mobiles, left_out = json.loads(seal.open_text(held, key))
    return Recipients(mobiles=tuple(mobiles), left_out=left_out)


async def _found(
    context: GateContext, operation: AnyOperation, reference: Reference, caller: Caller
) -> Recipients:
    """By what the vendor says now: a report that nobody signed makes nobody get a text again."""
    memory = context.memory
    batch = await memory.batch(reference.batch_id, context.owning.limits_of(caller.principal))
    if batch is None:
        raise RefusedError(no_such_batch(operation))
    if batch.reduced_at is not None:
        raise RefusedError(_ONLY_COUNTS)
    answered: Collection[str] = ()
    if reference.which == REPLIED:
        _, told = await ask_for_replies(memory, context.vendors, batch)
        # Who opted out in these replies is blocked before anything is sent, where that is the rule.
        await memory.catch_up()
        answered = {*await memory.keeper.hashes([each.mobile for each in told.replies])}
    else:
        await ask(memory, context.vendors, batch, context.surroundings())
    seal = await memory.keeper.seal()
    return await memory.keeper.read(
        lambda conn: recipients_of(conn, batch.id, reference.which, seal, answered)
    )


def _nobody(reference: Reference, left_out: int) -> Problem:
    for_good = f" {left_out} failed for good; a later text would not reach them either." if left_out else ""
    return Problem(
        code="nobody_meant",
        message=f"Nothing was sent. Nobody in this batch is `{reference.which}` by what the vendor says now."
        + for_good,
        next="Look at summarize_delivery; those of whom nothing certain is known are never sent to again.",
    )
