"""A person who signed in: what a page says to them, the buttons they press, a campaign that they plan."""

import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from server.store.audit import export
from tests.console.browser import Browser, Page, shown_page
from tests.e2e.house import House, Session
from tests.gate.servers import started, visited

AtPage = tuple[Session, Browser]
MIXED = ["0912345100", "0922345100", "0932345100", "0912345101", "0922345101", "0912345103"]
FREE: dict[str, Any] = {"test_numbers": MIXED, "test_recipients": 10, "test_points": 50}
SMALL: dict[str, Any] = {"every8d": {"max_recipients": 10}}
MARKUP = "<img src=x onerror=alert(1)>"
PLAN = {"name": "提醒", "list": "due.csv", "text": "【測試】{姓名}您好，明天見"}
_LINE = re.compile(r'<([a-z0-9]+)[^>]*data-line="([\w-]+)"[^>]*>(.*?)</\1>', re.DOTALL)


@asynccontextmanager
async def signed_in(house: House, *, language: str = "en", **changed: Any) -> AsyncGenerator[AtPage]:
    """A server with these settings, an assistant that cannot show forms, and a person at its page."""
    async with (
        started(house, **changed) as parts,
        visited(parts, house.era) as session,
        shown_page(parts, language) as browser,
    ):
        await browser.sign_in()
        yield session, browser


def lines(page: Page) -> dict[str, list[str]]:
    """What stands on each line, by the line's key."""
    found: dict[str, list[str]] = {}
    for _, key, inside in _LINE.findall(page.html):
        found.setdefault(key, []).append(" ".join(re.sub(r"<[^>]*>", " ", inside).split()))
    return found


async def pressed(browser: Browser, path: str, button: str, changed: Mapping[str, str] | None = None) -> Page:
    """Look at a page and press a button of it."""
    page = await browser.get(path)
    return await browser.send(page.form(button), button, changed)


async def approved(browser: Browser, page: Page, proof: str = "") -> Page:
    """Agree to what the page shows, whatever its button says."""
    assert page.path.startswith("/approvals/")
    form = next(form for form in page.forms if any(value == "approve" for _, value, _ in form.buttons))
    return await browser.send(form, form.buttons[0][2], {"proof": proof} if proof else None)


async def planned(browser: Browser, **changed: str) -> Page:
    """A plan from the list `due.csv`."""
    return await pressed(browser, "/campaigns/new", "Plan it", {**PLAN, **changed})


def id_of(page: Page) -> str:
    """The campaign that a page leads to."""
    found = re.search(r"/campaigns/([0-9A-Z]{4}-[0-9A-Z]{4})", page.html.split("<main", 1)[1])
    assert found
    return found[1]


async def audit_of(browser: Browser) -> list[str]:
    """The lines of the audit, oldest first."""
    return await browser.parts.journal.read(lambda conn, _: [*export(conn)])
