"""Looks up what the card of an action is made of."""

from server.console.approval_card import Known
from server.gate.recalling import Recalled, Recalling
from server.parts import Parts
from server.store.actions import Action, State


async def known_of(parts: Parts, entry: Action) -> Known:
    """All that a person should know. Whether it still holds is asked of the vendor while it waits."""
    operation = parts.operations[entry.tool]
    recalling = Recalling(parts.context)
    waits = entry.state is State.PROPOSED
    recalled = await recalling.recall(operation, entry) if waits else Recalled()
    return Known(
        entry=entry,
        operation=operation,
        recalled=recalled,
        trail=await parts.book.trail(entry),
        last=await parts.book.last_like(entry) if waits else None,
        now=parts.context.clock(),
        show_numbers=parts.settings.privacy.show_numbers,
    )
