"""What the ledger knows: of a call before anything else is done, of one action, of many."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from server.ledger.parts import request_ids
from server.ledger.records import Records, blocked_of
from server.ledger.trail import Receipt, Trail, receipt_of, trail_of
from server.store import ledger
from server.store.actions import Action, ActionFilter, CallKey, State
from server.store.decisions import LOOKED_THROUGH, decided
from server.store.hindrances import Asked, nothing_known
from server.store.listing import Sums, choose, erased_of, page_of, sums_of
from server.store.lookup import by_batch, by_requests
from server.store.packed_texts import count_packed
from server.store.plans import Connection
from server.store.sent_texts import Repeated, Texted, repeated, same_send
from tools.action_id import is_id, normalise_id
from tools.operation import Message

_MOST_AT_ONCE = 50
"""Packed parts: to look through so many takes a millisecond."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What the ledger knows of a call before anything else is done."""

    live: Action | None
    """The action of the same call, or of one with the same effect."""
    blocked: tuple[str, ...]
    """Those of its numbers that are blocked."""
    repeats: tuple[Repeated, ...]
    """Earlier sends of the same texts to the same numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of the ledger: how many actions there are in all, and which of the page were erased bookings.

    `searched`: only so many of the newest were looked through. A sum is None where there are too many sends.
    """

    actions: list[Action]
    total: int
    erased: frozenset[str]
    searched: int | None
    sums: list[Sums | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decisions:
    """A page of what people decided on, each with the audit's line of it."""

    rows: list[tuple[Action, Receipt | None]]
    page: int
    pages: int
    cut: bool
    """Older ones were not looked for."""
    looked_through: int


class Looking(Records):
    """Changes nothing."""

    async def look(
        self, key: CallKey, numbers: Sequence[str], messages: Sequence[Message], *, standing: bool
    ) -> Seen:
        """The live action of the same call within 24 hours, blocked numbers, and who had the text already.

        `standing`: for what costs or destroys, and refused where the store's past is lost.
        """
        hashes, texts = await self.hashed(numbers), await self.texted(messages)

        def at_once(conn: Connection, now: datetime) -> Seen | None:
            """None where it would take long for the event loop."""
            if nothing_known(conn, Asked(key=key, numbers=tuple(hashes), texts=texts), now):
                return Seen(live=None, blocked=(), repeats=())
            return None if count_packed(conn) > _MOST_AT_ONCE else whole(conn, now)

        def whole(conn: Connection, now: datetime) -> Seen:
            repeats = repeated(conn, texts, now) if texts else []
            live = live_action(conn, key, texts, repeats, now)
            known = live and self._journal.as_known(live)
            return Seen(live=known, blocked=blocked_of(conn, hashes), repeats=tuple(repeats))

        if standing:
            seen = await self._journal.read_standing(at_once)
            return seen or await self._journal.read_standing(whole, brief=False)
        return await self._journal.glance(at_once) or await self._journal.read(whole)

    async def repeats(self, messages: Sequence[Message], retry_of: str) -> tuple[Repeated, ...]:
        """Who had the texts of a safe retry by other sends than the one that it repeats."""
        texts = await self.texted(messages)
        return await self._journal.read(
            lambda conn, now: tuple(repeated(conn, texts, now, retry_of=retry_of))
        )

    async def get(self, action_id: str, *, standing: bool = False) -> Action | None:
        """One action by its id, however the id was typed. `standing` as in `look`."""
        wanted = normalise_id(action_id)
        if not is_id(wanted):
            return None
        read = self._journal.read_standing if standing else self._journal.glance
        found = await read(lambda conn, _: ledger.get(conn, wanted))
        return found and self._journal.as_known(found)

    async def was_erased(self, action: Action) -> bool:
        """Whether it is a booking that was erased, as far as the records know."""
        return bool(await self._journal.glance(lambda conn, _: erased_of(conn, [action])))

    async def parts_of(self, whole: Action) -> list[Action]:
        """The parts of a whole that were begun."""
        found = await self._journal.read(
            lambda conn, _: by_requests(conn, whole.principal, request_ids(whole))
        )
        return [self._journal.as_known(part) for part in found]

    async def of_batch(self, batch_id: str) -> Action | None:
        """The action that the vendor gave this batch to."""
        return await self._journal.glance(lambda conn, _: by_batch(conn, batch_id))

    async def listed(
        self, wanted: ActionFilter, page: int, page_size: int, summed: Sequence[ActionFilter]
    ) -> Listed:
        """A page of the ledger, newest first, with what the records know; the total is at least so many.

        The sums are those of the sends in each of `summed`.
        """

        def work(conn: Connection, _: datetime) -> Listed:
            chosen = choose(conn, wanted)
            found, total = page_of(conn, chosen, page, page_size)
            return Listed(
                actions=found,
                total=total,
                erased=erased_of(conn, found),
                searched=chosen.searched,
                sums=[sums_of(conn, chosen if each == wanted else choose(conn, each)) for each in summed],
            )

        listed = await self._journal.read(work)
        return replace(listed, actions=[self._journal.as_known(action) for action in listed.actions])

    async def trail(self, action: Action) -> Trail:
        """Through which client an action was asked for, and after which looks."""
        return await self._journal.read(lambda conn, now: trail_of(conn, action, now))

    async def receipt(self, action: Action) -> Receipt | None:
        """The audit's line of the decision on an action; None while there is none."""
        return await self._journal.read(lambda conn, _: receipt_of(conn, action))

    async def decisions(self, page: int, size: int) -> Decisions:
        """A page of what people decided on, the newest decision first."""

        def work(conn: Connection, _: datetime) -> Decisions:
            found, number, pages, cut = decided(conn, page, size)
            rows = [(self._journal.as_known(each), receipt_of(conn, each)) for each in found]
            return Decisions(rows=rows, page=number, pages=pages, cut=cut, looked_through=LOOKED_THROUGH)

        return await self._journal.read(work)

    async def last_like(self, action: Action) -> Action | None:
        """The newest action of this principal by the same tool that was done, besides this one."""
        wanted = ActionFilter(principal=action.principal, tool=action.tool, state=State.SUCCEEDED)
        found, _ = await self._journal.read(lambda conn, _: ledger.list_actions(conn, wanted, 1, 2))
        return next((each for each in found if each.id != action.id), None)

    async def waiting(self) -> list[Action]:
        """The proposals that wait for a person, oldest first."""
        return await self._journal.read(ledger.waiting)

    async def waiting_page(self, page: int, size: int) -> tuple[list[Action], int, int]:
        """A page of them, its number, and how many pages there are."""
        return await self._journal.read(lambda conn, now: ledger.waiting_page(conn, now, page, size))


def live_action(
    conn: Connection,
    key: CallKey,
    texts: Sequence[Texted],
    repeats: Sequence[Repeated],
    now: datetime,
) -> Action | None:
    """The action of the same call, or of one whose arguments differ in nothing that a phone shows."""
    found = ledger.find_live(conn, key, now)
    same = same_send(conn, repeats, texts, key, now) if found is None and repeats else None
    return found if same is None else ledger.get(conn, same)
