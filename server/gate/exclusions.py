"""The numbers that a rule forbids, for lists: looked up in bulk, a slice of a list at a time."""

from collections.abc import Collection, Sequence
from typing import Self

from server.batches.own import own
from server.gate.context import GateContext
from server.gate.rules.blocked_file import read_blocked_file
from server.gate.rules.policy import country_of
from server.ledger.whose import Whose
from server.store.blocked import which_blocked
from server.store.dead_numbers import dead_hashes
from server.store.keys import HALF
from tools.every8d.codes import DEAD_NUMBER
from tools.lists.reasons import Reason
from tools.mobile import is_taiwanese


class Exclusions:
    """Blocked, dead and foreign numbers, as they are when a list is begun."""

    def __init__(self, context: GateContext, blocked: Collection[str], dead: Collection[str]) -> None:
        self._keeper = context.memory.keeper
        self._countries = context.settings.policy.countries
        self._blocked = frozenset(blocked)
        self._dead = frozenset(dead)
        self.problem = ""
        """Why a rule cannot be applied, and every send is refused."""

    @classmethod
    async def of(cls, context: GateContext, whose: Whose | None) -> Self:
        """What the settings and the records say now; the table of blocked numbers is asked on the way."""
        await context.memory.catch_up()
        policy = context.settings.policy
        wanted = own(whose)
        dead = await context.memory.keeper.read(lambda conn: dead_hashes(conn, wanted, DEAD_NUMBER))
        made = cls(context, policy.blocked_numbers, dead)
        if policy.blocked_numbers_file is not None:
            file = read_blocked_file(policy.blocked_numbers_file)
            made.problem = file.problem
            made._blocked |= file.numbers
        return made

    async def among(self, mobiles: Collection[str]) -> dict[str, Reason]:
        """Those of these numbers (E.164) that get no text, and why."""
        listed = list(dict.fromkeys(mobiles))
        return await self.among_hashed(listed, await self._keeper.whole_hashes(listed))

    async def among_hashed(self, listed: Sequence[str], hashes: Sequence[str]) -> dict[str, Reason]:
        """The same where each one's hash is known."""
        if not listed:
            return {}
        blocked = await self._keeper.read(lambda conn: which_blocked(conn, hashes))
        found: dict[str, Reason] = {}
        for mobile, hashed in zip(listed, hashes, strict=True):
            if mobile in self._blocked or hashed in blocked:
                found[mobile] = Reason.BLOCKED
            elif hashed[:HALF] in self._dead:
                found[mobile] = Reason.DEAD
            elif self._is_foreign(mobile):
                found[mobile] = Reason.FOREIGN
        return found

    def _is_foreign(self, mobile: str) -> bool:
        if not self._countries:
            return False
        return ("TW" if is_taiwanese(mobile) else country_of(mobile)) not in self._countries
