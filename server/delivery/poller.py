"""Asks for open batches by a plan, so that "did it arrive" is answered from memory.

Most desks have no callback set up. The plan grows (1, 3, 10, 30 minutes … 3 days) and ends by itself; where
several processes share a store, each batch is asked for by one of them.
"""

import logging

import anyio

from server.batches.asking import ask
from server.batches.asking_replies import ask_for_replies
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.phone import ByPhone
from server.gate.surroundings import every8d_options
from server.parts import Parts
from server.store.asking_plan import any_due, take_due
from server.store.batches import Batch
from tools.every8d.delivery import GET_SMS_DELIVERY
from tools.operation import Surroundings

_EVERY_SECONDS = 5.0
_log = logging.getLogger(__name__)


async def keep_asking(parts: Parts) -> None:
    """Ask for what is due until cancelled."""
    by_phone = ByPhone(parts.context)
    while True:
        await ask_for_due(parts)
        if parts.book.phone.number:
            await by_phone.look_at_all()
        await anyio.sleep(_EVERY_SECONDS)


async def ask_for_due(parts: Parts) -> int:
    """Ask for every batch that is due, one after another; how many there were."""
    asked = 0
    await parts.memory.catch_up(briefly=True)
    while (batch := await _taken(parts)) is not None:
        await _ask(parts, batch)
        asked += 1
    return asked


async def _taken(parts: Parts) -> Batch | None:
    keeper = parts.memory.keeper
    if not await keeper.read(lambda conn: any_due(conn, keeper.clock())):
        return None
    return await keeper.write(lambda conn: take_due(conn, keeper.clock()))


async def _ask(parts: Parts, batch: Batch) -> None:
    around = Surroundings(now=parts.memory.keeper.clock(), every8d=every8d_options(parts.settings.every8d))
    try:
        if batch.pending or not batch.recipients:
            await ask(parts.memory, parts.vendors, batch, around)
        if batch.kind == "sms":
            # People answer when every message has long arrived.
            await ask_for_replies(parts.memory, parts.vendors, batch)
    except ANTICIPATED as error:
        code = problem_of(GET_SMS_DELIVERY, error).code
        _log.warning("a batch could not be asked for (%s); the plan goes on", code)
