"""Which batches a caller means, as the store chooses them."""

from dataclasses import replace
from datetime import timedelta

from server.batches.memory import Memory
from server.batches.own import own
from server.ledger.whose import Whose
from server.store.batches import BatchFilter, list_batches
from tools.insight_desk import Chosen
from tools.taipei import midnight

_NOTHING = BatchFilter(id="")


async def chosen_batches(memory: Memory, whose: Whose | None, chosen: Chosen) -> BatchFilter:
    """The filter over the caller's own batches; of nothing given, the newest batch."""
    owned = own(whose)
    await memory.catch_up()
    if chosen.newest:
        newest, _ = await memory.keeper.read(lambda conn: list_batches(conn, owned, 1, 1))
        return BatchFilter(id=newest[0].id) if newest else _NOTHING
    day = None if chosen.day is None else midnight(chosen.day)
    return replace(
        owned,
        since=max((moment for moment in (day, chosen.since) if moment), default=None),
        before=None if day is None else day + timedelta(days=1),
        words=chosen.words or None,
        batch_id=chosen.batch_id or None,
        campaign=chosen.campaign_id or None,
    )
