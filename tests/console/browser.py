"""A browser without script: it keeps cookies, follows links and sends the forms that it was shown."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import anyio
import httpx2 as httpx

from server.console.listening import bind, show
from server.console.passes import Passes
from server.gate.caller import local_user
from server.parts import Parts
from server.settings.page_address import Address
from tests.e2e.house import NO_TLS
from tests.patience import PATIENCE


@dataclass(slots=True, kw_only=True)
class Form:
    """A form as it was shown."""

    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict[str, str])
    buttons: list[tuple[str, str, str]] = field(default_factory=list[tuple[str, str, str]])
    """Name, value and what stands on it."""


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._button: tuple[str, str] | None = None
        self._inside = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = True
            self.forms.append(
                Form(action=values.get("action") or self.path, method=values.get("method", "get"))
            )
        elif self._inside and tag in ("input", "textarea") and values.get("name"):
            self.forms[-1].fields[values["name"]] = values.get("value", "")
        elif self._inside and tag == "button":
            self._button = (values.get("name", ""), values.get("value", ""))
            self.forms[-1].buttons.append((*self._button, ""))

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"
        if tag == "button":
            self._button = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._button is not None:
            name, value, said = self.forms[-1].buttons[-1]
            self.forms[-1].buttons[-1] = (name, value, said + data)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What was answered."""

    path: str
    status: int
    html: str
    headers: httpx.Headers

    @property
    def text(self) -> str:
        """What a person reads."""
        return re.sub(r"\s+", " ", " ".join(self._read().words)).strip()

    @property
    def forms(self) -> list[Form]:
        """The forms in their order."""
        return self._read().forms

    def form(self, button: str) -> Form:
        """The form that has a button with these words."""
        return next(form for form in self.forms if any(button in said for *_, said in form.buttons))

    def _read(self) -> _Reader:
        reader = _Reader(self.path)
        reader.feed(self.html)
        return reader


@dataclass(slots=True, kw_only=True)
class Browser:
    """One browser, at one page."""

    client: httpx.AsyncClient
    parts: Parts
    address: Address

    async def get(self, path: str, **headers: str) -> Page:
        """Look at a page; one step of a redirect is followed, as a browser does."""
        return await self._page("GET", path, headers={**headers})

    async def send(
        self, form: Form, button: str, changed: Mapping[str, str] | None = None, **headers: str
    ) -> Page:
        """Press the button of a form, with what was typed into it."""
        pressed = {name: value for name, value, said in form.buttons if button in said and name}
        data = {**form.fields, **pressed, **(changed or {})}
        return await self._page(
            "POST", form.action, data=data, headers={"Origin": self.address.origin, **headers}
        )

    async def link(self) -> str:
        """The path of a link that the terminal made."""
        return f"/enter/{await Passes(self.parts.memory.keeper).link(local_user())}"

    async def sign_in(self) -> Page:
        """As a person does: open the link, press its button."""
        page = await self.get(await self.link())
        return await self.send(page.forms[0], page.forms[0].buttons[0][2])

    async def _page(self, method: str, path: str, **given: Any) -> Page:
        answer = await self.client.request(method, path, **given)
        while answer.is_redirect:
            answer = await self.client.get(answer.headers["location"])
        return Page(path=answer.url.path, status=answer.status_code, html=answer.text, headers=answer.headers)


@asynccontextmanager
async def shown_page(parts: Parts, language: str = "en") -> AsyncGenerator[Browser]:
    """The page of these parts on a free port, and a browser that nobody let in."""
    addresses: list[Address] = []
    ready = anyio.Event()

    def note(address: Address) -> None:
        addresses.append(address)
        ready.set()

    async with anyio.create_task_group() as group:
        group.start_soon(show, parts, bind(0), note)
        with anyio.fail_after(PATIENCE):
            await ready.wait()
        (address,) = addresses
        base, headers = f"http://127.0.0.1:{address.port}", {"Accept-Language": language}
        headers["Host"] = address.origin.removeprefix("http://")
        async with httpx.AsyncClient(
            base_url=base, headers=headers, timeout=PATIENCE, verify=NO_TLS
        ) as client:
            yield Browser(client=client, parts=parts, address=address)
        group.cancel_scope.cancel()
