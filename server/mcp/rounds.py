"""The state of a question between its two rounds, sealed with a key of the store.

The SDK would seal it with a key of this process: a restart, or another process that answers, could not finish
the round. And what it cannot open it answers with an error of the protocol, which hosts show to nobody.
"""

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import mcp_types as types
from mcp.server.context import CallNext, HandlerResult, ServerRequestContext
from mcp.server.request_state import AESGCMRequestStateCodec, InvalidRequestState, RequestStateCodec
from mcp.shared.exceptions import MCPError

from server.gate.words.approval_refusals import approval_mismatch
from server.gate.words.store_refusals import store_unavailable
from server.late_parts import LateParts
from server.mcp.tool import told_before
from server.store.errors import StoreUnavailableError
from tools.offering import Named
from tools.sentence import reason_of

_LABEL = b"campaign-ops-mcp/request-state/v1"
_REASON = "invalid_request_state"


class StoreCodec(RequestStateCodec):
    """Seals with a key that derives from the store's: read with the first question, not at the start."""

    def __init__(self, held_key: Callable[[], bytes | None]) -> None:
        self._held_key = held_key
        self._made: tuple[bytes, AESGCMRequestStateCodec] | None = None

    def seal(self, payload: bytes) -> str:
        """See the protocol. Whoever asks a question has written it to the store, with its key."""
        return self._codec().seal(payload)

    def unseal(self, token: str) -> bytes:
        """See the protocol."""
        return self._codec().unseal(token)

    def _codec(self) -> AESGCMRequestStateCodec:
        key = self._held_key()
        if self._made is None or key not in (None, self._made[0]):
            if key is None:
                raise InvalidRequestState("no key")
            sealing = hmac.digest(key, _LABEL, hashlib.sha256)
            self._made = key, AESGCMRequestStateCodec([sealing])
        return self._made[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRounds:
    """Has the key at hand before a state is opened, and says in a tool's answer when it cannot be opened."""

    parts: LateParts
    operations: Mapping[str, Named]

    async def __call__(self, ctx: ServerRequestContext[Any, Any], call_next: CallNext) -> HandlerResult:
        """A call with a state; everything else passes."""
        params = ctx.params or {}
        operation = self.operations.get(str(params.get("name", ""))) if ctx.method == "tools/call" else None
        if operation is None or params.get("requestState") is None:
            return await call_next(ctx)
        try:
            await (await self.parts.opened()).journal.key()
            return await call_next(ctx)
        except StoreUnavailableError as error:
            return told_before(store_unavailable(operation, reason_of(error)))
        except MCPError as error:
            if not _is_of_the_state(error.error):
                raise
            return told_before(approval_mismatch(operation))


def _is_of_the_state(error: types.ErrorData) -> bool:
    return error.data == {"reason": _REASON}
