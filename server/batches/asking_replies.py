"""Asks the vendor what was answered to a batch, and notes it."""

from server.batches.memory import Memory
from server.store.batches import Batch
from server.vendors.vendors import Vendors
from tools.every8d.replies import Replies, every_reply


async def ask_for_replies(memory: Memory, vendors: Vendors, batch: Batch) -> tuple[int, Replies]:
    """Read a batch's replies at the vendor; how many are new, and what it said.

    Raises:
        RefusedError: the vendor refused, or an earlier login error stopped the account's calls.
        NotSentError, UnknownOutcomeError: it did not answer.
        UnreadableReply: not in a form that is known.
    """
    found = await vendors.query(every_reply(batch.batch_id))
    return await memory.replies_asked(batch, found.replies), found
