"""A caller's import of a batch that was sent elsewhere: the vendor is asked, and the records keep it."""

from server.batches.importing import imported, may_be_ours
from server.gate.batch_desk import summary_of_batch
from server.gate.context import GateContext
from server.gate.words.sentences import no_such_batch
from server.ledger.whose import Whose
from server.store.batches import Batch, batch_by_vendor_id
from tools.desk.import_batch import IMPORT_BATCH
from tools.every8d.delivery import MMS_DELIVERY, SMS_DELIVERY, Messages, every_message
from tools.every8d.paging import PAGES_OF_THE_LARGEST
from tools.import_desk import Imported
from tools.problems import RefusedError

_SOURCES = (("sms", SMS_DELIVERY), ("mms", MMS_DELIVERY))


class OwnImporting:
    """The `ImportDesk` of one call. Whether the batch is another's send, the gate has looked already."""

    def __init__(self, context: GateContext, whose: Whose | None, principal: str) -> None:
        self._context = context
        self._memory = context.memory
        self._whose = whose
        self._principal = principal

    async def import_batch(self, batch_id: str) -> Imported:
        """Keep it as the caller's."""
        await self._memory.catch_up()
        if await self._known(batch_id) is not None:
            return await self._told(batch_id, fresh=False, complete=True)
        kind, found = await self._asked(batch_id)
        fresh = await imported(self._memory, batch_id, kind, found, self._principal)
        return await self._told(batch_id, fresh=fresh, complete=found.complete)

    async def _known(self, batch_id: str) -> Batch | None:
        batch = await self._memory.keeper.read(lambda conn: batch_by_vendor_id(conn, batch_id))
        if batch is not None and self._whose is not None and not self._whose.has(batch.principal):
            raise RefusedError(no_such_batch(IMPORT_BATCH))
        return batch

    async def _asked(self, batch_id: str) -> tuple[str, Messages]:
        """What the vendor tells of it: as SMS, or else as MMS."""
        around = self._context.surroundings()
        for kind, source in _SOURCES:
            steps = every_message(source, batch_id, around, PAGES_OF_THE_LARGEST)
            found = await self._context.vendors.query(steps)
            if any(found.pages):
                return kind, found
        raise RefusedError(no_such_batch(IMPORT_BATCH))

    async def _told(self, batch_id: str, *, fresh: bool, complete: bool) -> Imported:
        batch = await self._known(batch_id)
        if batch is None:
            raise RefusedError(no_such_batch(IMPORT_BATCH))
        perhaps = await may_be_ours(self._memory, batch) if fresh else []
        return Imported(batch=summary_of_batch(batch), fresh=fresh, complete=complete, perhaps=perhaps)
