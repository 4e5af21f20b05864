"""Who may report: by the address that calls, and by the secret at the end of the URL.

The vendor signs nothing. What is turned away changes nothing but a count, and many at once cost one step of
the store.
"""

import contextlib
import hmac
import ipaddress
import time
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import anyio
from starlette.types import Scope

from server.batches.callback_tokens import CallbackTokens
from server.batches.keeper import Keeper
from server.store.callback_tokens import CallbackToken
from server.store.errors import StoreUnavailableError
from server.store.quarantine import ELSEWHERE, FORGED, count_callbacks
from tools.every8d.callbacks import PATH

_LOOK_SECONDS = 2.0
"""How soon a secret that was issued or ended elsewhere is known here."""
_TELL_SECONDS = 1.0
_MINUTE = timedelta(minutes=1)


class Door:
    """The door of one receiver."""

    def __init__(self, keeper: Keeper, tokens: CallbackTokens, allowed: Sequence[str] = ()) -> None:
        self._keeper = keeper
        self._tokens = tokens
        self._allowed = [ipaddress.ip_network(each) for each in allowed]
        self._known: list[CallbackToken] = []
        self._look_at = 0.0
        self._looking = anyio.Lock()
        self._counts: Counter[str] = Counter()
        self._used: set[str] = set()
        self._unnoted: set[str] = set()
        self._to_tell = anyio.Event()

    async def opens(self, scope: Scope) -> bool:
        """Whether this call may be read.

        Raises:
            StoreUnavailableError: the secrets could not be read yet.
        """
        if not self._is_allowed(scope):
            self.count(ELSEWHERE)
            return False
        path: str = scope["path"]
        token = path.removeprefix(f"{PATH}/")
        if token == path or not await self._takes(token):
            self.count(FORGED)
            return False
        return True

    def count(self, what: str) -> None:
        """One more of this kind; the store hears of it within a second."""
        self._counts[what] += 1
        self._to_tell.set()

    async def keep_telling(self) -> None:
        """Tell the store what was counted, until cancelled. Nothing is done where nothing comes."""
        while True:
            await self._to_tell.wait()
            await anyio.sleep(_TELL_SECONDS)
            with contextlib.suppress(StoreUnavailableError):
                await self.tell()

    async def tell(self) -> None:
        """Tell the store what was counted.

        Raises:
            StoreUnavailableError: it is kept for the next time.
        """
        counts, used, now = dict(self._counts), frozenset(self._used), self._keeper.clock()
        if counts:
            await self._keeper.write(
                lambda conn: [count_callbacks(conn, now, what, more) for what, more in counts.items()]
            )
            self._counts -= Counter(counts)
        if used:
            await self._tokens.used(used)
            self._used -= used
        if not self._counts and not self._used:
            self._to_tell = anyio.Event()

    def _is_allowed(self, scope: Scope) -> bool:
        if not self._allowed:
            return True
        try:
            address = ipaddress.ip_address((scope["client"] or ("",))[0])
        except ValueError:
            return False
        mapped = getattr(address, "ipv4_mapped", None) or address
        return any(mapped in network for network in self._allowed)

    async def _takes(self, token: str) -> bool:
        """Every secret is compared, each in the same time."""
        given = await self._tokens.hashed(token)
        if time.monotonic() >= self._look_at:
            await self._look()
        found = [each.token for each in self._known if hmac.compare_digest(each.token, given)]
        if self._unnoted.intersection(found):
            self._used.update(found)
            self._unnoted.difference_update(found)
            self._to_tell.set()
        return bool(found)

    async def _look(self) -> None:
        """Look again at what is taken. Uses are noted to the minute: a thousand a second cost one step."""
        async with self._looking:
            if time.monotonic() < self._look_at:
                return
            self._known, now = await self._tokens.in_force(), self._keeper.clock()
            noted = (each for each in self._known if each.used_at and now - each.used_at < _MINUTE)
            self._unnoted = {each.token for each in self._known} - {each.token for each in noted} - self._used
            self._look_at = time.monotonic() + _LOOK_SECONDS
