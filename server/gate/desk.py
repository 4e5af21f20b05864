"""The desk: what the server does for operations that are more than one exchange with a vendor."""

from collections.abc import Mapping, Sequence

from server.gate.caller import Caller
from server.gate.context import GateContext
from tools.operation import SavedFile, Steps, Surroundings, T


class ServerDesk:
    """The `Desk` of one call."""

    def __init__(self, context: GateContext, caller: Caller) -> None:
        self._context = context
        self._caller = caller

    @property
    def surroundings(self) -> Surroundings:
        """The world as it is now."""
        return self._context.surroundings()

    async def query(self, steps: Steps[T]) -> T:
        """Carry out read requests."""
        return await self._context.vendors.query(steps)

    async def save(self, stem: str, suffix: str, content: bytes) -> SavedFile:
        """Keep a report under a name of ours."""
        return await self._context.files.save(stem, suffix, content)

    async def delivery_events(self, batch_id: str) -> Sequence[Mapping[str, str]]:
        """The callbacks that have arrived, newest first."""
        return await self._context.book.delivery_events(batch_id)
