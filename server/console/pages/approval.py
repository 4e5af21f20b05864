"""One action: what it would do, whole, and the three answers; afterwards its receipt."""

from typing import Literal, get_args

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.console.approval_card import card_of, clock_of, texts_page
from server.console.asked import field, page_asked
from server.console.deciding import LONGEST_NOTE, Said, carry_out, decide, is_decided_so
from server.console.gathering import known_of, people_of
from server.console.pages.passkeys import signed_text
from server.console.signing import Offer, Signing
from server.console.site import NotTakenError, Site, get, post
from server.console.standing import standing_of
from server.ledger.signed import Signed
from server.store.actions import Action, State
from tools.operation import Preview

_PATH = "/approvals/{action_id}"
Answer = Literal["approve", "refuse", "change"]
_ANSWERS: dict[str, Answer] = {answer: answer for answer in get_args(Answer)}
_GO_ON = "go on"
"""No answer: carries out what was agreed to on this page before, and not done yet."""


class ApprovalPage:
    """The card, and what a person's answer does."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._signing = Signing(site)

    async def show(self, request: Request) -> Response:
        """What would be done, or what became of it."""
        return await self._page(request, await self._entry(request))

    async def answer(self, request: Request) -> Response:
        """Take an answer; a refused one is told on the page that it came from."""
        form = await self._site.form(request)
        if field(form, "answer") == _GO_ON:
            return await self._go_on(request)
        answer = _ANSWERS.get(field(form, "answer"))
        if answer is None:
            raise NotTakenError
        said = Said(
            answer=answer,
            by=self._site.person(request),
            proof=field(form, "proof"),
            note=field(form, "note"),
            signed=self._signed(form),
        )
        taken = await decide(self._site.parts, request.path_params["action_id"], said)
        # Who presses twice has decided once, and is told so.
        if taken.refusal and taken.entry is not None and is_decided_so(taken.entry, said):
            return _shown_anew(taken.entry)
        if taken.entry is None or taken.refusal:
            return await self._page(request, taken.entry, taken.refusal)
        if answer == "approve":
            await carry_out(self._site.parts, taken.entry)
        return _shown_anew(taken.entry)

    async def _go_on(self, request: Request) -> Response:
        entry = await self._entry(request)
        if entry is None or entry.state is not State.APPROVED:
            return await self._page(request, entry)
        await carry_out(self._site.parts, entry)
        return _shown_anew(entry)

    async def _offer(self, request: Request, entry: Action) -> Offer | None:
        waits = entry.state is State.PROPOSED
        return await self._signing.offer(entry, self._site.person(request)) if waits else None

    def _signed(self, form: FormData) -> Signed | None:
        """What a passkey signed, if one was asked: this page's own origin is the one that counts."""
        assertion = signed_text(form, "assertion")
        return Signed(assertion=assertion, origin=self._site.address.origin) if assertion else None

    async def _entry(self, request: Request) -> Action | None:
        return await self._site.parts.book.get(request.path_params["action_id"])

    async def _page(self, request: Request, entry: Action | None, refusal: str = "") -> Response:
        if entry is None:
            return await self._site.render(request, "no_action.html", status=404)
        known = await known_of(self._site.parts, entry)
        preview = Preview.model_validate_json(entry.preview)
        receipt = await self._site.parts.book.receipt(entry)
        return await self._site.render(
            request,
            "approval.html",
            status=409 if refusal else 200,
            card=card_of(known),
            refusal=refusal,
            standing=[*standing_of(known)],
            receipt=receipt,
            receipt_at=receipt and clock_of(receipt.at, known.now),
            texts=texts_page(known.recalled, preview, page_asked(request, "texts")),
            people=await people_of(self._site.parts, known, page_asked(request, "people")),
            batch=entry.batch_id,
            campaign=entry.campaign,
            longest_note=LONGEST_NOTE,
            offer=await self._offer(request, entry),
        )


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = ApprovalPage(site)
    return [get(_PATH, page.show), post(_PATH, page.answer)]


def _shown_anew(entry: Action) -> Response:
    """By a look of its own: to load that again answers nothing a second time."""
    return RedirectResponse(_PATH.format(action_id=entry.id), status_code=303)
