"""Recipients by reference: found by the server, asked of the vendor anew, and frozen for their approval.

The same reference stands for the same numbers as long as an approval can wait: what a person agreed to is
what goes out, however the call is repeated.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from server.batches.own import own
from server.batches.recipients import Recipients
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.members import Members, who_answered
from server.ledger.whose import Whose
from server.store.batches import batch_of
from server.store.frozen_lists import freeze_list, frozen_list
from server.store.replies import replies_named
from tools.desk_operation import AnyOperation
from tools.every8d.references import SENDER, Reference, read_reference
from tools.mobile import mask_mobile
from tools.problems import Problem, RefusedError

ARGUMENT = "recipients"
_HELD_BEYOND_APPROVAL = timedelta(minutes=5)
_EXAMPLES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Referred:
    """The arguments with numbers in place of a reference, and what is told of it."""

    arguments: Mapping[str, Any]
    facts: Mapping[str, Any]


def reference_in(operation: AnyOperation, arguments: Mapping[str, Any]) -> Reference | None:
    """The reference that stands in place of numbers, where there is one."""
    takes = ARGUMENT in operation.params.model_fields and operation.vendor == "every8d"
    return read_reference(arguments.get(ARGUMENT)) if takes else None


async def referred(
    context: GateContext, operation: AnyOperation, arguments: Mapping[str, Any], caller: Caller
) -> Referred:
    """The arguments as they are meant; unchanged where no reference stands in them.

    Raises:
        RefusedError: there is no such batch, or nobody in it is meant; nothing was sent.
    """
    reference = reference_in(operation, arguments)
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
    if reference.which == SENDER:
        return await _sender(context, reference.of, context.owning.limits_of(caller.principal))
    members = Members(context, operation, reference, caller)
    found = [await members.of(batch) for batch in await members.batches()]
    mobiles = dict.fromkeys(mobile for each in found for mobile in each.mobiles)
    return Recipients(mobiles=tuple(mobiles), left_out=sum(each.left_out for each in found))


async def _sender(context: GateContext, reply_id: str, whose: Whose | None) -> Recipients:
    """The sender of a reply, where the vendor says now that this number replied."""
    memory = context.memory
    await memory.catch_up()
    found = await memory.keeper.read(lambda conn: replies_named(conn, reply_id, own(whose)))
    if len(found) != 1:
        raise RefusedError(_NO_REPLY)
    (reply,) = found
    batch = await memory.keeper.read(lambda conn: batch_of(conn, reply.batch))
    who = (await memory.keeper.seal()).who(reply.sealed, reply.batch)
    if batch is None or who is None or reply.number not in await who_answered(context, batch):
        return Recipients(mobiles=())
    return Recipients(mobiles=(who.mobile,))


_NO_REPLY = Problem(
    code="not_found",
    message="Nothing was sent. The id is of no reply to a batch in the records.",
    next="Take the id from get_reply_summary.",
)


def _nobody(reference: Reference, left_out: int) -> Problem:
    for_good = f" {left_out} failed for good; a later text would not reach them either." if left_out else ""
    return Problem(
        code="nobody_meant",
        message=f"Nothing was sent. Nobody is `{reference.which}` of it by what the vendor says now."
        + for_good,
        next="Look at summarize_delivery; those of whom nothing certain is known are never sent to again.",
    )
