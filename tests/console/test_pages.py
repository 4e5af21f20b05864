"""The other pages: a person reads there what the tools answer, and what they begin goes by the gate."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from server.console.site import PLACES
from tests.campaigns.playing import people, write_list
from tests.console.at_page import FREE, MARKUP, MIXED, AtPage, audit_of, lines, planned, pressed, signed_in
from tests.console.browser import Browser
from tests.e2e.house import House
from tests.gate.servers import SEND


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
async def test_each_page_says_that_there_is_nothing_yet(at_page: AtPage, place: Any) -> None:
    _, browser = at_page
    page = await browser.get(place.path)
    assert page.status == 200
    assert "<tbody>\n</tbody>" not in page.html.replace("  ", "")
    assert len(page.html.encode()) < 60_000


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
async def test_each_page_speaks_chinese(house: House, place: Any) -> None:
    async with signed_in(house, language="zh-TW") as (_, browser):
        page = await browser.get(place.path)
    # Names of settings, of files and of accounts are the same in every language.
    told = re.sub(
        r'<(span|p) class="[a-z ]*code">.*?</\1>', " ", page.html.split("<main", 1)[1], flags=re.DOTALL
    )
    said = re.sub(r"<[^>]*>|[A-Z_]{4,}|`[^`]*`|campaign-ops-mcp [a-z-]+", " ", f"<{told}")
    assert set(re.findall(r"[A-Za-z]{4,}", said)) <= {"Excel"}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.path)
async def test_nobody_who_did_not_sign_in_sees_a_page(stranger: Browser, place: Any) -> None:
    assert (await stranger.get(place.path)).status == 401


async def test_what_was_sent_is_listed_with_what_became_of_it(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        batch = (await session.facts("send_sms", {"recipients": MIXED, "text": MARKUP}))["batch_id"]
        await house.vendor.advance(31)
        page = await browser.get("/batches")
        assert f'href="/batches/{batch}"' in page.html
        assert "6 recipients · 0 arrived" in page.text
        assert "<img src=x" not in page.html
        asked = await pressed(browser, f"/batches/{batch}", "Ask the vendor anew")
        assert lines(asked)["code"][0].startswith("delivered to the handset (100) 3 3")
        assert "0912***101" in asked.text
        assert "3 arrived · 3 failed" in (await browser.get("/batches")).text
        chart = await browser.get(f"/batches/{batch}/chart.svg")
        assert chart.headers["content-type"] == "image/svg+xml"
        assert "3 of 6 arrived (50%)" in "".join(ET.fromstring(chart.html).itertext())  # noqa: S314 - ours
        assert "Nothing was sent that fits." in (await browser.get("/batches?state=erased")).text
        assert "Nothing was sent that fits." in (await browser.get("/batches?day=2020-01-01")).text
        today = await browser.get("/")
        assert "Since" in lines(today)["went"][0]
        assert "Of 6 that ended, 50% arrived." in lines(today)["went"]
        assert "points are left." in lines(today)["points"][0]


async def test_lists_come_in_pages_and_what_is_no_page_is_the_first(house: House) -> None:
    async with signed_in(house, policy={**FREE, "calls_per_minute": 99}) as (session, browser):
        for number in range(27):
            await session.facts("send_sms", {"recipients": MIXED[:1], "text": f"第{number}則"})
        first, second = await browser.get("/batches"), await browser.get("/batches?page=2")
        assert first.html.count("data-batch=") == 25
        assert second.html.count("data-batch=") == 2
        assert 'href="?page=2' in first.html
        assert "第0則" in second.text
        for odd in ("0", "-1", "x", "𝟚", "99999999999"):
            assert (await browser.get(f"/batches?page={odd}")).html.count("data-batch=") == 25


async def test_a_batch_that_is_not_there_is_said_to_be_none(at_page: AtPage) -> None:
    _, browser = at_page
    unknown = await browser.get("/batches/220478cc-8506-49b2-93b7-2505f651c12e")
    assert unknown.status == 404
    assert (await browser.get("/campaigns/ZZZZ-ZZZZ")).status == 404
    assert (await browser.get("/batches/none")).status == 409


async def test_the_points_of_a_month_are_those_of_the_statement(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED, "text": "您好"})
        statement = await session.facts("get_points_statement", {})
        page = await browser.get("/points")
        assert lines(page)["points"] == [str(statement["points"])] == ["6"]
        chart = await browser.get(f"/points/chart.svg?month={statement['month']}")
        assert "6 points" in "".join(ET.fromstring(chart.html).itertext())  # noqa: S314 - ours
        earlier = await browser.get("/points?month=2020-12")
        assert ("month=2021-01" in earlier.html, "The month after" in page.text) == (True, False)
        for odd in ("2020-01", "2026-13", "x"):
            assert (await browser.get(f"/points?month={odd}")).status == 200


async def test_dead_numbers_are_shown_masked_with_what_they_cost(house: House) -> None:
    async with signed_in(house, policy=FREE) as (session, browser):
        for text in ("一", "二"):
            await session.facts("send_sms", {"recipients": MIXED, "text": text})
            await house.vendor.advance(31)
            await session.facts("summarize_delivery", {"refresh": True})
        (row,) = lines(await browser.get("/dead-numbers"))["number"]
    assert row.startswith("0912***103")


async def test_the_rules_say_what_is_in_force_and_where_it_comes_from(house: House) -> None:
    async with signed_in(house, policy={"points_per_day": 60}) as (_, browser):
        page = await browser.get("/rules")
    assert any(said.startswith("At most 60 points a day.") for said in lines(page)["rule"])
    typed = "Above 100 recipients a person types their number. CAMPAIGN_OPS_APPROVAL__TYPED_ABOVE_RECIPIENTS"
    assert any(said.startswith(typed) for said in lines(page)["rule"])
    assert {form.action for form in page.forms} == {"/language", "/leave"}


async def test_what_a_page_looked_at_stands_in_the_audit(house: House) -> None:
    async with signed_in(house) as (session, browser):
        await browser.get("/batches")
        written = await audit_of(browser)
        asked = await session.facts("send_sms", {**SEND, "text": "又一則"})
        assert "list_batches" not in (await browser.get(f"/approvals/{asked.get('action_id')}")).text
    looks = [line for line in written if '"looked"' in line and '"list_batches"' in line]
    assert len(looks) == 1
    assert '"channel":"console"' in looks[0]


async def test_the_operators_rules_hold_for_whoever_is_at_the_page(house: House) -> None:
    async with signed_in(house, policy={"read_only": True}) as (_, browser):
        write_list(house, people(3))
        plan = await planned(browser)
        assert (plan.status, "CAMPAIGN_OPS_POLICY__READ_ONLY" in plan.text) == (409, True)
        assert "No campaign was planned yet." in (await browser.get("/campaigns")).text
        blocking = await pressed(browser, "/replies", "Ask the vendor anew")
        form = next(form for form in blocking.forms if form.action == "/replies/refresh")
        form.action = "/replies/block"
        refused = await browser.send(form, "Ask the vendor anew")
        assert (refused.status, "CAMPAIGN_OPS_POLICY__READ_ONLY" in refused.text) == (409, True)


async def test_numbers_are_shown_whole_only_where_the_settings_say_so(house: House) -> None:
    for show in (False, True):
        async with signed_in(house, policy=FREE, privacy={"show_numbers": show}) as (session, browser):
            sent = await session.facts("send_sms", {"recipients": MIXED, "text": f"{show}"})
            await house.vendor.advance(31)
            page = await pressed(browser, f"/batches/{sent['batch_id']}", "Ask the vendor anew")
            assert (MIXED[5] in page.html or "+886912345103" in page.html) is show
