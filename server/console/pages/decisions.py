"""What people decided on: by whom, when, by which way, how it ended, and the audit's line. Only looked at."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.approval_card import Known, Line, act_of
from server.console.asked import ROWS, page_asked
from server.console.site import Site, get
from server.console.standing import standing_of
from server.gate.entries import words_of
from server.gate.recalling import Recalled
from server.ledger.trail import Receipt, Trail
from server.logs.number_masking import mask_numbers
from server.store.actions import Action
from tools.operation import Preview


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One decision."""

    id: str
    act: str
    words: str
    lines: tuple[Line, ...]
    receipt: Receipt | None
    """None where the audit's line was not found."""


def routes(site: Site) -> list[Route]:
    """The page's address."""

    async def show(request: Request) -> Response:
        found = await site.parts.book.decisions(page_asked(request), ROWS)
        rows = [_row(site, entry, receipt) for entry, receipt in found.rows]
        return await site.render(request, "decisions.html", rows=rows, found=found, mask=mask_numbers)

    return [get("/decisions", show)]


def _row(site: Site, entry: Action, receipt: Receipt | None) -> Row:
    operation = site.parts.operations[entry.tool]
    known = Known(
        entry=entry,
        operation=operation,
        recalled=Recalled(),
        trail=Trail(),
        last=None,
        now=site.parts.context.clock(),
    )
    return Row(
        id=entry.id,
        act=act_of(Preview.model_validate_json(entry.preview), operation),
        words=mask_numbers(words_of(entry)),
        lines=tuple(standing_of(known)),
        receipt=receipt,
    )
