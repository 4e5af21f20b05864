"""What another page, another name and another browser can do here: nothing."""

import re
from collections.abc import AsyncIterator

import pytest

from server.console import pace
from server.console.pace import Pace
from tests.console.at_page import signed_in
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.store.postgres_server import Postgres

HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost", "127.0.0.1:1", ""])
async def test_a_page_under_another_name_is_not_shown(stranger: Browser, host: str) -> None:
    answer = await stranger.client.get("/", headers={"Host": host.format(port=stranger.address.port)})
    assert answer.status_code == 421
    assert "Campaign" not in answer.text


async def test_who_comes_by_the_number_is_led_to_the_name(stranger: Browser) -> None:
    answer = await stranger.client.get("/approvals", headers={"Host": f"127.0.0.1:{stranger.address.port}"})
    assert answer.headers["location"] == f"{stranger.address.origin}/approvals"


@pytest.mark.parametrize(
    "origin", [None, "null", "http://evil.example", "http://localhost:1", "https://localhost"]
)
async def test_a_form_of_another_page_does_nothing(
    at_page: tuple[Session, Browser], origin: str | None
) -> None:
    _, browser = at_page
    form = (await browser.get("/")).form("Sign out")
    headers = {} if origin is None else {"Origin": origin}
    answer = await browser.client.post(form.action, data=form.fields, headers=headers)
    assert answer.status_code == 403
    assert (await browser.get("/")).status == 200


@pytest.mark.parametrize("token", ["", "0" * 64, "漢"])
async def test_a_form_without_our_mark_does_nothing(at_page: tuple[Session, Browser], token: str) -> None:
    _, browser = at_page
    form = (await browser.get("/")).form("Sign out")
    page = await browser.send(form, "Sign out", {"form_token": token})
    assert page.status == 403
    assert "Nothing was done" in page.text
    assert (await browser.get("/")).status == 200


async def test_a_form_of_another_browser_does_nothing(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    mine = (await browser.get("/")).form("Sign out")
    browser.client.cookies.clear()
    await browser.sign_in()
    assert (await browser.send(mine, "Sign out")).status == 403


async def test_every_answer_says_what_a_page_may_do(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    for path in ("/", "/nowhere", "/static/console.css", "/static/nothing"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
    assert (await browser.get("/")).headers["cache-control"] == "no-store"
    assert "immutable" in (await browser.get("/static/console.css")).headers["cache-control"]


async def test_no_page_needs_anything_from_elsewhere(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    for path in ("/", "/nowhere"):
        html = (await browser.get(path)).html
        assert "://" not in html
        assert "style=" not in html
        assert "onclick" not in html


async def test_too_many_requests_wait_a_minute(stranger: Browser) -> None:
    for _ in range(pace.MOST_OF_OTHERS):
        await stranger.client.get("/static/icon.svg")
    assert (await stranger.client.get("/static/icon.svg")).status_code == 429
    told = await stranger.get("/", **{"Accept-Language": "zh-TW"})
    assert (told.status, '<html lang="zh-TW">' in told.html) == (429, True)
    assert "frame-ancestors 'none'" in told.headers["content-security-policy"]


async def test_who_is_not_signed_in_keeps_nobody_out_who_is(at_page: tuple[Session, Browser]) -> None:
    _, browser = at_page
    assert (await browser.get("/rules")).status == 200
    mine = dict(browser.client.cookies)
    browser.client.cookies.clear()
    while (await browser.client.get("/static/icon.svg")).status_code == 200:
        pass
    for forged in ("", "made-up"):
        cookies = {browser.address.cookie: forged}
        assert (await browser.client.get("/rules", headers=_cookie(cookies))).status_code == 429
    assert (await browser.client.get("/rules", headers=_cookie(mine))).status_code == 200


async def test_each_browser_that_signed_in_is_counted_alone(
    at_page: tuple[Session, Browser], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, browser = at_page
    monkeypatch.setattr(pace, "MOST_A_MINUTE", 3)
    asked = Pace(browser.parts.context.clock)
    for browsers in ("one", "another"):
        asked.seen(browsers, signed_in=True)
    assert [asked.spend("one") for _ in range(4)] == [True, True, True, False]
    assert asked.spend("another")
    asked.seen("one", signed_in=False)
    assert asked.spend("one")


def _cookie(cookies: dict[str, str]) -> dict[str, str]:
    return {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


async def test_a_page_is_in_the_language_of_the_browser_until_another_is_chosen(
    at_page: tuple[Session, Browser],
) -> None:
    _, browser = at_page
    chinese = await browser.get("/", **{"Accept-Language": "fr;q=0.9, zh-TW, en;q=0.8"})
    assert "今天" in chinese.text
    assert '<html lang="zh-TW">' in chinese.html
    page = await browser.get("/")
    assert "Today" in page.text
    await browser.send(page.form("中文"), "中文")
    assert "今天" in (await browser.get("/")).text


@pytest.mark.parametrize("back", ["//evil.example/", "https://evil.example/", "/\\evil.example", "evil"])
async def test_a_form_leads_nowhere_else(at_page: tuple[Session, Browser], back: str) -> None:
    _, browser = at_page
    form = (await browser.get("/")).form("中文")
    data = {**form.fields, "language": "zh", "back": back}
    answer = await browser.client.post(form.action, data=data, headers={"Origin": browser.address.origin})
    assert answer.headers["location"] == "/"


async def test_a_form_that_does_not_say_how_long_it_is_is_not_read(
    at_page: tuple[Session, Browser],
) -> None:
    _, browser = at_page
    form = (await browser.get("/")).form("Sign out")

    async def in_pieces() -> AsyncIterator[bytes]:
        yield f"form_token={form.fields['form_token']}".encode()

    headers = {"Origin": browser.address.origin, "Content-Type": "application/x-www-form-urlencoded"}
    answer = await browser.client.post(form.action, content=in_pieces(), headers=headers)
    assert answer.status_code == 403
    assert (await browser.get("/")).status == 200


async def test_no_path_of_a_page_is_one_that_the_store_cannot_be_asked_for(
    house: House, postgres: Postgres
) -> None:
    store = {"url": postgres.fresh_database(), "folder": house.folder / "store"}
    async with signed_in(house, store=store) as (_, browser):
        for odd in ("%00", "7KQ2-M9XD%00", "%ff", "a" * 3_000, "..%2f..%2fetc", "<b>"):
            for place in ("approvals", "campaigns", "batches", "lists"):
                assert (await browser.get(f"/{place}/{odd}")).status in (404, 409), (place, odd)


@pytest.mark.parametrize("path", ["//evil.example/x", "///evil.example", "//evil.example%2fx"])
async def test_a_link_to_here_leads_on_to_nowhere_else(stranger: Browser, path: str) -> None:
    url = f"http://127.0.0.1:{stranger.address.port}{path}"
    answer = await stranger.client.get(url, headers={"Sec-Fetch-Site": "cross-site"})
    leads = re.findall(r'(?:href|url)=["\']?([^"\'> ]+)', answer.text)
    ours = (f"{stranger.address.origin}/", "/static/", "#", "/")
    assert [each for each in leads if not each.startswith(ours) or each.startswith("//")] == []
    assert answer.status_code == 200
