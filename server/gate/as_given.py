"""What a call came to, found by its arguments as they were given: whatever has become of what they refer to.

A reference stands for other numbers by and by, and a file can be removed. The digest that the ledger knows a
call by needs both, so the digest is kept beside the arguments that were given.
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED
from server.store.actions import UNDECIDED, CallKey
from server.store.frozen_lists import frozen_list, keep_instead
from tools.desk_operation import AnyOperation
from tools.operation import RISKY, Surroundings

if TYPE_CHECKING:
    from server.store.actions import Action as Entry

_HELD = timedelta(days=7)
"""An outcome that is unknown answers for its call longer than the day of one that is known."""


class AsGiven:
    """Remembers each call whose arguments refer to something, and finds again what was carried out."""

    def __init__(self, context: GateContext) -> None:
        self._context = context

    async def remember(self, call: CallOf, world: Surroundings, key: CallKey) -> None:
        """Before anything is proposed, so that whatever is carried out can be found."""
        if call.given is None:
            return
        keeper = self._context.memory.keeper
        place = await self._place(call.operation, call.given, key.principal)
        kept = [key.digest, key.request_id, _hashes(world.files)]
        sealed = (await keeper.seal()).seal_text(json.dumps(kept), place)
        now = keeper.clock()
        await keeper.write(lambda conn: keep_instead(conn, place, sealed, now + _HELD, now))

    async def carried_out(
        self, operation: AnyOperation, given: Mapping[str, Any], principal: str
    ) -> "Entry | None":
        """The action that answers for these arguments; None where there is none, or it still waits.

        Raises:
            StoreUnavailableError: what was done is not known.
        """
        keeper = self._context.memory.keeper
        place, now = await self._place(operation, given, principal), keeper.clock()
        held = await keeper.read(lambda conn: frozen_list(conn, place, now))
        if held is None:
            return None
        digest, request_id, hashes = json.loads((await keeper.seal()).open_text(held, place))
        if await self._differs(hashes):
            return None
        key = CallKey(principal=principal, tool=operation.name, digest=digest, request_id=request_id)
        seen = await self._context.book.look(key, (), (), standing=operation.risk in RISKY)
        return None if seen.live is None or seen.live.state in UNDECIDED else seen.live

    async def _differs(self, hashes: Mapping[str, str]) -> bool:
        """Whether a file that is still there has another content: then it is another call."""
        for name, known in hashes.items():
            try:
                content = await self._context.files.read(name)
            except ANTICIPATED:
                continue
            if _hash(content) != known:
                return True
        return False

    async def _place(self, operation: AnyOperation, given: Mapping[str, Any], principal: str) -> str:
        account = await self._context.account_of(operation)
        asked = {name: value for name, value in given.items() if name != "dry_run"}
        named = ["as given", principal, operation.name, account, asked]
        return await self._context.book.digest(json.dumps(named, sort_keys=True, default=str))


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: _hash(content) for name, content in files.items()}


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
