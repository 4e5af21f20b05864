"""The passkeys: which there are, and registering one."""

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from server.console.asked import field
from server.console.signing import LONGEST_ASSERTION, LONGEST_LABEL, Signing, new_nonce
from server.console.site import Site, get, post
from server.ledger.passkeys import PasskeyError
from server.ledger.registering import Registration
from server.ledger.signed import Signed
from tools.cleaning import clean, is_blank
from tools.sentence import sentence
from tools.taipei import iso

_PATH = "/passkeys"


class PasskeysPage:
    """The list and its form."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._signing = Signing(site)

    async def show(self, request: Request) -> Response:
        """Which there are."""
        return await self._page(request)

    async def register(self, request: Request) -> Response:
        """Keep a new one; a refusal is told on the page."""
        form = await self._site.form(request)
        label, agreed = clean(field(form, "label"), limit=LONGEST_LABEL), signed_text(form, "agreed")
        if is_blank(label):
            return await self._page(request, sentence("Give it a name, such as the device that holds it."))
        origin = self._site.address.origin
        asked = Registration(
            person=self._site.person(request),
            label=label,
            response=signed_text(form, "response"),
            challenge=await self._signing.challenge(self._site.session(request), signed_text(form, "nonce")),
            origin=origin,
            agreed=Signed(assertion=agreed, origin=origin) if agreed else None,
        )
        try:
            await self._site.parts.passkeys.register(asked)
        except PasskeyError as error:
            refusal = sentence("Nothing was registered: {reason}", reason=error.why)
            return await self._page(request, refusal)
        return RedirectResponse(_PATH, status_code=303)

    async def _page(self, request: Request, refusal: str = "") -> Response:
        held, nonce = await self._site.parts.passkeys.held(), new_nonce()
        session, person = self._site.session(request), self._site.person(request)
        return await self._site.render(
            request,
            "passkeys.html",
            status=409 if refusal else 200,
            refusal=refusal,
            held=[(each.label, each.person, iso(each.registered_at)) for each in held],
            nonce=nonce,
            options=await self._signing.registration(session, person, nonce, held),
            longest=LONGEST_LABEL,
            mode=self._site.parts.book.passkeys.mode,
        )


def signed_text(form: FormData, name: str) -> str:
    """What a browser's passkey gave, '' where it is too long to be that."""
    given = field(form, name)
    return given if len(given) <= LONGEST_ASSERTION else ""


def routes(site: Site) -> list[Route]:
    """The page's addresses."""
    page = PasskeysPage(site)
    return [get(_PATH, page.show), post(_PATH, page.register)]
