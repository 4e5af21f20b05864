"""Asks the vendor what became of a whole batch, and notes it."""

import anyio

from server.batches.memory import Memory
from server.call_time import left
from server.store.batches import Batch
from server.vendors.ahead import each_page
from server.vendors.vendors import Vendors
from tools.every8d.delivery import MMS_DELIVERY, SMS_DELIVERY, VENDOR_PAGE, MessagesPage, messages_page
from tools.every8d.paging import PAGES_OF_THE_LARGEST, pages_of
from tools.operation import Surroundings

MOST_ASKED = 50
"""Batches that one call asks the vendor for."""
SECONDS_TO_ASK = 35.0
SECONDS_TO_TELL = 9.0
"""What is left of a call's time once the vendor was asked: it is for the records."""


def time_to_ask() -> float:
    """How long a call may ask the vendor anew, in seconds."""
    return left(SECONDS_TO_ASK, keep=SECONDS_TO_TELL)


async def ask(memory: Memory, vendors: Vendors, batch: Batch, around: Surroundings) -> bool:
    """Read the batch at the vendor and note each message, page by page, while the next ones are on the way.

    False: the vendor did not give all of it, so something of it may be older.

    Raises:
        RefusedError: the vendor refused, or an earlier login error stopped the account's calls.
        NotSentError, UnknownOutcomeError: it did not answer.
        UnreadableReply: not in a form that is known.
    """
    source = MMS_DELIVERY if batch.kind == "mms" else SMS_DELIVERY
    reading = await memory.reading(batch)

    async def fetch(number: int) -> MessagesPage:
        return await vendors.query(messages_page(source, batch.batch_id, around, number))

    try:
        await each_page(fetch, _last, reading.take)
    except BaseException:
        # What was noted stands, and is counted.
        with anyio.CancelScope(shield=True):
            await reading.broken_off()
        raise
    return await reading.ended()


def _last(page: MessagesPage) -> int:
    return min(PAGES_OF_THE_LARGEST, pages_of(page.total, VENDOR_PAGE))
