"""The list of past decisions: who decided on what, when, by which way, how it ended, and the audit's line."""

import re

import pytest

from server.console.asked import ROWS
from server.ledger import looking
from server.ledger.deciding import Decision
from server.ledger.notes import Note
from server.store import decisions
from tests.console.at_page import AtPage, audit_of, lines, pressed, signed_in
from tests.console.test_chinese_pages import reads
from tests.e2e.house import House, Session
from tests.gate.servers import SEND, Clock


async def asked(session: Session, text: str) -> str:
    return (await session.facts("send_sms", {**SEND, "text": text}))["action_id"]


async def test_each_decision_says_who_when_by_which_way_how_it_ended_and_its_line(at_page: AtPage) -> None:
    session, browser = at_page
    assert "Nobody has decided on anything yet." in (await browser.get("/decisions")).text
    yes, no, change = [await asked(session, text) for text in ("好的", "不要 0912345678", "改一下")]
    elsewhere, waits = await asked(session, "在終端機"), await asked(session, "還在等")
    await pressed(browser, f"/approvals/{yes}", "Send 1")
    await session.facts("send_sms", {**SEND, "text": "好的"})
    await pressed(browser, f"/approvals/{no}", "Refuse")
    await pressed(browser, f"/approvals/{change}", "Ask for a change", {"note": "早一點 0912345678"})
    assert await browser.parts.book.deny(elsewhere, Decision(by="local:lin", channel="terminal"))
    assert 'href="/decisions"' in (await browser.get("/approvals")).html
    page = await browser.get("/decisions")
    order = [elsewhere, change, no, yes]
    assert re.findall(r'data-action="([0-9A-Z-]+)"', page.html) == order
    assert all(f'href="/approvals/{each}"' in page.html for each in order)
    assert waits not in page.html
    said = lines(page)
    assert said["state"] == ["Refused. Nothing was sent."] * 3 + ["Done."]
    assert said["decided"][0].startswith("Decided by local:lin (in a terminal) at ")
    assert "(on the page)" in said["decided"][3]
    assert "早一點" in said["note"][0]
    assert "0912345678" not in page.html
    macs = [each.split()[-1] for each in said["receipt"]]
    written = await audit_of(browser)
    for action, mac in zip(order, macs, strict=True):
        (line,) = [each for each in written if f'"mac":"{mac}"' in each]
        assert action in line
    assert {form.action for form in page.forms} == {"/language", "/leave"}


async def test_a_decision_has_its_line_where_another_machine_is_ahead_and_wrote_much_before(
    house: House,
) -> None:
    """Two servers of one store: the clock of the one that sends is seconds ahead of the one that decides."""
    clock = Clock()
    async with signed_in(house, clock=clock) as (session, browser):
        action = await asked(session, "好的")
        clock.advance(seconds=4)
        for _ in range(250):
            await browser.parts.journal.record(Note(what="head_adopted"))
        clock.advance(seconds=-4)
        assert await browser.parts.book.deny(action, Decision(by="local:lin", channel="terminal"))
        (said,) = lines(await browser.get("/decisions"))["receipt"]
        (line,) = [each for each in await audit_of(browser) if '"event":"denied"' in each]
        assert said.split()[-1] in line


async def test_decisions_come_by_pages_and_in_chinese(house: House) -> None:
    async with signed_in(house, language="zh-TW", policy={"calls_per_minute": 99}) as (session, browser):
        for number in range(ROWS + 2):
            action = await asked(session, f"第{number}則")
            assert await browser.parts.book.deny(action, Decision(by="local:lin", channel="terminal"))
        first, second = await browser.get("/decisions"), await browser.get("/decisions?page=2")
        reads(first, second)
        assert first.html.count("data-action=") == ROWS
        assert second.html.count("data-action=") == 2
        assert "第0則" in second.text
        assert len(first.html.encode()) < 60_000
        for odd in ("0", "x", "99999999999"):
            assert (await browser.get(f"/decisions?page={odd}")).status == 200


async def test_what_was_not_looked_through_is_said_and_not_that_nobody_decided(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (decisions, looking):
        monkeypatch.setattr(module, "LOOKED_THROUGH", 2)
    async with signed_in(house) as (session, browser):
        action = await asked(session, "好的")
        assert await browser.parts.book.deny(action, Decision(by="local:lin", channel="terminal"))
        await asked(session, "還在等")
        page = await browser.get("/decisions")
        assert f'data-action="{action}"' in page.html
        assert "were looked through" not in page.text
        await asked(session, "也在等")
        page = await browser.get("/decisions")
        assert "Only the newest 2 actions were looked through." in page.text
        assert "Nobody has decided" not in page.text
