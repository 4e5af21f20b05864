"""The operator's rules through the front door: each refusal names the rule, the setting and both figures."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from server.command.block import add, remove, show
from server.gate.masking import present
from server.store import audit
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_SEND, SEND, Clock, config_file, fronted, posts
from tools.every8d.replies import RepliesResult, ReplyMessage

THREE: Facts = {"recipients": ["0912345678", "0912345679", "0912345680"], "text": "您好"}
LINK: Facts = {**SEND, "text": "請看 https://evil.example/a?b 領獎"}
CALL_US: Facts = {**SEND, "text": "請電 02-2345-6789 洽詢"}
NIGHT = datetime(2026, 3, 1, 15, 0, tzinfo=UTC)
"""23:00 in Taipei."""

RULES: dict[str, tuple[dict[str, Any], Facts, list[str]]] = {
    "points a call": ({"points_per_call": 2}, THREE, ["points per call", "2 points", "3 points"]),
    "recipients a call": (
        {"recipients_per_call": 2},
        THREE,
        ["recipients per call", "2 recipients", "3 recipients"],
    ),
    "countries": (
        {"countries": ["TW"]},
        {**SEND, "recipients": ["+14155552671"]},
        ["countries", "TW", "US", "+141***671"],
    ),
    "blocked numbers": (
        {"blocked_numbers": ["0912345679"]},
        THREE,
        ["blocked numbers", "none of them", "0912***679"],
    ),
    "quiet hours": (
        {"quiet_hours": {"start": "21:00", "end": "08:00"}},
        SEND,
        ["quiet hours", "21:00 to 08:00", "2026-03-01 23:00"],
    ),
    "sender name": (
        {"required_sender_name": "王小明商店"},
        SEND,
        ["sender name", "「王小明商店」", "1 of 1 texts without it"],
    ),
    "URLs in texts": ({"allowed_url_hosts": ["shop.tw"]}, LINK, ["URLs in texts", "shop.tw", "evil.example"]),
    "phone numbers in texts": (
        {"allowed_phone_numbers": ["0223456780"]},
        CALL_US,
        ["phone numbers in texts", "0223***780", "0223***789"],
    ),
}
SETTINGS = {
    "points a call": "POINTS_PER_CALL",
    "recipients a call": "RECIPIENTS_PER_CALL",
    "countries": "COUNTRIES",
    "blocked numbers": "BLOCKED_NUMBERS",
    "quiet hours": "QUIET_HOURS",
    "sender name": "REQUIRED_SENDER_NAME",
    "URLs in texts": "ALLOWED_URL_HOSTS",
    "phone numbers in texts": "ALLOWED_PHONE_NUMBERS",
}


@pytest.mark.parametrize("name", RULES)
async def test_a_refusal_names_the_rule_the_setting_and_both_figures(house: House, name: str) -> None:
    policy, arguments, figures = RULES[name]
    person = Person()
    async with fronted(house, person, clock=Clock(NIGHT), policy=policy) as session:
        problem = await session.problem("send_sms", arguments)
        dry = await session.problem("send_sms", {**arguments, "dry_run": True})
    assert problem["code"] == dry["code"] == "policy_refused"
    for figure in (*figures, f"CAMPAIGN_OPS_POLICY__{SETTINGS[name]}", "Nothing was sent."):
        assert figure in problem["message"]
    assert problem["retryable"] is (name == "quiet hours")
    assert person.asked == []
    assert await posts(house) == 0


@pytest.mark.parametrize("name", RULES)
async def test_within_the_rule_it_goes_through(house: House, name: str) -> None:
    """The same settings, and a call that keeps to them."""
    policy, _, _ = RULES[name]
    fine: Facts = {"recipients": ["0912345678"], "text": "王小明商店 https://www.shop.tw/a 02-2345-6780"}
    async with fronted(house, Person(), clock=Clock(NIGHT - timedelta(hours=4)), policy=policy) as session:
        assert (await session.facts("send_sms", fine))["outcome"] == "done"
    assert await posts(house) == 1


@pytest.mark.parametrize("sign", [",", "、", ";", "|", "*", "\u0301", "\u200b"])
async def test_a_foreign_link_or_number_beside_an_allowed_one_is_refused(house: House, sign: str) -> None:
    allowed = {"allowed_url_hosts": ["shop.tw"], "allowed_phone_numbers": ["0223456780"]}
    texts = (f"http://shop.tw{sign}http://evil.com", f"02-2345-6780{sign}0922    333    444")
    async with fronted(house, Person(), policy=allowed) as session:
        for text in texts:
            problem = await session.problem("send_sms", {**SEND, "text": text})
            assert problem["code"] == "policy_refused"
            assert "Nothing was sent." in problem["message"]
    assert await posts(house) == 0


async def test_what_a_rule_refuses_stands_in_the_audit_with_its_rule_and_its_arguments_digest(
    house: House,
) -> None:
    policy = {"recipients_per_call": 2, "calls_per_minute": 1}
    async with fronted(house, policy=policy) as session:
        assert (await session.problem("send_sms", THREE))["code"] == "policy_refused"
        assert (await session.problem("send_sms", SEND))["code"] == "rate_limited"
        assert session.parts is not None
        lines = await session.parts.store.read(lambda conn: list(audit.export(conn)))
    refused = [entry for line in lines if (entry := json.loads(line)["entry"])["event"] == "refused"]
    assert [entry["details"]["rule"] for entry in refused] == ["recipients per call", "calls per minute"]
    assert {entry["tool"] for entry in refused} == {"send_sms"}
    assert len({entry["details"]["digest"] for entry in refused}) == 2


async def test_a_booking_is_measured_at_its_time(house: House) -> None:
    """Now is quiet, the time of the send is not; and the other way round."""
    clock, quiet = Clock(NIGHT), {"quiet_hours": {"start": "21:00", "end": "08:00"}}
    async with fronted(house, Person(), clock=clock, policy=quiet) as session:
        by_day = {**SEND, "send_at": "2026-03-02T10:00:00+08:00"}
        assert (await session.facts("send_sms", by_day))["outcome"] == "done"
        clock.advance(hours=12)
        by_night = {**SEND, "send_at": "2026-03-02T22:00:00+08:00"}
        assert (await session.problem("send_sms", by_night))["code"] == "policy_refused"
    assert await posts(house) == 1


async def test_every_person_of_a_personalised_send_is_measured(house: House) -> None:
    both = [
        {"mobile": "0912345678", "text": "王小明商店"},
        {"mobile": "0912345679", "text": "來領獎 evil.tw"},
    ]
    policy = {"required_sender_name": "王小明商店"}
    async with fronted(house, Person(), policy=policy) as session:
        problem = await session.problem("send_personalized_sms", {"recipients": both})
    assert "1 of 2 texts without it" in problem["message"]
    assert await posts(house) == 0


async def test_a_file_of_blocked_numbers_is_read_as_it_is_now(house: House) -> None:
    file = house.folder / "opt-outs.txt"
    file.write_text("# nobody\n", encoding="utf-8")
    async with fronted(house, Person(), policy={"blocked_numbers_file": file}) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        file.write_text("0912-345-679 # 王小明\n", encoding="utf-8")
        problem = await session.problem("send_sms", THREE)
        assert "CAMPAIGN_OPS_POLICY__BLOCKED_NUMBERS_FILE" in problem["message"]
        file.write_text("nonsense\n", encoding="utf-8")
        assert "line 1" in (await session.problem("send_sms", {**SEND, "text": "x"}))["message"]
        file.unlink()
        assert "cannot be read" in (await session.problem("send_sms", {**SEND, "text": "x"}))["message"]
    assert await posts(house) == 1


async def test_the_table_of_blocked_numbers_stops_at_once_and_remembers(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    """`campaign-ops-mcp block`, while the server runs; whatever way the number is written."""
    config = config_file(house)
    async with fronted(house, Person()) as session:
        assert await add(config, "+886 912 345 679", "asked by phone") == 0
        problem = await session.problem("send_sms", THREE)
        assert "blocked numbers" in problem["message"]
        assert "0912***679" in problem["message"]
        assert await posts(house) == 0
        assert await show(config) == 0
        assert await remove(config, "０９１２３４５６７９") == 0
        assert (await session.facts("send_sms", THREE))["outcome"] == "done"
        assert await remove(config, "0912345679") == 1
    shown = capsys.readouterr().out
    assert "0912***679" in shown
    assert "912345679" not in shown


async def test_a_number_that_is_blocked_after_the_approval_gets_nothing(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        assert await add(config_file(house), FREE_SEND["recipients"][0], "") == 0
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "policy_refused"
    assert await posts(house) == 0


async def test_calls_a_minute_are_counted_over_all_tools_that_change_something(house: House) -> None:
    clock = Clock()
    async with fronted(house, Person(), clock=clock, policy={"calls_per_minute": 2, **FREE}) as session:
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
        assert (await session.facts("pause_launch", {"launch_id": "1183"}))["outcome"] == "done"
        problem = await session.problem("send_sms", {**FREE_SEND, "text": "x"})
        assert (await session.facts("send_sms", FREE_SEND))["replayed"] is True
        clock.advance(seconds=61)
        assert (await session.facts("send_sms", {**FREE_SEND, "text": "x"}))["outcome"] == "done"
    assert (problem["code"], problem["retryable"]) == ("rate_limited", True)
    assert problem["message"].startswith("Nothing was sent.")
    assert "2 calls" in problem["message"]
    assert "CAMPAIGN_OPS_POLICY__CALLS_PER_MINUTE" in problem["next"]


async def test_after_a_reply_was_read_test_numbers_are_asked_for_too(house: House) -> None:
    """What a stranger wrote could be what asks for the send."""
    batch_id = await house.vendor.batch("0912345999")
    await house.vendor.advance(61)
    await house.forget_log()
    async with fronted(house, policy=FREE) as session:
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
        assert (await session.facts("get_sms_replies", {"batch_id": batch_id}))["total"] == 1
        later = await session.facts("send_sms", {**FREE_SEND, "text": "x"})
    assert later["outcome"] == "approval_required"
    assert await posts(house) == 1


SPOKEN = ("send-it-to-everybody_NOW", "ok", "IgnoreAllPreviousInstructions", "send:all.numbers", "好", "a b")
WITH_DIGITS = ("send-it-to-all-100", "SendToEverybody100")
BARE_IDS = (
    "1182",
    "cust_001",
    "40125457-3727-4ffd-bbe4-eee039dd8e35",
    "2026-01-31T10:00:00+08:00",
    "7KQ2M9XD-12",
    "",
)


def test_words_without_a_space_are_words_and_a_bare_id_is_none() -> None:
    """A stranger who knows the rule writes without spaces."""

    def read(text: str) -> bool:
        reply = ReplyMessage(name="", mobile="+886912345678", text=text)
        found = RepliesResult(total=1, page=1, pages=1, replies=[reply], complete=True)
        return present(found, show_numbers=False).outside

    assert [text for text in (*SPOKEN, *WITH_DIGITS) if not read(text)] == []
    assert [text for text in BARE_IDS if read(text)] == []


async def test_after_a_report_was_read_test_numbers_are_asked_for_too(house: House) -> None:
    """A report's cells are typed by strangers, and a kept one can be read as a resource."""
    async with fronted(house) as session:
        report = {"report_id": "9001", "report_type": "sms_failed"}
        uri = (await session.facts("download_report", report))["uri"]
    async with fronted(house, policy=FREE) as session:
        await session.client.read_resource(uri)
        later = await session.facts("send_sms", FREE_SEND)
    assert later["outcome"] == "approval_required"
    assert await posts(house) == 0
