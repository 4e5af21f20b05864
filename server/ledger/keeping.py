"""Outcomes that the outbox holds until the store can be written."""

import logging
from collections.abc import AsyncGenerator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import anyio.to_thread

from server.ledger.finishing import Known, opened, sealed
from server.ledger.key_holder import KeyHolder
from server.store.actions import Action
from server.store.errors import StoreUnavailableError
from server.store.outbox import Outbox
from server.store.transactions import Store
from tools.sentence import sentence

_log = logging.getLogger(__name__)


class OutcomeKeptError(StoreUnavailableError):
    """The store could not be written, and the outbox holds the outcome until it can."""


class Keeping(KeyHolder):
    """A store, and what is known beside it."""

    def __init__(self, store: Store, key_file: Path) -> None:
        super().__init__(store, key_file)
        self.outbox = Outbox(key_file.parent / "outbox")
        self._sealing: bytes | None = None
        self._refused: set[str] = set()
        """What in the outbox was said to be nobody's, once."""

    @asynccontextmanager
    async def room(self) -> AsyncGenerator[None]:
        """Within the block an outcome finds room beside the store, whatever becomes of the disk.

        Raises:
            StoreUnavailableError: there is none.
        """
        self._sealing = await self.key()
        with ExitStack() as stack:
            try:
                if self.outbox.has_room():
                    stack.enter_context(self.outbox.place())
                else:
                    await anyio.to_thread.run_sync(stack.enter_context, self.outbox.place())
            except OSError:
                raise StoreUnavailableError(sentence("there is no room for an outcome beside it.")) from None
            yield

    async def keep(self, known: Known) -> None:
        """Hold an outcome in the outbox, on the disk.

        Raises:
            StoreUnavailableError: that failed too.
        """
        if self._sealing is None:
            raise StoreUnavailableError(sentence("the outcome could not be kept."))
        line = sealed(known, self._sealing)
        try:
            await anyio.to_thread.run_sync(self.outbox.keep, known.action_id, line)
        except OSError:
            raise StoreUnavailableError(sentence("the outcome could not be kept.")) from None

    @property
    def outcomes_wait(self) -> bool:
        """Whether the outbox holds any."""
        return bool(self.outbox.due())

    def as_known(self, action: Action) -> Action:
        """The action with the outcome that the outbox holds of it: nobody is told less than is known."""
        key = self._sealing or self._key
        if key is None or str(action.state) != "dispatching":
            return action
        content = self.outbox.due().get(action.id)
        known = None if content is None else opened(content, key)
        return action if known is None else known.of(action)

    def _waiting(self, key: bytes) -> dict[str, Known]:
        """What the outbox holds; what nobody with the key wrote is left alone, and said."""
        found: dict[str, Known] = {}
        for name, content in self.outbox.due().items():
            known = opened(content, key)
            if known is None or known.action_id != name:
                if name not in self._refused:
                    self._refused.add(name)
                    _log.error(
                        sentence(
                            "an outcome beside the store is torn or not this server's, and is left alone"
                        )
                    )
            else:
                found[name] = known
        return found
