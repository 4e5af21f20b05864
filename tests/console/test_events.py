"""An open page hears that something changed, and nothing of what it was."""

from collections.abc import AsyncIterator

import anyio
import httpx2 as httpx
import pytest

from server.console.pages.events import MOST, standing
from tests.console.browser import Browser
from tests.e2e.house import Session
from tests.gate.servers import SEND
from tests.patience import PATIENCE


async def heard(lines: AsyncIterator[str]) -> str:
    """What the next event says."""
    with anyio.fail_after(PATIENCE):
        async for line in lines:
            if line.startswith("data: "):
                return line
    return ""


async def test_an_open_page_hears_of_a_change_and_nothing_of_it(at_page: tuple[Session, Browser]) -> None:
    session, browser = at_page
    async with browser.client.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        before = await heard(lines)
        action_id = (await session.facts("send_sms", SEND))["action_id"]
        after = await heard(lines)
    assert before != after
    assert action_id not in after
    assert stream.headers["content-type"].startswith("text/event-stream")


@pytest.mark.parametrize("path", ["/", "/approvals", "/campaigns", "/batches"])
async def test_a_page_that_is_looked_at_changes_nothing_that_would_show_it_anew(
    at_page: tuple[Session, Browser], path: str
) -> None:
    """Else an open page asks for itself, and the vendor for its points, once a second for ever."""
    session, browser = at_page
    store = browser.parts.store
    before = await store.read(standing)
    assert (await browser.get(path)).status == 200
    assert await store.read(standing) == before
    await session.facts("query_credit")
    assert await store.read(standing) == before
    await session.facts("send_sms", SEND)
    assert await store.read(standing) != before


async def test_who_signs_out_hears_nothing_more(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    page = await browser.get("/")
    async with browser.client.stream("GET", "/events") as stream:
        lines = stream.aiter_lines()
        await heard(lines)
        await browser.send(page.form("Sign out"), "Sign out")
        told = [await heard(lines)]
        while told[-1]:
            told.append(await heard(lines))
    # How an open page knows that it shows nobody's things any more.
    assert told[-2:] == ["data: -", ""]


async def test_a_stranger_hears_nothing(stranger: Browser) -> None:
    assert (await stranger.client.get("/events")).status_code == 401


async def test_so_many_pages_are_told_and_no_more(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    streams: list[httpx.Response] = []
    for _ in range(MOST):
        request = browser.client.build_request("GET", "/events")
        streams.append(await browser.client.send(request, stream=True))
    assert (await browser.client.get("/events")).status_code == 503
    for each in streams:
        await each.aclose()
