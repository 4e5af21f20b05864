from datetime import timedelta

import pytest

from server.console.passes import LINK_TIME, SESSION_TIME
from server.gate.caller import local_user
from tests.console.browser import Browser, shown_page
from tests.e2e.house import House, Session

ORIGIN = {"Origin": "http://localhost"}


async def test_a_link_lets_one_browser_in_once(stranger: Browser) -> None:
    link = await stranger.link()
    page = await stranger.get(link)
    entered = await stranger.send(page.forms[0], "Open the page")
    assert (entered.status, entered.path) == (200, "/")
    stranger.client.cookies.clear()
    again = await stranger.send(page.forms[0], "Open the page")
    assert again.status == 403
    assert "Nobody was signed in" in again.text
    assert (await stranger.get("/")).status == 401


async def test_looking_at_a_link_does_not_use_it_up(stranger: Browser) -> None:
    link = await stranger.link()
    pages = [await stranger.get(link) for _ in range(3)]
    assert all("set-cookie" not in page.headers for page in pages)
    (*_, page) = pages
    assert (await stranger.send(page.forms[0], "Open the page")).status == 200


async def test_a_link_is_over_after_a_minute(stranger: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    link = await stranger.link()
    page = await stranger.get(link)
    later(stranger, monkeypatch, LINK_TIME)
    assert (await stranger.send(page.forms[0], "Open the page")).status == 403


async def test_a_browser_is_signed_in_for_twelve_hours(
    at_page: tuple[Session, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, browser = at_page
    later(browser, monkeypatch, SESSION_TIME - timedelta(seconds=5))
    assert (await browser.get("/")).status == 200
    later(browser, monkeypatch, timedelta(seconds=10))
    assert (await browser.get("/")).status == 401


async def test_the_cookie_is_for_this_page_alone(stranger: Browser) -> None:
    page = await stranger.get(await stranger.link())
    answer = await stranger.client.post(page.path, headers={"Origin": stranger.address.origin})
    cookie = answer.headers["set-cookie"]
    assert {"HttpOnly", "SameSite=Strict", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Domain" not in cookie
    assert cookie.startswith(f"campaign_ops_{stranger.address.port}=")


async def test_the_next_server_of_the_store_knows_who_signed_in(
    house: House, at_page: tuple[Session, Browser]
) -> None:
    _, browser = at_page
    held = next(iter(browser.client.cookies.jar)).value
    async with house.session() as session:
        assert session.parts is not None
        async with shown_page(session.parts) as other:
            other.client.cookies.set(other.address.cookie, held or "")
            assert (await other.get("/")).status == 200


async def test_who_signed_out_is_out(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    held = dict(browser.client.cookies)
    await browser.send((await browser.get("/")).form("Sign out"), "Sign out")
    browser.client.cookies.update(held)
    assert (await browser.get("/")).status == 401


async def test_nothing_of_a_link_or_a_browser_stands_in_the_store(
    house: House, at_page: tuple[Session, Browser]
) -> None:
    _, browser = at_page
    held = next(iter(browser.client.cookies.jar)).value or "-"
    link = (await browser.link()).removeprefix("/enter/")
    kept = b"".join(file.read_bytes() for file in (house.folder / "store").rglob("*") if file.is_file())
    assert held.encode() not in kept
    assert link.encode() not in kept


async def test_signing_in_and_out_is_in_the_audit(at_page: tuple[Session, Browser], house: House) -> None:
    session, browser = at_page
    await browser.send((await browser.get("/")).form("Sign out"), "Sign out")
    assert session.parts is not None
    lines = await session.parts.store.read(
        lambda conn: [row[0] for row in conn.exec_driver_sql("SELECT entry FROM audit ORDER BY sequence")]
    )
    said = [line for line in lines if '"console_' in line]
    assert len(said) == 3
    assert all(local_user() in line for line in said)


async def test_without_signing_in_no_page_says_anything(stranger: Browser) -> None:
    for path in ("/", "/approvals", "/approvals/7KQ2-M9XD", "/nowhere"):
        page = await stranger.get(path)
        assert page.status == 401
        assert "campaign-ops-mcp console" in page.text


async def test_a_link_from_a_chat_is_asked_for_again_from_the_page_itself(stranger: Browser) -> None:
    """A browser shows a strict cookie to nobody who comes from another site; the page then asks by itself."""
    page = await stranger.get("/approvals", **{"Sec-Fetch-Site": "cross-site"})
    assert page.status == 200
    assert f'content="0; url={stranger.address.origin}/approvals"' in page.html
    again = await stranger.get("/approvals", **{"Sec-Fetch-Site": "same-origin"})
    assert again.status == 401
    assert "refresh" not in again.html


async def test_links_cannot_be_guessed_quickly(stranger: Browser) -> None:
    for _ in range(20):
        answer = await stranger.client.post("/enter/x", headers={"Origin": stranger.address.origin})
        assert answer.status_code == 403
    link = await stranger.link()
    answer = await stranger.client.post(link, headers={"Origin": stranger.address.origin})
    assert answer.status_code == 429


def later(browser: Browser, monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Let so much time pass on the store's clock."""
    journal = browser.parts.journal
    clock = journal.clock
    monkeypatch.setattr(journal, "clock", lambda: clock() + by)
