"""What every page is made with: templates, words, forms, and the person who signed in."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from server.console.asked import field
from server.console.files import static
from server.console.pace import Pace
from server.console.passes import Passes
from server.console.words import language_of, sayer, template_words
from server.gate.caller import Caller
from server.gate.recalling import caller_on_page
from server.languages.catalogue import Language
from server.parts import Parts
from server.settings.page_address import Address
from tools.sentence import Sentence, sentence

Page = Callable[[Request], Awaitable[Response]]
FORM_TOKEN = "form_token"  # noqa: S105 - a field's name
_FIELDS, _FORM_BYTES = 200, 64 * 1024
_WORDS_ALONE = "application/x-www-form-urlencoded"
"""What a form without a file is sent as."""
_TYPED = ("note", "text")
"""The fields that people write sentences in."""
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


class NotTakenError(Exception):
    """A form that is not one of ours, or is too old: nothing was done. `typed`: the words that were in it."""

    def __init__(self, typed: Sequence[str] = ()) -> None:
        super().__init__()
        self.typed = typed


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page that the head of every page leads to."""

    path: str
    name: Sentence


PLACES: Sequence[Place] = (
    Place(path="/", name=sentence("Today")),
    Place(path="/approvals", name=sentence("Approvals")),
    Place(path="/campaigns", name=sentence("Campaigns")),
    Place(path="/lists", name=sentence("Lists")),
    Place(path="/batches", name=sentence("Sends")),
    Place(path="/replies", name=sentence("Replies")),
    Place(path="/points", name=sentence("Points")),
    Place(path="/dead-numbers", name=sentence("Dead numbers")),
    Place(path="/rules", name=sentence("Rules")),
    Place(path="/passkeys", name=sentence("Passkeys")),
)
"""In their order. A page that stands adds its place here."""


class Site:
    """The pages of one store."""

    def __init__(self, parts: Parts, address: Address) -> None:
        self.parts = parts
        self.address = address
        self.passes = Passes(parts.memory.keeper)
        self.pace = Pace(parts.context.clock)

    def language(self, request: Request) -> Language:
        """In which the reader reads."""
        return language_of(request, self.parts.settings.language)

    def say(self, request: Request, said: str) -> str:
        """A sentence of ours in the reader's language; any other text as it stands."""
        return sayer(self.language(request))(said)

    def person(self, request: Request) -> str:
        """The principal of whoever signed in."""
        return str(request.scope["campaign_ops_person"])

    def caller(self, request: Request) -> Caller:
        """The person as the gate knows a caller. No form can be shown: the pages are where one is asked."""
        return caller_on_page(self.person(request))

    async def render(
        self,
        request: Request,
        template: str,
        *,
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        **values: Any,
    ) -> HTMLResponse:
        """A page. Templates have `_`, `_n`, `say`, `static`, `form_token`, and what `base.html` needs."""
        session = self.session(request)
        form_token = await self.passes.form_token(session) if session else ""
        page = self._page(request, template, form_token=form_token, **values)
        return HTMLResponse(page, status_code=status, headers=headers)

    def told_at_the_door(self, request: Request, template: str, status: int) -> HTMLResponse:
        """A page for nobody in particular: the store is not asked."""
        return HTMLResponse(self._page(request, template, form_token=""), status_code=status)

    def _page(self, request: Request, template: str, **values: Any) -> str:
        language = self.language(request)
        return _TEMPLATES.get_template(template).render(
            **template_words(language),
            say=sayer(language),
            static=static,
            language=language,
            places=PLACES,
            path=request.url.path,
            person=request.scope.get("campaign_ops_person", ""),
            **values,
        )

    async def form(self, request: Request) -> FormData:
        """The fields of a form that this browser was shown.

        Raises:
            NotTakenError: it is another page's, another browser's, or none; nothing was done.
        """
        form = await _fields(request)
        try:
            await self.check_token(request, field(form, FORM_TOKEN))
        except NotTakenError:
            raise NotTakenError(_words(form)) from None
        return form

    async def typed(self, request: Request) -> Sequence[str]:
        """The words of a form that is not taken, for whoever sent it: they need not be typed again."""
        if request.headers.get("content-type") != _WORDS_ALONE:
            return ()
        try:
            return _words(await _fields(request))
        except NotTakenError:
            return ()

    async def check_token(self, request: Request, given: str) -> None:
        """What makes a form one that this browser was shown.

        Raises:
            NotTakenError: it is not; nothing was done.
        """
        if not await self.passes.is_form_token(self.session(request), given):
            raise NotTakenError

    def session(self, request: Request) -> str:
        """The token that the browser holds, '' for none."""
        return request.cookies.get(self.address.cookie, "")


async def _fields(request: Request) -> FormData:
    length = request.headers.get("content-length")
    # A browser says how long its form is; what comes in pieces has no end.
    if length is None or int(length) > _FORM_BYTES:
        raise NotTakenError
    return await request.form(max_files=0, max_fields=_FIELDS)


def _words(form: FormData) -> Sequence[str]:
    return [said for name in _TYPED if (said := field(form, name))]


def get(path: str, page: Page) -> Route:
    """A page that is only looked at."""
    return Route(path, page, methods=["GET"])


def post(path: str, page: Page) -> Route:
    """What a form does."""
    return Route(path, page, methods=["POST"])
