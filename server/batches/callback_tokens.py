"""The secrets at the end of the callback's URL: the one in the settings, and those that were issued.

The vendor's URL is changed by hand, at some time after a new secret was made: so two are taken for a while.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import SecretStr

from server.batches.keeper import Keeper
from server.ledger.notes import Note
from server.store.callback_tokens import (
    CallbackToken,
    end_token,
    keep_token,
    tokens_in_force,
    tokens_used,
)
from server.store.keys import keyed
from server.store.plans import Connection

_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotated:
    """A new secret, and the one that is taken beside it."""

    token: str
    beside: CallbackToken | None


class CallbackTokens:
    """What the receiver takes, for all servers of one store."""

    def __init__(self, keeper: Keeper, given: SecretStr) -> None:
        self._keeper = keeper
        self._given = given.get_secret_value()

    async def hashed(self, token: str) -> str:
        """What stands for a secret in the store."""
        return keyed(await self._keeper.key(), "callback token", token)

    async def in_force(self) -> list[CallbackToken]:
        """What is taken now, the newest first.

        Raises:
            StoreUnavailableError: the store is away.
        """
        given, now = await self._hash_of_given(), self._keeper.clock()
        return await self._keeper.read(lambda conn: tokens_in_force(conn, given, now))

    async def used(self, tokens: Collection[str]) -> None:
        """Note that these were used now, by their hashes."""
        now = self._keeper.clock()
        await self._keeper.write(lambda conn: tokens_used(conn, tokens, now))

    async def rotate(self, days: int | None, note: Note) -> Rotated:
        """Issue a secret. Of those before, the one used last is taken on, for so many days or for good."""
        given, token = await self._hash_of_given(), secrets.token_urlsafe(_BYTES)
        hashed = await self.hashed(token)

        def work(conn: Connection, now: datetime) -> tuple[Rotated, Note]:
            before = tokens_in_force(conn, given, now)
            beside = _used_last(before)
            until = None if days is None else now + timedelta(days=days)
            for each in before:
                end = until if each is beside else now
                if end is not None:
                    end_token(conn, each, end)
            keep_token(conn, CallbackToken(hashed, issued_at=now))
            return Rotated(
                token=token, beside=beside and beside._replace(until=_sooner(until, beside.until))
            ), note

        return await self._keeper.guard(work)

    async def retire(self, note: Note) -> int:
        """Take the newest alone from now on; how many ended."""
        given = await self._hash_of_given()

        def work(conn: Connection, now: datetime) -> tuple[int, Note | None]:
            before = tokens_in_force(conn, given, now)[1:]
            for each in before:
                end_token(conn, each, now)
            return len(before), note if before else None

        return await self._keeper.guard(work)

    async def _hash_of_given(self) -> str:
        return await self.hashed(self._given) if self._given else ""


def _sooner(*ends: datetime | None) -> datetime | None:
    """No end is put off: the first of them counts."""
    return min((end for end in ends if end is not None), default=None)


def _used_last(tokens: Sequence[CallbackToken]) -> CallbackToken | None:
    """The one that the vendor calls with, as far as is known; where none was ever used, the oldest."""
    used = [(each.used_at, place) for place, each in enumerate(tokens) if each.used_at is not None]
    if not tokens:
        return None
    return tokens[max(used)[1]] if used else tokens[-1]
