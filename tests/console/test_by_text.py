"""What the page tells of a text that asked the approver's phone; a person there decides all the same."""

from datetime import timedelta

import pytest

from server.command import action
from server.console.approval_card import clock_of
from server.gate.phone import ByPhone
from server.gate.words.phone import LOOKED_SECONDS
from tests.console.at_page import approved, lines, signed_in
from tests.console.browser import Browser
from tests.e2e.house import House
from tests.faults.scripted import HOST, ScriptedVendor, whole
from tests.gate.approvers_phone import ASKED, SHOWN, Phone, wrong
from tests.gate.servers import SEND, Clock, config_file, decide


def by(clock: Clock, seconds: float = 0) -> str:
    """As a page shows a time so many seconds from now."""
    return clock_of(clock() + timedelta(seconds=seconds), clock())


async def heard(browser: Browser, action_id: str) -> None:
    """The server reads what was answered, by its own work."""
    await ByPhone(browser.parts.context).look(action_id)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.mark.parametrize(
    ("language", "told", "mark"),
    [
        (
            "en",
            "A text went to {phone} at {at}: answering its code until {until} approves this too",
            "Also asked by a text to {phone}",
        ),
        (
            "zh-TW",
            "已於 {at} 發簡訊詢問 {phone}：{until} 前回覆其中的代碼，也會核准",
            "也已發簡訊詢問 {phone}",
        ),
    ],
)
async def test_the_card_and_the_list_say_that_a_text_asked_too_and_the_pages_yes_counts(
    house: House, clock: Clock, language: str, told: str, mark: str
) -> None:
    async with signed_in(house, language=language, clock=clock, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        page = await browser.get(f"/approvals/{asked}")
        said = told.format(phone=SHOWN, at=by(clock), until=by(clock, 600))
        assert lines(page)["by-text"] == [said]
        assert mark.format(phone=SHOWN) in (await browser.get("/approvals")).text
        after = await approved(browser, page)
        assert lines(after)["by-text"][0].endswith(by(clock) if language == "en" else SHOWN)
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await house.changes() == ["sendsms.ashx"] * 2


async def test_where_nobody_was_texted_nothing_is_said_of_it(house: House) -> None:
    async with signed_in(house) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert "by-text" not in lines(await browser.get(f"/approvals/{asked}"))
        assert "text to" not in (await browser.get("/approvals")).text


@pytest.mark.parametrize(("answer", "said"), [("", "Answered with the code"), ("N", "Answered with a no")])
async def test_what_the_phone_answered_is_told_with_its_time_and_who_decided_in_words(
    house: House, clock: Clock, answer: str, said: str
) -> None:
    phone = Phone(house)
    async with signed_in(house, clock=clock, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(answer or await phone.code())
        await heard(browser, asked)
        told = lines(await browser.get(f"/approvals/{asked}"))
    assert told["decided"] == [f"Decided by {SHOWN} (by answering a text) at {by(clock)}"]
    assert told["by-text"][0] == f"A text went to {SHOWN} at {by(clock)}"
    assert told["by-text"][1].startswith(f"{said} at ")


async def test_wrong_codes_are_told_and_when_they_closed_this_way(house: House, clock: Clock) -> None:
    phone = Phone(house)
    async with signed_in(house, clock=clock, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        code = await phone.code()
        await phone.answer(wrong(code, 1))
        await heard(browser, asked)
        assert lines(await browser.get(f"/approvals/{asked}"))["by-text"][1:] == [
            "1 wrong code was answered, which does not count"
        ]
        await phone.answer(wrong(code, 2))
        await phone.answer(wrong(code, 3))
        await phone.later(clock, LOOKED_SECONDS)
        await heard(browser, asked)
        closed = await browser.get(f"/approvals/{asked}")
        assert lines(closed)["by-text"] == [
            f"A text went to {SHOWN} at {by(clock, -LOOKED_SECONDS)}",
            "3 wrong codes were answered: by text this can only be refused by now",
        ]
        assert "Approved" in (await approved(browser, closed)).text


async def test_an_answer_that_does_not_count_and_one_that_never_came_are_told(
    house: House, clock: Clock
) -> None:
    phone = Phone(house)
    async with signed_in(house, clock=clock, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await phone.answer(await phone.code())
        await heard(browser, asked)
        assert await browser.parts.book.void(asked, "") is not None
        void = lines(await browser.get(f"/approvals/{asked}"))["by-text"]
        silent = (await session.facts("send_sms", {**SEND, "text": "另一則"}))["action_id"]
        await phone.later(clock, 660)
        missed = lines(await browser.get(f"/approvals/{silent}"))["by-text"]
        assert "text to" not in (await browser.get("/approvals")).text
    assert void[1].endswith("which did not count")
    assert missed[1:] == ["No answer that counts came in time"]


async def test_a_text_of_unknown_outcome_is_never_told_as_sent(house: House) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="http_500", times=1, processed=True)
    async with signed_in(house, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        (told,) = lines(await browser.get(f"/approvals/{asked}"))["by-text"]
        assert told.startswith(f"Nobody knows yet whether a text went to {SHOWN}")
        assert "text to" not in (await browser.get("/approvals")).text


async def test_a_text_that_was_refused_is_never_told_as_sent(house: House, vendor: ScriptedVendor) -> None:
    vendor.plays["sendSMS.ashx"] = whole("-27,電話號碼不得為空")
    theirs = {"base_url": vendor.url.replace(HOST, "localhost")}
    async with signed_in(house, approval=ASKED, every8d=theirs) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        (told,) = lines(await browser.get(f"/approvals/{asked}"))["by-text"]
        assert told == f"A text to {SHOWN} was not sent: that phone cannot decide on this"
        assert "text to" not in (await browser.get("/approvals")).text


async def test_the_terminal_tells_the_text_and_who_decided_in_words(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    phone = Phone(house)
    async with signed_in(house, approval=ASKED) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await decide(house, approve=asked, proof="no such proof") == 1
        assert f"A text went to {SHOWN} at 20" in capsys.readouterr().out
        await phone.answer(await phone.code())
        await heard(browser, asked)
    for language, told in (("en", "(by answering a text)"), ("zh-TW", "（回覆簡訊）")):
        assert await action.show(config_file(house, f'language = "{language}"'), asked, 1, sandbox=False) == 0
        shown = capsys.readouterr().out
        assert f"{SHOWN}{told if language == 'zh-TW' else ' ' + told}" in shown
        assert "(phone)" not in shown
        assert "phone," not in shown


@pytest.mark.parametrize(("language", "told"), [("en", " (in a terminal)"), ("zh-TW", "（在終端機）")])
async def test_who_decided_in_a_terminal_is_told_in_words_too(house: House, language: str, told: str) -> None:
    async with signed_in(house, language=language) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await decide(house, approve=asked, proof="y") == 0
        (said,) = lines(await browser.get(f"/approvals/{asked}"))["decided"]
    assert told in said
