"""Whoever reads the pages in Chinese meets no sentence in English: in no refusal and no warning."""

import re
from datetime import datetime
from typing import Any

import pytest

from server.store.actions import ALTERED, PAST_LOST, STOPPED, UNANSWERED, UNSIGNED
from tests.batches.inbox import answered
from tests.campaigns.playing import carried_out, people, taken, write_list
from tests.campaigns.test_trial import TERMS, failing, watched
from tests.console.at_page import FREE, MIXED, PLAN, SMALL, approved, id_of, lines, pressed, signed_in
from tests.console.browser import Browser, Page
from tests.e2e.house import House
from tests.faults.scripted import HOST, ScriptedVendor, whole
from tests.gate.servers import LAUNCH, SEND, Clock
from tools.sentence import sentence

SAME_EVERYWHERE = {
    *("Excel", "xlsx", "EVERY8D", "OMIS", "https", "http", "HTML", "Campaign", "Asia", "Taipei"),
    *("text", "name", "list", "file", "trial", "consent", "mobile", "fields", "column"),
    *("change", "true", "false", "example", "test", "field1", "local", "root", "console", "refresh"),
}
"""Names, those of the form's fields among them; the time zone of a rule; what stands in our text."""
PLANNING, STARTING = "規劃活動，不發送", "開始"
BADLY = (
    "試發已送出，其餘等候人員決定：75 % 已送達（20 人中 15 人），門檻為至少 90 %；"
    "25 % 永久失敗（20 人中 5 人），門檻為最多 10 %"
)
NOON = datetime(2030, 1, 9, 4, tzinfo=datetime.now().astimezone().tzinfo)
_DATA = re.compile(
    r'<(span|p|code|a) class="[a-z ]*code"[^>]*>.*?</\1>|<code>.*?</code>|<textarea.*?</textarea>', re.DOTALL
)
_NAME = re.compile(
    r"`[^`]*`|「[^」]*」|\b[A-Za-z]+_[A-Za-z_]+\b|campaign-ops-mcp [a-z-]+|opt-outs --dismiss"
    r"|[0-9A-Z]{4}-[0-9A-Z]{4}|[\w.-]+\.(?:csv|xlsx)\b"
)
"""Commands, settings and tools by their names, what is quoted, and files."""


def english(page: Page) -> set[str]:
    """Words of four Latin letters or more that are no name and no data."""
    told = _DATA.sub(" ", page.html.split("<main", 1)[1])
    said = _NAME.sub(" ", re.sub(r"<[^>]*>", " ", f"<{told}"))
    return {*re.findall(r"[A-Za-z0-9]*[A-Za-z]{4,}[A-Za-z0-9]*", said)} - SAME_EVERYWHERE


def reads(*pages: Page) -> None:
    for page in pages:
        assert not english(page), page.text


async def planned(browser: Browser, **changed: str) -> Page:
    page = await browser.get("/campaigns/new")
    form = next(form for form in page.forms if form.action == "/campaigns/new")
    return await browser.send(form, form.buttons[0][2], {**PLAN, **changed})


async def step(browser: Browser, campaign: str, name: str, **more: str) -> Page:
    """What a form of the campaign's page would send, whether the page shows it or not."""
    page = await browser.get(f"/campaigns/{campaign}")
    form = next(form for form in page.forms if form.action == "/language")
    form.action = f"/campaigns/{campaign}"
    return await browser.send(form, "English", {"step": name, **more})


BAD_PLANS: dict[str, dict[str, str]] = {
    "no such list": {"list": "none.csv"},
    "a list that is none": {"list": "bad.csv"},
    "no such column": {"text": "【測試】{nobody}您好"},
    "a time that is none": {"send_at": "tomorrow"},
    "a past time": {"send_at": "2020-01-01T10:00"},
    "a pace without a time": {"per_hour": "10"},
    "a pace that is none": {"per_hour": "many", "send_at": "2030-02-01T10:00"},
    "no span": {"per_hour": "10", "send_at": "2030-02-01T10:00", "not_between": "noon"},
    "no trial": {"trial": "half"},
    "no consent column": {"consent": "同意"},
    "an empty text": {"text": ""},
    "a long name": {"name": "長" * 41},
    "a long text": {"text": "長" * 4000},
}


@pytest.fixture
def filled(house: House) -> House:
    write_list(house, people(12))
    (house.folder / "images" / "bad.csv").write_bytes(b"a,b\n1,2\n")
    return house


@pytest.mark.parametrize("wrong", BAD_PLANS)
async def test_a_plan_that_is_refused_says_why_in_chinese(filled: House, wrong: str) -> None:
    async with signed_in(filled, language="zh-TW", clock=Clock(NOON)) as (_, browser):
        page = await planned(browser, **BAD_PLANS[wrong])
        assert page.status == 409
        reads(page)


RULES: dict[str, dict[str, Any]] = {
    "read only": {"read_only": True},
    "disabled": {"disabled_tools": ["plan_campaign"]},
    "sender": {"required_sender_name": "【別的】"},
    "quiet": {"quiet_hours": {"start": "00:00", "end": "23:59"}},
    "hosts": {"allowed_url_hosts": []},
    "phones": {"allowed_phone_numbers": []},
    "points": {"points_per_call": 1},
    "minute": {"calls_per_minute": 1},
    "day": {"points_per_day": 1},
    "month": {"points_per_month": 1},
    "recipients a day": {"recipients_per_day": 1},
}


@pytest.mark.parametrize("rule", RULES)
async def test_a_rule_that_forbids_says_so_in_chinese(filled: House, rule: str) -> None:
    text = "【測試】{姓名}您好 https://example.test/ 02-2345-6789"
    async with signed_in(filled, language="zh-TW", policy=RULES[rule]) as (_, browser):
        page = await planned(browser, text=text)
        reads(page)
        if page.status == 200:
            asked = await step(browser, id_of(page), "start")
            reads(asked)
            if asked.path.startswith("/approvals/"):
                reads(await approved(browser, asked, "12"))


LISTS: dict[str, bytes] = {
    "empty": b"",
    "a web page": b"<html><body>",
    "a PDF": b"%PDF-1.7\n",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a zip": b"PK\x03\x04" + bytes(60),
    "no text": b"\x81\xff\x00\x81",
    "an open quotation": '手機,姓名\n0912345678,"王\n'.encode(),
    "nobody": "手機,姓名\n,王\n0212345678,李\n0900,陳\n".encode(),
}


@pytest.mark.parametrize("kind", LISTS)
async def test_a_list_that_cannot_be_used_says_why_in_chinese(filled: House, kind: str) -> None:
    (filled.folder / "images" / "kind.csv").write_bytes(LISTS[kind])
    async with signed_in(filled, language="zh-TW", clock=Clock(NOON)) as (_, browser):
        page = await planned(browser, list="kind.csv")
        assert page.status == 409
        reads(page)


STOPS: dict[str, str] = {
    "vendor": sentence("the vendor did not take {count} parts one after the other", count=3),
    "points": sentence(
        "the points do not cover the next part: {needed} needed, {left} left", needed="4", left="1"
    ),
    "unread": sentence("a part of it cannot be read with the key of the numbers"),
    "late": sentence(
        "a part of it cannot be sent as it was planned: {problem}",
        problem=sentence("past, or less than two minutes ahead."),
    ),
}


@pytest.mark.parametrize("stop", STOPS)
async def test_why_the_worker_stopped_is_said_in_chinese_and_to_the_assistant_in_english(
    filled: House, stop: str
) -> None:
    async with signed_in(filled, language="zh-TW", **SMALL) as (session, browser):
        campaign = id_of(await planned(browser))
        await approved(browser, await step(browser, campaign, "start"), "12")
        epoch = await taken(browser.parts, campaign)
        assert await browser.parts.context.book.stand_still(campaign, epoch, "paused", STOPS[stop])
        asked = await step(browser, campaign, "resume")
        reads(await browser.get(f"/campaigns/{campaign}"), asked)
        told = await session.facts("get_campaign", {"campaign_id": campaign})
        assert str(STOPS[stop]) in str(told)
        action = asked.path.rsplit("/", 1)[1]
        kept = await session.facts("get_action", {"action_id": action})
        assert kept["preview"]["details"]["status"] == str(STOPS[stop])
        # How it is kept is no word of it.
        assert not (await session.facts("list_actions", {"words": "template"}))["total"]


async def test_a_trial_that_was_judged_badly_says_its_figures_in_chinese_wherever_it_waits(
    house: House,
) -> None:
    clock = Clock(NOON)
    async with signed_in(house, language="zh-TW", clock=clock, **SMALL) as (session, browser):
        write_list(house, [*failing(5), *people(15), *people(10, first=90)])
        plan = await session.facts("plan_campaign", {**PLAN, "trial": "20", "release": TERMS})
        campaign = plan["campaign_id"]
        await approved(browser, await step(browser, campaign, "start"), "30")
        await carried_out(browser.parts, campaign, waves=2)
        await watched(house, session, clock, campaign, minutes=61)
        held = await browser.get(f"/campaigns/{campaign}")
        asked = await step(browser, campaign, "resume")
        reads(held, asked)
    assert lines(held)["reason"] == [BADLY]
    assert f"目前狀態：「{BADLY}」" in lines(asked)["now"]


async def test_the_plan_and_its_warnings_are_in_chinese(filled: House) -> None:
    hours = {"start": "21:00", "end": "08:00"}
    policy = {**FREE, "quiet_hours": hours, "undo_minutes": 3, "undo_above_recipients": 2}
    text = "{姓名}您好 https://example.test/ %field1% &amp; \\n" + "\u200b" + "長" * 60
    async with signed_in(filled, language="zh-TW", clock=Clock(NOON), policy=policy) as (_, browser):
        reads(await planned(browser, text=text), await planned(browser, trial="3"))
        night = await planned(browser, send_at="2030-01-10T22:00", per_hour="1", not_between="12:00-13:00")
        reads(night)


async def test_what_a_campaign_forbids_is_said_in_chinese(filled: House) -> None:
    async with signed_in(filled, language="zh-TW", clock=Clock(NOON), **SMALL) as (_, browser):
        plan = await planned(browser)
        campaign = id_of(plan)
        soon = {"send_at": "2030-02-01T10:00"}
        reads(*[await step(browser, campaign, each, **soon) for each in ("resume", "move", "retry", "pause")])
        reads(
            *[
                await step(browser, "7KQ2-M9XD", each, **soon)
                for each in ("start", "pause", "rehearse", "retry")
            ]
        )
        asked = await step(browser, campaign, "start")
        reads(asked, await approved(browser, asked, "11"))
        reads(await approved(browser, await browser.get(asked.path), "12"), await browser.get(asked.path))
        running = await browser.get(f"/campaigns/{campaign}")
        reads(
            running, *[await step(browser, campaign, each, **soon) for each in ("start", "move", "rehearse")]
        )
        await carried_out(browser.parts, campaign, waves=1)
        reads(await browser.get(f"/campaigns/{campaign}"), await step(browser, campaign, "pause"))
        reads(
            *[
                await step(browser, campaign, each, send_at="2020-01-01T10:00")
                for each in ("cancel", "move", "retry")
            ]
        )


async def test_why_a_campaign_stands_still_is_said_in_chinese(filled: House) -> None:
    async with signed_in(filled, language="zh-TW", **SMALL) as (_, browser):
        plan = await planned(browser, trial="2")
        await approved(browser, await step(browser, id_of(plan), "start"), "12")
        await carried_out(browser.parts, id_of(plan))
        reads(await browser.get(f"/campaigns/{id_of(plan)}"))
        by_hand = await planned(browser, name="第二個", text="【測試】{姓名}再見")
        await approved(browser, await step(browser, id_of(by_hand), "start"), "12")
        await step(browser, id_of(by_hand), "pause")
        reads(await browser.get(f"/campaigns/{id_of(by_hand)}"))


ENDED = {
    UNSIGNED: "密碼金鑰簽署的內容已不算數",
    ALTERED: "資料庫中的內容遭本程式以外的途徑更動",
    STOPPED: "已全部停止",
    PAST_LOST: "資料庫失去了先前的紀錄，它可能早已執行",
    UNANSWERED: "核准者手機回覆的內容不算數",
    "cap points_per_day": "已達到上限「points_per_day」",
}


@pytest.mark.parametrize("reason", ENDED)
async def test_why_an_action_ended_undecided_is_said_in_chinese(house: House, reason: str) -> None:
    async with signed_in(house, language="zh-TW") as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await browser.parts.book.void(asked, reason) is not None
        page = await browser.get(f"/approvals/{asked}")
    assert lines(page)["reason"] == [f"原因：{ENDED[reason]}"]


async def test_why_an_approval_was_refused_or_came_to_nothing_is_said_in_chinese_and_to_others_in_english(
    house: House, vendor: ScriptedVendor
) -> None:
    vendor.plays["sendSMS.ashx"] = whole("-27,電話號碼不得為空")
    theirs = {"base_url": vendor.url.replace(HOST, "localhost")}
    async with signed_in(house, language="zh-TW", every8d=theirs) as (session, browser):
        stale = (await session.facts("terminate_launch", LAUNCH))["action_id"]
        form = (await browser.get(f"/approvals/{stale}")).form("終止")
        await house.vendor.tasks(LaunchID="1182", LaunchAction="3")
        await browser.send(form, "終止", {"proof": "1182"})
        failed = (await session.facts("send_sms", SEND))["action_id"]
        await pressed(browser, f"/approvals/{failed}", "發送 1 則")
        english = "The vendor says that a mobile number is empty. Nothing was sent."
        assert (await session.problem("send_sms", SEND))["message"] == english
        told = [
            lines(await browser.get(f"/approvals/{each}"))["reason"][0].split("：", 1)[1]
            for each in (stale, failed)
        ]
        kept = [await session.facts("get_action", {"action_id": each}) for each in (stale, failed)]
    assert told[0].startswith("未終止任何項目。核准的內容已有變動")
    assert told[1].endswith("未發送任何訊息。")
    assert kept[0]["reason"].startswith("Nothing was terminated. What was approved has changed")
    assert kept[1]["outcome"]["message"] == english


async def test_why_it_stands_still_is_in_chinese_on_the_card_of_its_going_on_too(filled: House) -> None:
    async with signed_in(filled, language="zh-TW", **SMALL) as (_, browser):
        campaign = id_of(await planned(browser))
        await approved(browser, await step(browser, campaign, "start"), "12")
        await step(browser, campaign, "pause")
        now = lines(await step(browser, campaign, "resume"))["now"]
    assert now == ["目前名稱：「提醒」", "目前狀態：「由人暫停」"]


async def test_what_cannot_be_taken_back_is_said_in_chinese(house: House) -> None:
    clock, policy = Clock(), {**FREE, "undo_minutes": 3, "undo_above_recipients": 1}
    async with signed_in(house, language="zh-TW", clock=clock, policy=policy) as (session, browser):
        batch = (await session.facts("send_sms", {"recipients": MIXED[:2], "text": "您好"}))["batch_id"]
        page = await browser.get(f"/batches/{batch}")
        reads(page, await browser.get("/batches"))
        form = next(form for form in page.forms if form.fields.get("step") == "undo")
        clock.advance(minutes=9)
        reads(await browser.send(form, "收回"), await browser.get(f"/batches/{batch}"))
        form.action = "/batches/220478cc-8506-49b2-93b7-2505f651c12e"
        reads(await browser.send(form, "收回"))
        for odd in (
            "/batches/220478cc-8506-49b2-93b7-2505f651c12e",
            "/batches/none",
            "/campaigns/ZZZZ-ZZZZ",
            "/nowhere",
        ):
            reads(await browser.get(odd))


async def test_replies_and_what_is_refused_there_are_in_chinese(house: House) -> None:
    async with signed_in(house, language="zh-TW", policy=FREE) as (session, browser):
        await session.facts("send_sms", {"recipients": MIXED[:1], "text": "您好"})
        await house.vendor.advance(31)
        await answered(house, MIXED[0], "退訂")
        await session.facts("get_reply_summary", {"refresh": True})
        page = await browser.get("/replies")
        reads(page)
        form = next(form for form in page.forms if form.action == "/replies/block")
        reads(await browser.send(form, "封鎖", {"reply": "0123456789abcdef"}))
        reads(await browser.send(form, "封鎖", {"batch": "none"}))
        reads(await browser.send(form, "封鎖", {"batch": "220478cc-8506-49b2-93b7-2505f651c12e"}))
    async with signed_in(house, language="zh-TW", policy={"read_only": True}) as (_, browser):
        page = await browser.get("/replies")
        for action in ("/replies/block", "/replies/let-go"):
            form.action = action
            reads(await browser.send(form, "封鎖", {"form_token": page.forms[0].fields["form_token"]}))
