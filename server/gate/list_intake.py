"""A list of recipients that somebody uploads: under the operator's rules, with its line in the audit."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from server.campaigns.uploads import Uploaded, Uploads
from server.gate.context import GateContext
from server.ledger.notes import Note
from tools.problems import Problem, RefusedError
from tools.sentence import sentence


async def take_list(
    context: GateContext, uploads: Uploads, principal: str, pieces: AsyncGenerator[bytes]
) -> Uploaded:
    """Keep it in the room of its sender.

    Raises:
        RefusedError: it was not taken.
    """
    if context.settings.policy.read_only:
        raise RefusedError(_READ_ONLY)
    if not context.limiter.spend(principal, context.clock()):
        raise RefusedError(_TOO_OFTEN)
    async with aclosing(pieces):
        kept = await uploads.take(pieces, context.owning.shelf_of(principal) or "")
    await context.book.record(Note(what="list_uploaded", principal=principal, outcome=kept.name))
    return kept


_READ_ONLY = Problem(
    code="read_only",
    message=sentence("The list was not taken: the server only looks."),
    next=sentence("A person changes CAMPAIGN_OPS_POLICY__READ_ONLY."),
)
_TOO_OFTEN = Problem(
    code="rate_limited",
    message=sentence("The list was not taken: too many calls in a minute."),
    next=sentence("Wait a minute. The limit is CAMPAIGN_OPS_POLICY__CALLS_PER_MINUTE."),
)
