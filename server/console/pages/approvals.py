"""The list of what waits for a person, oldest first."""

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.console.approval_card import act_of, clock_of
from server.console.asked import ROWS, page_asked
from server.console.site import Site, get
from server.gate.entries import words_of
from server.store.actions import Action
from tools.operation import Preview
from tools.sentence import sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One action that waits."""

    id: str
    act: str
    asked: str
    until: str
    words: str
    """How its text begins, or what it acts on; '' for neither."""
    by_text: str
    """That a text asked as well; '' where none did."""


def routes(site: Site) -> list[Route]:
    """The page's addresses."""

    async def show(request: Request) -> Response:
        book = site.parts.book
        waiting, page, pages = await book.waiting_page(page_asked(request), ROWS)
        phones = await book.phones_asked()
        rows = [_row(site, entry, phones.get(entry.id, "")) for entry in waiting]
        return await site.render(request, "approvals.html", rows=rows, page=page, pages=pages)

    return [get("/approvals", show)]


def _row(site: Site, entry: Action, phone: str) -> Row:
    now = site.parts.context.clock()
    preview = Preview.model_validate_json(entry.preview)
    return Row(
        id=entry.id,
        act=act_of(preview, site.parts.operations[entry.tool]),
        asked=sentence("Asked by {who} at {time}", who=entry.principal, time=clock_of(entry.created_at, now)),
        until=sentence("Waits until {time}", time=clock_of(entry.expires_at, now)),
        words=words_of(entry),
        by_text=sentence("Also asked by a text to {phone}", phone=phone) if phone else "",
    )
