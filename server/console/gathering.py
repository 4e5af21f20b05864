"""Looks up what the card of an action is made of."""

from server.batches.numbers import SealedNumberError
from server.campaigns.addressed import addressed
from server.console.approval_card import WITH_TEXTS, Known, Page, recipients_page, shown_number, with_text
from server.gate.gate import REPORT_READ
from server.gate.recalling import Recalling
from server.gate.text_fields import outside_fields
from server.parts import Parts
from server.store.actions import Action, State

_NOBODY = Page(number=1, pages=1, rows=())


async def known_of(parts: Parts, entry: Action) -> Known:
    """All that a person should know. Whether it still holds is asked of the vendor while it waits."""
    operation = parts.operations[entry.tool]
    recalling = Recalling(parts.context)
    waits = entry.state is State.PROPOSED
    recalled = await (recalling.recall if waits else recalling.remembered)(operation, entry)
    trail = await parts.book.trail(entry)
    return Known(
        entry=entry,
        operation=operation,
        recalled=recalled,
        trail=trail,
        brought=tuple(each for each in trail.told if _brings_outside(parts, each)),
        last=await parts.book.last_like(entry) if waits else None,
        asked=await parts.book.asked_by_text(entry.id),
        now=parts.context.clock(),
        show_numbers=parts.settings.privacy.show_numbers,
    )


def _brings_outside(parts: Parts, told: str) -> bool:
    """A report as a resource is no tool's answer, and all of it is from outside."""
    operation = parts.operations.get(told)
    return told == REPORT_READ if operation is None else bool(outside_fields(operation.result))


async def people_of(parts: Parts, known: Known, page: int) -> Page:
    """A page of whoever gets a text; of a campaign those who have none yet, each with theirs."""
    campaign, show_numbers = known.entry.campaign, known.show_numbers
    if not campaign or not known.entry.recipients:
        return recipients_page(known.recalled, page, show_numbers=show_numbers)
    standing = await parts.campaigns.known(campaign, known.entry.principal)
    if standing is None:
        return _NOBODY
    start = (page - 1) * WITH_TEXTS
    try:
        those, total = await addressed(parts.memory.keeper, standing, start, WITH_TEXTS)
    except SealedNumberError:
        # The claim of each part refuses for the same reason.
        return _NOBODY
    rows = [with_text(shown_number(each.mobile, whole=show_numbers), each.text) for each in those]
    return Page(number=page, pages=max(1, -(-total // WITH_TEXTS)), rows=tuple(enumerate(rows, start + 1)))
