"""`campaign-ops-mcp forget`: one person's number, names and words go, and nothing brings them back."""

import io
import json
from datetime import timedelta

import pytest
from sqlalchemy import bindparam, select

from server.command.evidence import write_evidence
from server.command.forget import forget
from server.command.purge import purge
from server.demo.rows import rows_of
from server.store.opt_outs import ANYBODY
from server.store.record_tables import REPLIES as REPLIES_TABLE
from server.store.schema import ACTIONS
from tests.batches.aged import ANSWER, ARRIVES, NAME, OFF, OWN_WORDS, REPLIES, Old, aged, heard, report
from tests.batches.inbox import answered
from tests.batches.stored import rows_in, stored, tables_with
from tests.delivery.receivers import vendor_of
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import config_file
from tests.languages.english import english

LATER = "後來的話"
_SHOWN = select(ACTIONS.c.preview, ACTIONS.c.arguments).where(ACTIONS.c.tool == bindparam("of"))
_REPLIED = select(REPLIES_TABLE.c.text)


async def test_nothing_of_a_forgotten_number_is_left_but_what_it_counts(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0, store=of_store) as old:
        batch_id = await heard(old)
        before = await old.figures()
        for number in (ARRIVES, REPLIES):
            assert await forget(config_file(house), number, yes=True) == 0
            # What comes in later counts, and leads to nobody.
            async with vendor_of(old.parts) as http:
                await report(http, old, batch_id, number, STATUS="999", SM=LATER)
            await answered(house, number, LATER)
            await old.session.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
            await old.session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
            assert (await old.session.facts("get_number_history", {"mobile": number}))["total"] == 0
        after = await old.figures()
        assert after["delivery"] == before["delivery"]
        assert (after["codes"], after["statement"]) == (before["codes"], before["statement"])
        assert [row["replies"] for row in rows_of(after["batches"])] == [1]
        gone = (ARRIVES[2:], REPLIES[2:], NAME, OWN_WORDS, ANSWER)
        assert await tables_with(old.parts, LATER) <= {"delivery_events"}
        assert await tables_with(old.parts, *gone) == set()
        # The third one is there as before.
        assert await tables_with(old.parts, OFF[1:]) == {"actions"}
        assert (await old.session.facts("get_number_history", {"mobile": OFF}))["total"] == 1
    told = capsys.readouterr().out
    assert "Of 0912***100 are kept: 1 messages, 0 replies, 1 delivery reports" in told
    assert "0912***999 is forgotten; the counts stay." in told


async def test_who_is_blocked_stays_so_and_a_later_opt_out_is_heard(house: House) -> None:
    async with aged(house, Person(), ago=0) as old, vendor_of(old.parts) as http:
        batch_id = await heard(old)
        await old.session.facts("block_number", {"mobiles": [ARRIVES], "why": "asked"})
        for number in (ARRIVES, OFF):
            assert await forget(config_file(house), number, yes=True) == 0
        refused = await old.session.problem("send_sms", {"recipients": [ARRIVES], "text": "再一次"})
        assert refused["code"] == "policy_refused"
        await report(http, old, batch_id, OFF, STATUS="999", SM="退訂")
        await old.parts.memory.catch_up()
        assert (await old.parts.memory.opt_outs.proposed(ANYBODY))[1] == 1


async def test_the_words_of_an_opt_out_go_and_who_wants_it_stays_known_by_a_hash(house: House) -> None:
    async with aged(house, Person(), ago=0) as old, vendor_of(old.parts) as http:
        batch_id = await heard(old)
        await report(http, old, batch_id, OFF, STATUS="999", SM="請退訂")
        await old.parts.memory.catch_up()
        assert "opt_outs" in await tables_with(old.parts, "請退訂")
        assert await forget(config_file(house), OFF, yes=True) == 0
        assert await tables_with(old.parts, "請退訂") == set()
        assert await rows_in(old.parts, "opt_outs") == 1


async def test_a_send_that_has_not_ended_keeps_its_numbers_and_that_is_said(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0) as old:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        unknown = await old.session.facts("send_sms", {"recipients": [ARRIVES, OFF], "text": "不知道"})
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        told = capsys.readouterr().out
        assert f"1 send that has not ended holds it and keeps it ({unknown['action_id']}): settle" in told
        retried = await old.session.facts("retry_safely", {"action_id": unknown["action_id"]})
        assert retried["outcome"] == "done", retried
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        assert await tables_with(old.parts, ARRIVES[1:]) == set()


async def test_what_keeps_a_number_is_told_and_it_is_not_said_to_be_forgotten(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0) as old:
        for text, subject in ((f"請電 {ARRIVES}", ""), ("您好", ARRIVES)):
            await old.session.facts("send_sms", {"recipients": [OFF], "text": text, "subject": subject})
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        told = capsys.readouterr().out
        assert "and 0 sends of the ledger." in told
        assert "2 sends hold it in their text or note for everybody, and keep it." in told
        assert "is forgotten" not in told


async def test_a_campaign_that_has_not_ended_is_named_and_gives_it_up_once_it_is_cancelled(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    (house.folder / "images").mkdir(exist_ok=True)
    (house.folder / "images" / "due.csv").write_text(f"手機\n{ARRIVES}\n{OFF}\n", encoding="utf-8")
    async with aged(house, Person(), ago=0) as old:
        plan = {"name": "到期", "list": "due.csv", "text": "您好"}
        planned = await old.session.facts("plan_campaign", plan)
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        told = " ".join(capsys.readouterr().out.split())
        assert f"1 campaign that has not ended holds it and keeps it ({planned['campaign_id']})" in told
        assert "send that has not ended" not in told
        await old.session.facts("start_campaign", {"campaign_id": planned["campaign_id"]})
        await old.session.facts("cancel_campaign", {"campaign_id": planned["campaign_id"]})
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        assert "campaign that has not ended" not in capsys.readouterr().out


async def test_the_reason_of_a_block_keeps_no_number(house: House) -> None:
    async with aged(house, Person(), ago=0) as old:
        await old.session.facts("block_number", {"mobiles": [ARRIVES], "why": f"{ARRIVES} asked"})
        assert await tables_with(old.parts, ARRIVES[1:]) == set()
        assert await tables_with(old.parts, "0912***100 asked") == {"blocked_numbers"}


async def test_without_a_yes_nothing_goes_and_the_audit_names_no_number(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with aged(house, Person(), ago=0) as old:
        await heard(old)
        monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
        assert await forget(config_file(house), ARRIVES, yes=False) == 1
        assert await forget(config_file(house), "0912", yes=True) == 1
        assert await rows_in(old.parts, "delivery_events") == 1
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        assert await rows_in(old.parts, "delivery_events") == 0
        audit = (await stored(old.parts))["audit"]
    assert audit.count('"event":"forgotten"') == 2
    assert ARRIVES[1:] not in audit


async def test_the_commands_speak_the_language_of_the_settings(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person()) as old:
        await heard(old)
        monkeypatch.setenv("CAMPAIGN_OPS_LANGUAGE", "zh-TW")
        config, file = config_file(house), house.folder / "申訴.json"
        first, last = "2020-01-01", "2099-12-31"
        assert await write_evidence(config, REPLIES, first=first, last=last, output=file) == 0
        assert await forget(config, ARRIVES, yes=True) == 0
        assert await purge(config, yes=True, dry_run=False) == 0
    told = capsys.readouterr().out
    assert "1 批共 3 則訊息現在只剩統計數字" in told
    assert "0912***100 的資料已刪除" in told
    assert english(told.replace(str(file), "")) == []


async def test_a_number_in_somebody_elses_reply_is_masked_and_the_rest_of_it_stays(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    spellings = [
        f"請改打 {ARRIVES} 給我",
        "退訂，0912-345-100 也是",
        "+886 912 345 100",
        "０９１２３４５１００",
        "10912345100",
    ]
    async with aged(house, Person(), ago=0, store=of_store) as old:
        batch_id = await heard(old)
        for words in spellings:
            await answered(house, OFF, words)
        await old.session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        assert "4 replies of others name it: it is masked there." in capsys.readouterr().out
        left = await old.parts.store.read(lambda conn: conn.execute(_REPLIED).scalars().all())
        assert {ANSWER, "請改打 *** 給我", "退訂，*** 也是", "***", "10912345100"} <= {*left}


async def test_what_the_questions_of_a_campaign_and_of_a_stop_showed_of_a_person_goes(
    house: House,
) -> None:
    (house.folder / "images").mkdir(exist_ok=True)
    rows = f"手機,姓名\n{ARRIVES},{NAME}\n{OFF},別人\n"
    (house.folder / "images" / "due.csv").write_text(rows, encoding="utf-8")
    async with aged(house, Person(), ago=0) as old:
        planned = await old.session.facts(
            "plan_campaign", {"name": "到期", "list": "due.csv", "text": "{姓名}您好"}
        )
        await old.session.facts("start_campaign", {"campaign_id": planned["campaign_id"]})
        ahead = (old.clock() + timedelta(days=2)).isoformat(timespec="seconds")
        booked = {"recipients": [{"mobile": OFF, "text": f"請電 {ARRIVES}", "send_at": ahead}]}
        await old.session.facts("send_personalized_sms", booked)
        await old.session.facts("stop_everything", {})
        await old.session.facts("cancel_campaign", {"campaign_id": planned["campaign_id"]})
        assert await previews(old, "start_campaign", "\n#1\n") == [True]
        assert await previews(old, "stop_everything", ARRIVES[1:]) == [True]
        assert await forget(config_file(house), ARRIVES, yes=True) == 0
        assert await previews(old, "start_campaign", "\n#1\n") == [False]
        assert await previews(old, "stop_everything", ARRIVES[1:]) == [False]


async def previews(old: Old, tool: str, words: str) -> list[bool]:
    """Whether these stand in what a tool was asked, or in what its question showed."""
    found = await old.parts.store.read(lambda conn: conn.execute(_SHOWN, {"of": tool}).all())
    return [words in json.loads(shown)["text"] + shown + asked for shown, asked in found]
