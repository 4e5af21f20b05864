"""What waits is shown whole on the page, and a person's click there decides it, once."""

import re
from html import unescape
from typing import Any

import pytest

from server.batches.retention import Retention
from server.console.asked import ROWS
from server.gate import recalling
from server.gate.caller import local_user
from server.gate.recalling import caller_on_page
from server.gate.words.answers import Answer
from server.ledger.deciding import Decision
from server.store.audit import export
from server.store.database import DatabaseStore
from server.store.errors import StoreUnavailableError
from tests.console.at_page import AtPage, lines, signed_in
from tests.console.browser import Browser
from tests.e2e.house import House, Session
from tests.gate.servers import LAUNCH, SEND, posts

MARKUP = """<img src=x onerror=alert(1)><form action="/"><button>OK</button></form> &lt;b&gt; {{ 7 * 7 }}"""


async def _asked(session: Session, **changed: Any) -> str:
    return (await session.facts("send_sms", {**SEND, **changed}))["action_id"]


async def test_what_waits_is_listed_oldest_first_and_leads_to_its_card(at_page: AtPage) -> None:
    session, browser = at_page
    assert "Nothing waits" in (await browser.get("/approvals")).text
    first, second = await _asked(session), await _asked(session, text="第二則")
    page = await browser.get("/approvals")
    assert page.html.index(first) < page.html.index(second)
    assert "Send 1 message for 1 point 您好" in page.text
    assert "Send 1 message for 1 point 第二則" in page.text
    assert f'href="/approvals/{first}"' in page.html
    assert (await browser.get("/approvals/ZZZZ-ZZZZ")).status == 404
    assert (await browser.get(f"/approvals/{first.lower()}")).status == 200


async def test_many_that_wait_come_by_pages(at_page: AtPage) -> None:
    session, browser = at_page
    asked = [await _asked(session, text=f"第 {number} 則") for number in range(ROWS + 2)]
    first, second = await browser.get("/approvals"), await browser.get("/approvals?page=2")
    assert [each for each in asked if each in first.html] == asked[:ROWS]
    assert [each for each in asked if each in second.html] == asked[ROWS:]
    assert "Page 2 of 2" in second.text
    assert asked[-1] in (await browser.get("/approvals?page=99")).html


async def test_approved_on_the_page_the_same_call_goes_through_once(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    asked = await _asked(session)
    page = await browser.get(f"/approvals/{asked}")
    said = lines(page)
    assert said["act"] == ["Send 1 message for 1 point"]
    assert said["text"] == ["您好"]
    assert said["person"] == ["0912***678"]
    form = page.form("Send 1 message")
    after = await browser.send(form, "Send 1 message")
    assert (after.status, after.path) == (200, f"/approvals/{asked}")
    assert "Approved; not carried out yet." in after.text
    assert await posts(house) == 0
    replayed = await browser.send(form, "Send 1 message")
    assert (replayed.status, "Approved; not carried out yet." in replayed.text) == (200, True)
    assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    again = await browser.send(form, "Send 1 message")
    assert (again.status, "Done." in again.text) == (200, True)
    assert await posts(house) == 1


async def test_the_receipt_on_the_page_is_the_audits_line(at_page: AtPage) -> None:
    session, browser = at_page
    asked = await _asked(session)
    after = await browser.send((await browser.get(f"/approvals/{asked}")).form("Refuse"), "Refuse")
    (receipt,) = lines(after)["receipt"]
    mac = receipt.split()[-1]
    assert session.parts is not None
    written = await session.parts.journal.read(lambda conn, _: [*export(conn)])
    (line,) = [each for each in written if f'"mac":"{mac}"' in each]
    assert '"event":"denied"' in line
    assert asked in line


@pytest.mark.parametrize(("button", "code"), [("Refuse", None), ("Ask for a change", "change_asked")])
async def test_a_no_and_a_wish_for_a_change_send_nothing(
    house: House, at_page: AtPage, button: str, code: str | None
) -> None:
    session, browser = at_page
    asked = await _asked(session)
    page = await browser.get(f"/approvals/{asked}")
    after = await browser.send(page.form(button), button, {"note": MARKUP})
    assert "Refused. Nothing was sent." in after.text
    assert not [form for form in after.forms if form.action.startswith("/approvals")]
    assert "<img" not in after.html
    if code is not None:
        problem = await session.problem("send_sms", SEND)
        assert (problem["code"], problem["note_untrusted"]) == (code, MARKUP)
    assert await posts(house) == 0


async def test_an_approved_action_can_still_be_refused_on_the_page(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    asked = await _asked(session)
    approved = await browser.send((await browser.get(f"/approvals/{asked}")).form("Send 1"), "Send 1")
    assert "Refused." in (await browser.send(approved.form("Refuse"), "Refuse")).text
    assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_who_it_was_for_is_shown_after_the_decision_as_long_as_it_is_kept(
    house: House, at_page: AtPage
) -> None:
    session, browser = at_page
    numbers = [f"09123456{n:02}" for n in range(20, 80)]
    arguments = {"recipients": numbers, "text": "您好"}
    asked = (await session.facts("send_sms", arguments))["action_id"]
    page = await browser.get(f"/approvals/{asked}")
    assert len(lines(await browser.send(page.form("Send 60"), "Send 60", {"proof": "60"}))["person"]) == 50
    assert (await session.facts("send_sms", arguments))["outcome"] == "done"
    record = await browser.get(f"/approvals/{asked}?people=2")
    (batch,) = re.findall('href="(/batches/[^"]+)"', record.html)
    assert (await browser.get(batch)).status == 200
    done = lines(record)
    assert ("expires" in lines(page), "expires" in done) == (True, False)
    assert (len(done["person"]), done["person"][-1], done["text"]) == (10, "0912***679", ["您好"])
    refused = (await session.facts("send_sms", {**arguments, "text": "不要"}))["action_id"]
    await browser.send((await browser.get(f"/approvals/{refused}")).form("Refuse"), "Refuse")
    assert len(lines(await browser.get(f"/approvals/{refused}"))["person"]) == 50
    # As if a day had gone by after the last one that is kept.
    await Retention(browser.parts.memory, days=-1).purge("test")
    for over in (asked, refused):
        later = await browser.get(f"/approvals/{over}")
        assert (later.status, "person" in lines(later)) == (200, False)


@pytest.mark.parametrize("comes_back", [False, True])
async def test_what_was_written_is_not_lost_where_the_sign_in_had_ended(
    house: House, at_page: AtPage, *, comes_back: bool
) -> None:
    session, browser = at_page
    page = await browser.get(f"/approvals/{await _asked(session)}")
    browser.client.cookies.clear()
    if comes_back:
        await browser.sign_in()
    ended = await browser.send(page.form("Ask for a change"), "Ask for a change", {"note": MARKUP})
    (typed,) = lines(ended)["typed"]
    assert (ended.status, unescape(typed)) == (403 if comes_back else 401, MARKUP)
    assert "othing was done" in ended.text
    browser.client.cookies.clear()
    await browser.sign_in()
    assert "decided" not in lines(await browser.get(page.path))


@pytest.mark.parametrize(
    ("button", "typed", "told"),
    [
        ("Send 1", {}, "Approved"),
        ("Refuse", {}, "Refused."),
        ("Ask for a change", {"note": "shorter"}, "Asked for a change: 「shorter」"),
    ],
)
async def test_an_answer_that_is_pressed_twice_is_told_as_the_one_that_it_is(
    at_page: AtPage, button: str, typed: dict[str, str], told: str
) -> None:
    session, browser = at_page
    page = await browser.get(f"/approvals/{await _asked(session)}")
    seen = [await browser.send(page.form(button), button, typed) for _ in range(2)]
    assert [each.status for each in seen] == [200, 200]
    assert [told in each.text for each in seen] == [True, True]
    assert ["refusal" in lines(each) for each in seen] == [False, False]
    if button == "Refuse":
        late = await browser.send(page.form("Send 1"), "Send 1")
        assert (late.status, "was not approved" in lines(late)["refusal"][0]) == (409, True)


async def test_with_four_eyes_who_asked_sees_before_the_click_that_somebody_else_has_to(house: House) -> None:
    async with signed_in(house, approval={"four_eyes": True}) as (session, browser):
        asked = (await session.facts("send_sms", SEND))["action_id"]
        page = await browser.get(f"/approvals/{asked}")
    (said,) = lines(page)["hindrance"]
    assert "cannot be approved now: who asked for it cannot approve it; somebody else has to." in said
    answers = [value for form in page.forms for name, value, _ in form.buttons if name == "answer"]
    assert answers == ["refuse", "change"]


async def test_a_typed_proof_is_asked_for_where_the_question_asks_for_it(at_page: AtPage) -> None:
    session, browser = at_page
    asked = (await session.facts("terminate_launch", LAUNCH))["action_id"]
    page = await browser.get(f"/approvals/{asked}")
    form = page.form("Terminate")
    assert form.fields["proof"] == ""
    wrong = await browser.send(form, "Terminate", {"proof": "9999"})
    assert (wrong.status, "is not the proof" in wrong.text) == (409, True)
    assert 'value="9999"' not in wrong.html
    right = await browser.send(wrong.form("Terminate"), "Terminate", {"proof": "1182"})
    assert "Approved" in right.text
    assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "done"


async def test_stale_is_shown_before_the_click_and_refused_after_it(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    asked = (await session.facts("terminate_launch", LAUNCH))["action_id"]
    before = (await browser.get(f"/approvals/{asked}")).form("Terminate")
    await house.vendor.tasks(LaunchID="1182", LaunchAction="3")
    await house.forget_log()
    shown = await browser.get(f"/approvals/{asked}")
    assert "was running and is now paused" in lines(shown)["stale"][0]
    assert not [form for form in shown.forms if any("Terminate" in said for *_, said in form.buttons)]
    clicked = await browser.send(before, "Terminate", {"proof": "1182"})
    assert clicked.status == 409
    assert "was not approved" in clicked.text
    assert (await session.facts("terminate_launch", LAUNCH))["outcome"] == "approval_required"
    assert await posts(house) == 0


@pytest.mark.parametrize("fault", ["http_500", "hang"])
async def test_a_vendor_that_cannot_be_asked_is_said_and_hinders_no_decision(
    house: House, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    monkeypatch.setattr(recalling, "LOOK_SECONDS", 0.5)
    async with signed_in(house) as (session, browser):
        asked = await _asked(session)
        await house.vendor.control("faults", path="getCredit.ashx", fault=fault, times=9)
        page = await browser.get(f"/approvals/{asked}")
        assert "unseen" in lines(page)
        assert "Approved" in (await browser.send(page.form("Send 1"), "Send 1")).text


async def test_what_a_person_begins_on_the_page_is_done_by_its_yes(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    assert session.parts is not None
    page = await browser.get(f"/approvals/{await _begun(session)}")
    assert lines(page)["through"] == ["Begun on this page"]
    after = await browser.send(page.form("Send 1"), "Send 1")
    assert "Done." in after.text
    assert await posts(house) == 1


async def test_what_a_crash_left_approved_is_carried_out_from_the_page(house: House, at_page: AtPage) -> None:
    """And by no button where an assistant's call has to come again."""
    session, browser = at_page
    assert session.parts is not None
    begun, asked = await _begun(session), await _asked(session, text="再見")
    for each in (begun, asked):
        decision = Decision(by="local:lin", channel="console")
        assert await session.parts.book.approve(each, decision) is not None
    left = await browser.get(f"/approvals/{asked}")
    assert [said for form in left.forms for _, value, said in form.buttons if value == "go on"] == []
    form = (await browser.get(f"/approvals/{begun}")).form("Send 1")
    assert "Done." in (await browser.send(form, "Send 1")).text
    assert "Done." in (await browser.send(form, "Send 1")).text
    form.action = f"/approvals/{asked}"
    assert "not carried out yet" in (await browser.send(form, "Send 1")).text
    assert await posts(house) == 1


async def test_going_on_approves_nothing(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    begun = await _begun(session)
    form = (await browser.get(f"/approvals/{begun}")).form("Send 1")
    assert "Send 1" in (await browser.send(form, "Send 1", {"answer": "go on"})).text
    assert session.parts is not None
    entry = await session.parts.book.get(begun)
    assert entry is not None
    assert entry.state == "proposed"
    assert await posts(house) == 0


async def _begun(session: Session) -> str:
    """An action that a person begins on another page."""
    assert session.parts is not None
    operation = session.parts.operations["send_sms"]
    asked = await session.parts.gate.call(operation, SEND, caller_on_page(local_user()))
    assert isinstance(asked, Answer)
    return asked.facts["action_id"]


async def test_everybody_of_a_campaign_is_shown_with_their_text_by_pages(
    house: House, at_page: AtPage
) -> None:
    session, browser = at_page
    folder = house.folder / "images"
    folder.mkdir()
    rows = [f"0912{n:06},第{n}位<b>" for n in range(345001, 345061)]
    (folder / "due.csv").write_text("手機,姓名\n" + "\n".join(rows), encoding="utf-8")
    plan = {"name": "三月提醒", "list": "due.csv", "text": "【好店】{姓名}您好", "trial": 2}
    campaign = (await session.facts("plan_campaign", plan))["campaign_id"]
    asked = (await session.facts("start_campaign", {"campaign_id": campaign}))["action_id"]
    page = await browser.get(f"/approvals/{asked}?people=3")
    assert lines(page)["act"] == ["Start a campaign: 60 messages for 60 points"]
    assert (len(lines(page)["person"]), "<b>您好" in page.html) == (10, False)
    assert lines(page)["person"][-1] == "0912***060 【好店】第345060位&lt;b&gt;您好"
    assert len(lines(await browser.get(f"/approvals/{asked}"))["person"]) == 25
    assert "person" not in lines(await browser.get(f"/approvals/{asked}?people=9"))


async def test_markup_in_a_text_and_in_a_clients_name_stays_text(at_page: AtPage) -> None:
    session, browser = at_page
    asked = await _asked(session, text=MARKUP)
    page = await browser.get(f"/approvals/{asked}")
    assert lines(page)["text"] == [" ".join(MARKUP.replace("<", "&lt;").split())] or "&lt;img" in page.html
    assert "<img" not in page.html
    assert "49" not in lines(page)["text"][0]
    assert MARKUP in page.text
    ours = {"/language", "/leave", f"/approvals/{asked}"}
    assert {form.action for form in page.forms} == ours


async def test_nobody_who_did_not_sign_in_sees_or_decides_anything(stranger: Browser) -> None:
    session_page = await stranger.get("/approvals")
    assert session_page.status == 401
    answer = await stranger.client.post(
        "/approvals/ZZZZ-ZZZZ", data={"answer": "approve"}, headers={"Origin": stranger.address.origin}
    )
    assert answer.status_code in (401, 403)


async def test_who_presses_after_their_sign_in_ended_is_told_that_nothing_was_done(
    house: House, at_page: AtPage
) -> None:
    session, browser = at_page
    form = (await browser.get(f"/approvals/{await _asked(session)}")).form("Send 1")
    browser.client.cookies.clear()
    told = await browser.send(form, "Send 1")
    assert (told.status, "What you pressed was not taken: nothing was done." in told.text) == (401, True)
    assert "nothing was done" not in (await browser.get("/approvals")).text
    assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_while_the_store_is_away_every_page_says_so_and_nothing_is_decided(
    house: House, at_page: AtPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object, **__: object) -> None:
        raise StoreUnavailableError("the store is away")

    session, browser = at_page
    asked = await _asked(session)
    form = (await browser.get(f"/approvals/{asked}")).form("Send 1")
    with monkeypatch.context() as gone:
        for name in ("read", "glance", "write"):
            gone.setattr(DatabaseStore, name, away)
        for path in ("/", "/approvals", f"/approvals/{asked}", "/campaigns", "/replies", "/rules"):
            page = await browser.get(path)
            assert (page.status, "The store is away" in page.text) == (503, True), path
        assert (await browser.send(form, "Send 1")).status == 503
    assert "Approved" not in (await browser.get(f"/approvals/{asked}")).text
    assert "Approved" in (await browser.send(form, "Send 1")).text
    assert await posts(house) == 0


async def test_two_tabs_decide_once(house: House, at_page: AtPage) -> None:
    session, browser = at_page
    asked = await _asked(session)
    one, other = [await browser.get(f"/approvals/{asked}") for _ in range(2)]
    assert "Refused." in (await browser.send(one.form("Refuse"), "Refuse")).text
    late = await browser.send(other.form("Send 1"), "Send 1")
    assert (late.status, "is decided or expired already" in late.text) == (409, True)
    assert "Refused." in late.text
    assert await posts(house) == 0


@pytest.mark.parametrize("token", ["", "0" * 64])
async def test_a_forged_form_decides_nothing(house: House, at_page: AtPage, token: str) -> None:
    session, browser = at_page
    asked = await _asked(session)
    form = (await browser.get(f"/approvals/{asked}")).form("Send 1")
    assert (await browser.send(form, "Send 1", {"form_token": token})).status == 403
    assert (await browser.send(form, "Send 1", Origin="http://evil.example")).status == 403
    assert (await browser.send(form, "Send 1", {"answer": "yes"})).status == 403
    assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_the_page_speaks_chinese(house: House) -> None:
    async with signed_in(house, language="zh-TW") as (session, browser):
        asked = await _asked(session, recipients=[f"09123456{n:02}" for n in range(40)])
        page = await browser.get(f"/approvals/{asked}")
    assert lines(page)["act"] == ["發送 40 則，扣 40 點"]
    assert [button for form in page.forms for *_, button in form.buttons][-3:] == [
        "發送 40 則，扣 40 點",
        "拒絕",
        "要求修改",
    ]
    english = re.findall(r"[A-Za-z]{4,}", " ".join(said for each in lines(page).values() for said in each))
    assert set(english) <= {"local", "root", "query_credit"}


async def test_a_page_of_many_texts_and_people_stays_small(at_page: AtPage) -> None:
    session, browser = at_page
    people = [{"mobile": f"0912{n:06}", "values": [f"{n}" + "好" * 300]} for n in range(100, 300)]
    asked = await session.facts("send_personalized_sms", {"recipients": people, "template": "%field1%"})
    page = await browser.get(f"/approvals/{asked['action_id']}?texts=2&people=4")
    assert len(page.html.encode()) < 60_000
    assert lines(page)["text"][0].startswith("21 120")
    assert [line.split()[1][:4] for line in lines(page)["person"]] == [f"{n}好" for n in range(175, 200)]
    for odd in ("texts=0&people=-1", "texts=x&people=99999999999", "texts=%F0%9D%9F%9A"):
        assert (await browser.get(f"/approvals/{asked['action_id']}?{odd}")).status == 200
