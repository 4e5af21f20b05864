"""A caller's own actions, from the ledger and from what the records know of them."""

from dataclasses import replace
from datetime import datetime

from server.gate.context import GateContext
from server.gate.entries import detail_of, summary_of
from server.store.actions import PHONE, ActionFilter, State
from server.store.listing import Sums
from tools.entries import ActionDetail, ActionsFound, ActionSums, ActionsWanted
from tools.taipei import as_taipei, whole_days

_ERASED = "erased"


class OwnActions:
    """What one principal asked for."""

    def __init__(self, context: GateContext, principal: str) -> None:
        self._context = context
        self._memory = context.memory
        self._principal = principal

    async def found(self, wanted: ActionsWanted) -> ActionsFound:
        """A page, newest first, with sums: of the list where it is a filtered one, else of day and month.

        Raises:
            StoreUnavailableError: the records are asked for, and are away or have lost their key.
        """
        # The answer would be wrong without the records where they choose.
        needed = wanted.mobile is not None or wanted.state == _ERASED
        await (self._memory.catch_up() if needed else self._memory.catch_up_if_possible())
        chosen = await self._filter_of(wanted)
        summed = _summed(chosen, self._context.clock())
        listed = await self._context.book.listed(chosen, wanted.page, wanted.page_size, [*summed.values()])
        return ActionsFound(
            rows=[summary_of(each, erased=each.id in listed.erased) for each in listed.actions],
            total=listed.total,
            searched=listed.searched,
            sums={name: _sums(each) for name, each in zip(summed, listed.sums, strict=True)},
        )

    async def whole(self, action_id: str) -> ActionDetail | None:
        """One action of this principal, however its id was typed."""
        await self._memory.catch_up_if_possible()
        entry = await self._context.book.get(action_id)
        if entry is None or entry.principal != self._principal:
            return None
        asked = await self._context.book.asked_by_text(entry.id) if entry.channel == PHONE else None
        erased = await self._context.book.was_erased(entry)
        return detail_of(entry, erased=erased, ask=None if asked is None else asked.ask)

    async def _filter_of(self, wanted: ActionsWanted) -> ActionFilter:
        state = State.SUCCEEDED if wanted.state == _ERASED else wanted.state and State(wanted.state)
        number = wanted.mobile and (await self._memory.keeper.hashes([wanted.mobile]))[0]
        return ActionFilter(
            principal=self._principal,
            tool=wanted.tool or None,
            state=state,
            erased=wanted.state == _ERASED if state is State.SUCCEEDED else None,
            batch_id=wanted.batch_id or None,
            number=number,
            words=wanted.words,
            since=wanted.since,
            until=wanted.until,
        )


def _summed(chosen: ActionFilter, now: datetime) -> dict[str, ActionFilter]:
    """What is added up, by its name."""
    if chosen != ActionFilter(principal=chosen.principal):
        return {"listed": chosen}
    day = as_taipei(now).date()
    spans = {day.isoformat(): whole_days(day), f"{day:%Y-%m}": whole_days(day.replace(day=1), day)}
    return {name: replace(chosen, since=since, until=until) for name, (since, until) in spans.items()}


def _sums(sums: Sums | None) -> ActionSums | None:
    return sums and ActionSums(
        sends=sums.sends,
        recipients=sums.recipients,
        points_net=sums.points,
        points_returned=sums.returned,
    )
