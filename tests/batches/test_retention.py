"""What is older than the retention becomes counts: nobody is in it any more, and every figure stays."""

import io
from copy import deepcopy
from datetime import timedelta

import anyio
import pytest

from server.batches import retention
from server.batches.asking import ask
from server.batches.asking_replies import ask_for_replies
from server.batches.retention import Gone
from server.command.purge import purge
from server.demo.rows import rows_of
from server.parts import Parts
from server.store.opt_outs import ANYBODY
from tests.batches.aged import ARRIVES, DAYS, NAME, OFF, OWN_WORDS, PEOPLE, REPLIES, aged, heard, report
from tests.batches.stored import rows_in, tables_with
from tests.delivery.receivers import vendor_of
from tests.e2e.good_cases import CASES
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import config_file, started, until
from tools.catalog import every_operation
from tools.operation import Risk, Surroundings

SENDS = [each.name for each in every_operation() if each.vendor == "every8d" and each.risk is Risk.SPEND]


async def test_after_the_retention_nobody_is_in_the_store_and_every_figure_stays(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), store=of_store) as old:
        await heard(old)
        before = await old.figures()
        assert before["delivery"]["conclusion"].startswith("2 of 3 arrived")
        assert await rows_in(old.parts, "messages", "replies", "delivery_events") == 5
        old.clock.advance(days=DAYS)
        assert await purge(config_file(house), yes=True, dry_run=False) == 0
        assert await old.figures() == before
        assert await rows_in(old.parts, "messages", "replies", "delivery_events") == 0
        assert await tables_with(old.parts, *PEOPLE) == set()
    assert "3 messages of 1 batches are counts now" in capsys.readouterr().out


async def test_what_questions_about_bookings_and_campaigns_showed_goes_as_well(house: House) -> None:
    (house.folder / "images").mkdir(exist_ok=True)
    (house.folder / "images" / "due.csv").write_text(f"手機,姓名\n{OFF},{NAME}\n", encoding="utf-8")
    async with aged(house, Person(), ago=0) as old:
        plan = {"name": "到期", "list": "due.csv", "text": "{姓名}您好"}
        planned = await old.session.facts("plan_campaign", plan)
        await old.session.facts("start_campaign", {"campaign_id": planned["campaign_id"]})
        ahead = (old.clock() + timedelta(days=2)).isoformat(timespec="seconds")
        for text in (OWN_WORDS, f"{OWN_WORDS}了"):
            own = {"recipients": [{"mobile": OFF, "text": text, "send_at": ahead}]}
            booked = await old.session.facts("send_personalized_sms", own)
            if text == OWN_WORDS:
                await old.session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
        await old.session.facts("stop_everything")
        await old.session.facts("cancel_campaign", {"campaign_id": planned["campaign_id"]})
        assert await tables_with(old.parts, "#1") == {"actions"}
        old.clock.advance(days=2 * DAYS)
        await old.parts.retention.purge("somebody")
        assert await tables_with(old.parts, *PEOPLE, "#1") == set()


async def test_no_send_of_any_kind_keeps_a_number(house: House) -> None:
    async with aged(house, Person(), policy={"allowed_email_domains": ["example.com"]}) as old:
        for tool in SENDS:
            arguments = deepcopy(await CASES[tool].prepare(house, old.session))
            if tool == "send_personalized_sms":
                arguments["recipients"][0] |= {"name": NAME, "email": "ming@example.com"}
            told = await old.session.facts(tool, arguments)
            assert told["outcome"] == "done", told
        await old.session.facts("send_personalized_sms", {"recipients": [{"mobile": OFF, "text": OWN_WORDS}]})
        await old.session.facts("list_batches")
        assert await tables_with(old.parts, *PEOPLE) >= {"actions", "batches"}
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        assert await tables_with(old.parts, *PEOPLE) == set()
        for action in rows_of(await old.session.facts("list_actions")):
            await old.session.facts("get_action", {"action_id": action["action_id"]})


async def test_what_comes_late_brings_no_number_back_and_a_late_opt_out_is_heard(house: House) -> None:
    async with aged(house, Person()) as old:
        batch_id = await heard(old)
        before = await old.figures()
        asked_for = await old.parts.memory.batch(batch_id, None)
        assert asked_for is not None
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        # Who asked before it was reduced is answered after.
        around = Surroundings(now=old.clock())
        await ask(old.parts.memory, old.parts.vendors, asked_for, around)
        await ask_for_replies(old.parts.memory, old.parts.vendors, asked_for)
        async with vendor_of(old.parts) as http:
            await report(http, old, batch_id, OFF, STATUS="100")
            await report(http, old, batch_id, ARRIVES, STATUS="999", SM="退訂")
            # Whoever is no recipient opts out of nothing.
            await report(http, old, batch_id, "0912345777", STATUS="999", SM="退訂")
        await house.forget_log()
        await old.session.facts("summarize_delivery", {"batch_id": batch_id, "refresh": True})
        await old.session.facts("get_reply_summary", {"batch_id": batch_id, "refresh": True})
        none = await old.session.problem("send_sms", {"recipients": [f"failed:{batch_id}"], "text": "再一次"})
        assert none["code"] == "nobody_meant"
        assert await house.looks() == []
        assert await old.figures() == before
        assert await rows_in(old.parts, "messages", "replies") == 0
        assert await tables_with(old.parts, *PEOPLE) == set()
        waiting, _ = await old.parts.memory.opt_outs.proposed(ANYBODY)
        assert [each.state for each in waiting] == ["proposed"]
        assert (await old.session.facts("block_number", {"opt_outs_of": "all"}))["blocked"] == 1
        refused = await old.session.problem("send_sms", {"recipients": [ARRIVES], "text": "再一次"})
        assert refused["code"] == "policy_refused"


async def test_what_a_guard_still_needs_is_kept(house: House) -> None:
    """An unknown outcome with its numbers, a booking that has not gone out, an opt-out that waits."""
    async with aged(house, Person()) as old, vendor_of(old.parts) as http:
        await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
        unknown = await old.session.facts("send_sms", {"recipients": [ARRIVES], "text": "不知道"})
        assert unknown["outcome"] == "unknown"
        later = (old.clock() + timedelta(days=DAYS + 10)).isoformat()
        await old.session.facts("send_sms", {"recipients": [OFF], "text": "以後", "send_at": later})
        other = await old.session.facts("send_sms", {"recipients": [REPLIES], "text": "您好"})
        await report(http, old, other["batch_id"], REPLIES, STATUS="999", SM="退訂")
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        batches = {row["words"]: row for row in rows_of(await old.session.facts("list_batches"))}
        assert await rows_in(old.parts, "messages") == 2
        assert [
            row["words"] for row in rows_of(await old.session.facts("list_batches", {"mobile": OFF}))
        ] == ["以後"]
        assert batches["您好"]["replies"] == 1
        assert (await old.parts.memory.opt_outs.proposed(ANYBODY))[1] == 1
        settles = {"STATUS": "100", "SUBJECT": unknown["action_id"].replace("-", "")}
        await report(http, old, "220478cc-8506-49b2-93b7-2505f651c12e", ARRIVES, **settles)
        told = await old.session.facts("get_action", {"action_id": unknown["action_id"]})
        assert told["state"] == "succeeded"


async def test_one_server_of_a_store_does_it_once_a_day(house: House) -> None:
    async with aged(house, Person()) as old, started(house, clock=old.clock) as other:
        await heard(old)
        assert (await old.parts.retention.purge_daily(), await other.retention.purge_daily()) == (
            Gone(),
            None,
        )
        old.clock.advance(days=DAYS)
        gone: list[Gone | None] = []

        async def purge_daily(parts: Parts) -> None:
            gone.append(await parts.retention.purge_daily())

        async with anyio.create_task_group() as together:
            for parts in (old.parts, other) * 3:
                together.start_soon(purge_daily, parts)
        (done,) = filter(None, gone)
        assert (done.batches, done.messages, done.actions) == (1, 3, 1)
        assert await rows_in(old.parts, "messages") == 0


async def test_a_running_server_does_it_by_itself(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "LOOKS_EVERY_SECONDS", 0.01)
    async with aged(house, Person()) as old:
        await heard(old)
        old.clock.advance(days=DAYS)

        async def reduced() -> bool:
            return await rows_in(old.parts, "messages", "replies", "delivery_events") == 0

        await until(reduced)
        assert await tables_with(old.parts, *PEOPLE) == set()


async def test_nothing_goes_by_a_look_nor_without_a_yes(
    house: House, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person()) as old:
        await heard(old)
        assert await purge(config_file(house), yes=False, dry_run=True) == 0
        monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
        assert await purge(config_file(house), yes=False, dry_run=False) == 1
        assert await rows_in(old.parts, "messages") == 3
        assert "3 messages and 1 replies of 1 batches" in capsys.readouterr().out
        monkeypatch.setenv("CAMPAIGN_OPS_PRIVACY__RETENTION_DAYS", "100")
        assert await purge(config_file(house), yes=True, dry_run=False) == 0
        assert "Nothing is older than 100 days." in capsys.readouterr().out
