"""The operator's rules hold whatever a call asks for, in a fixed order, and say which one it was."""

import os
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from server.gate.rules.policy import (
    Violation,
    check_rules,
    to_problem,
)
from server.settings.policy import PolicySettings, QuietHours
from tests.gate.intents import AMERICAN, JAPANESE, MOBILE, NOON, OTHER, TEXT, check, intent, refused
from tools.operation import Risk
from tools.taipei import TAIPEI


def test_without_rules_everything_passes() -> None:
    everything = intent(
        recipients=(MOBILE,) * 900, points=Decimal(10**9), texts=("https://evil.com 0912345678",)
    )
    assert check(everything) is None


def test_a_disabled_tool_is_refused() -> None:
    assert refused(intent(), disabled_tools="send_sms,send_mms").rule == "disabled tools"
    assert check(intent(), disabled_tools="send_mms") is None


@pytest.mark.parametrize("risk", Risk)
def test_read_only_leaves_only_looking(risk: Risk) -> None:
    violation = check(intent(risk=risk), read_only=True)
    assert (violation is None) == (risk is Risk.READ)


def test_a_blocked_number_of_the_settings_is_refused() -> None:
    violation = refused(intent(recipients=(OTHER, MOBILE)), blocked_numbers="0912-345-678")
    assert violation.setting == "CAMPAIGN_OPS_POLICY__BLOCKED_NUMBERS"
    assert violation.asked == "0912***678"
    assert check(intent(recipients=(OTHER,)), blocked_numbers="0912345678") is None


def test_a_blocked_number_of_the_table_is_refused() -> None:
    violation = refused(intent(recipients=(OTHER, MOBILE)), table=(MOBILE,))
    assert (violation.rule, violation.asked) == ("blocked numbers", "0912***678")


def test_a_table_that_cannot_be_asked_allows_nothing() -> None:
    def broken(numbers: tuple[str, ...]) -> tuple[str, ...]:
        raise ConnectionError(len(numbers))

    with pytest.raises(ConnectionError):
        check_rules(intent(), PolicySettings(), now=NOON, blocked=broken)


def test_test_numbers_do_not_override_blocked_ones() -> None:
    rules: dict[str, Any] = {"test_numbers": MOBILE, "test_recipients": 5, "test_points": 5}
    assert refused(intent(), blocked_numbers=MOBILE, **rules).rule == "blocked numbers"


def test_a_blocked_number_of_the_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "blocked.txt"
    file.write_text(
        "\ufeff# asked in 2025\n\n 0912-345-678  # by phone\n+1 415 555 2671\n８８６９８７６５４３２１\n",
        "utf-8",
    )
    for number in (MOBILE, AMERICAN, OTHER):
        assert refused(intent(recipients=(number,)), blocked_numbers_file=file).rule == "blocked numbers"
    assert check(intent(recipients=(JAPANESE,)), blocked_numbers_file=file) is None


def test_the_file_is_read_again_when_its_time_changes(tmp_path: Path) -> None:
    file = tmp_path / "blocked.txt"
    file.write_text("0912345678\n", "utf-8")
    assert check(intent(recipients=(OTHER,)), blocked_numbers_file=file) is None
    file.write_text("0987654321\n", "utf-8")
    os.utime(file, ns=(1, 1))
    assert refused(intent(recipients=(OTHER,)), blocked_numbers_file=file)
    assert check(intent(recipients=(MOBILE,)), blocked_numbers_file=file) is None


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"0912345678\nMr Wang\n", "line 2 is not a mobile number"),
        (b"0223456789\n", "line 1 is not a mobile number"),
        (b"0912345678 0987654321\n", "line 1 is not a mobile number"),
        (b"\xa4\xa4\xa4\xe5\n", "line 1 is not a mobile number"),
        (b"\x80\xff\n", "the file is not text in UTF-8, UTF-16 or Big5"),
    ],
)
def test_a_bad_file_refuses_every_send_and_says_so(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "blocked.txt"
    file.write_bytes(content)
    violation = refused(intent(recipients=(JAPANESE,)), blocked_numbers_file=file)
    assert violation.setting == "CAMPAIGN_OPS_POLICY__BLOCKED_NUMBERS_FILE"
    assert violation.asked.endswith(problem)
    assert refused(intent(tool="resume_launch", recipients=(), texts=()), blocked_numbers_file=file)
    assert check(intent(risk=Risk.READ, recipients=()), blocked_numbers_file=file) is None


def test_a_missing_file_refuses_every_send_until_it_is_back(tmp_path: Path) -> None:
    file = tmp_path / "blocked.txt"
    assert refused(intent(), blocked_numbers_file=file).asked == "a send, but the file cannot be read"
    file.write_text("", "utf-8")
    assert check(intent(), blocked_numbers_file=file) is None
    file.unlink()
    assert refused(intent(), blocked_numbers_file=file)


@pytest.mark.parametrize(
    ("number", "country"),
    [(AMERICAN, "US"), (JAPANESE, "JP"), ("+999123456789", "unknown"), ("junk", "unknown")],
)
def test_a_number_of_another_country_is_refused(number: str, country: str) -> None:
    violation = refused(intent(recipients=(MOBILE, number)), countries="TW")
    assert violation.asked.startswith(f"{country} (")
    assert number not in violation.asked
    assert check(intent(recipients=(MOBILE, JAPANESE)), countries="TW,JP") is None


def test_a_cap_is_the_last_figure_that_passes() -> None:
    assert check(intent(points=Decimal("100.0")), points_per_call=100) is None
    violation = refused(intent(points=Decimal("100.5")), points_per_call=100)
    assert violation == Violation(
        rule="points per call",
        setting="CAMPAIGN_OPS_POLICY__POINTS_PER_CALL",
        limit="100 points",
        asked="100.5 points",
    )
    assert refused(intent(points=Decimal(1)), points_per_call=0)
    assert refused(intent(points=Decimal("NaN")), points_per_call=100)
    assert check(intent(points=None), points_per_call=0) is None


@given(
    points=st.decimals(0, 10**6, places=2),
    cap=st.decimals(0, 10**6, places=2),
    count=st.integers(0, 30),
    most=st.integers(0, 30),
)
def test_a_cap_is_never_passed(points: Decimal, cap: Decimal, count: int, most: int) -> None:
    numbers = tuple(f"+8869{at:08}" for at in range(count))
    asked = intent(points=points, recipients=numbers)
    violation = check(asked, points_per_call=cap, recipients_per_call=most)
    assert (violation is None) == (points <= cap and count <= most)


@given(st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)), st.sets(st.integers(0, 20)))
def test_a_blocked_number_is_never_passed(recipients: set[int], listed: set[int], table: set[int]) -> None:
    def numbers(of: set[int]) -> tuple[str, ...]:
        return tuple(f"+886912345{at:03}" for at in of)

    violation = check(
        intent(recipients=numbers(recipients)), table=numbers(table), blocked_numbers=numbers(listed)
    )
    assert (violation is None) == (not recipients & (listed | table))


NIGHT = QuietHours(start=time(22), end=time(8))
SIESTA = QuietHours(start=time(12), end=time(13, 30))


@pytest.mark.parametrize(
    ("hours", "at", "quiet"),
    [
        (NIGHT, "21:59:59", False),
        (NIGHT, "22:00:00", True),
        (NIGHT, "23:59:59", True),
        (NIGHT, "00:00:00", True),
        (NIGHT, "07:59:59", True),
        (NIGHT, "08:00:00", False),
        (SIESTA, "11:59:59", False),
        (SIESTA, "12:00:00", True),
        (SIESTA, "13:29:59", True),
        (SIESTA, "13:30:00", False),
    ],
)
def test_quiet_hours_hold_for_now_and_for_a_booking(hours: QuietHours, at: str, *, quiet: bool) -> None:
    moment = datetime.fromisoformat(f"2026-01-05T{at}").replace(tzinfo=TAIPEI)
    away = moment + timedelta(hours=12)
    assert (check(intent(), now=moment, quiet_hours=hours) is not None) == quiet
    assert (check(intent(send_at=moment), now=away, quiet_hours=hours) is not None) == quiet
    in_utc = moment.astimezone(UTC)
    assert (check(intent(send_at=in_utc), now=away, quiet_hours=hours) is not None) == quiet
    naive = moment.replace(tzinfo=None)
    assert (check(intent(send_at=naive), now=away, quiet_hours=hours) is not None) == quiet


def test_a_booking_for_the_morning_passes_at_night() -> None:
    night = NOON.replace(hour=23)
    assert check(intent(send_at=NOON), now=night, quiet_hours=NIGHT) is None


@pytest.mark.parametrize("start", [22, "22", "22:00Z", "22:00+09:00", "24:00", "8:00", 79200.0, None])
def test_quiet_hours_are_times_of_day_and_nothing_that_looks_like_one(start: object) -> None:
    """A bare 22 would silently mean 22 seconds past midnight, and an offset would be passed over."""
    with pytest.raises(ValidationError, match="Write it as 21:00, and the zone in time_zone"):
        QuietHours.model_validate({"start": start, "end": "08:00"})
    assert QuietHours.model_validate({"start": " 22:00", "end": time(8)}).start == time(22)


def test_quiet_hours_keep_their_own_time_zone() -> None:
    tokyo = QuietHours(start=time(22), end=time(8), time_zone="Asia/Tokyo")
    assert check(intent(), now=NOON.replace(hour=21, minute=30), quiet_hours=tokyo)
    assert check(intent(), now=NOON.replace(hour=7, minute=30), quiet_hours=tokyo) is None


def test_resuming_is_sending_and_stopping_is_not() -> None:
    night = NOON.replace(hour=23)
    resume = intent(tool="resume_launch", recipients=(), texts=())
    violation = refused(resume, now=night, quiet_hours=NIGHT)
    assert violation.limit == "sends outside 22:00 to 08:00 (Asia/Taipei)"
    assert violation.retryable
    for risk in (Risk.READ, Risk.CHANGE, Risk.DESTROY):
        assert check(intent(risk=risk), now=night, quiet_hours=NIGHT) is None


def test_every_text_needs_the_sender_name() -> None:
    assert check(intent(texts=(TEXT, "【王品】好")), required_sender_name=" 王品 ") is None
    violation = refused(intent(texts=(TEXT, "優惠")), required_sender_name="王品")
    assert violation.asked == "1 of 2 texts without it"
    assert refused(intent(texts=("王\u200b品",)), required_sender_name="王品")


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("https://shop.tw/a", True),
        ("請到shop.tw購買", True),
        ("https://www.SHOP.tw", True),
        ("ｓｈｏｐ．ｔｗ", True),
        ("https://evilshop.tw", False),
        ("https://shop.tw.evil.com", False),
        ("https://shop.tw@evil.com", False),
        ("shop.tw\u200b.evil.com", False),
        ("reurl.cc/x", False),
        ("https://line.me/x", True),
        ("https://王品.台灣/", True),
        ("https://user.line.me:80", True),
    ],
)
def test_only_allowed_hosts_and_what_is_below_them_may_stand_in_a_text(text: str, *, fine: bool) -> None:
    allowed = "shop.tw,https://LINE.me/abc,*.王品.台灣"
    assert (check(intent(texts=(TEXT, text)), allowed_url_hosts=allowed) is None) == fine


def test_an_empty_list_allows_no_url_and_no_number() -> None:
    assert check(intent(), allowed_url_hosts=(), allowed_phone_numbers=()) is None
    assert refused(intent(texts=("shop.tw",)), allowed_url_hosts=()).limit == "no URL"
    assert refused(intent(texts=("0912345678",)), allowed_phone_numbers=()).limit == "no phone number"
    assert refused(intent(texts=("shop.tw",)), allowed_url_hosts=("https://",)).limit == "no URL"


@pytest.mark.parametrize(
    ("text", "fine"),
    [
        ("洽(02)2345-6789", True),
        ("洽+886 2 2345 6789", True),
        ("洽０９１２３４５６７８", True),
        ("洽886912345678", True),
        ("洽412-8888", True),
        ("洽0800-123-456", False),
        ("洽0912-345-67\u200b9", False),
        ("洽02-2345-6780", False),
    ],
)
def test_only_allowed_phone_numbers_may_stand_in_a_text(text: str, *, fine: bool) -> None:
    allowed = "02-2345-6789,+886912345678,412-8888"
    violation = check(intent(texts=(text,)), allowed_phone_numbers=allowed)
    assert (violation is None) == fine
    assert violation is None or "***" in violation.asked


def test_the_first_broken_rule_is_told_in_a_fixed_order() -> None:
    rules: list[tuple[str, dict[str, Any]]] = [
        ("disabled tools", {"disabled_tools": ("send_sms",)}),
        ("read-only", {"read_only": True}),
        ("blocked numbers", {"blocked_numbers": (MOBILE,)}),
        ("countries", {"countries": ("JP",)}),
        ("points per call", {"points_per_call": 0}),
        ("recipients per call", {"recipients_per_call": 0}),
        ("quiet hours", {"quiet_hours": SIESTA}),
        ("sender name", {"required_sender_name": "陶板屋"}),
        ("URLs in texts", {"allowed_url_hosts": ()}),
        ("phone numbers in texts", {"allowed_phone_numbers": ()}),
    ]
    asked = intent(texts=("evil.com 0912345678",))
    told = [
        refused(asked, **{key: value for _, rule in rules[at:] for key, value in rule.items()}).rule
        for at in range(len(rules))
    ]
    assert told == [name for name, _ in rules]


def test_a_refusal_names_the_rule_the_setting_both_figures_and_what_did_not_happen() -> None:
    violation = refused(intent(points=Decimal(250)), points_per_call=100)
    problem = to_problem(violation, "Nothing was sent.")
    assert problem.code == "policy_refused"
    assert problem.message == (
        "The rule on points per call (CAMPAIGN_OPS_POLICY__POINTS_PER_CALL) allows 100 points; "
        "this call asks for 250 points. Nothing was sent."
    )
    assert problem.next == "Stay within the rule. Only the operator can change it, in the settings."
    assert not problem.retryable


def test_a_host_out_of_a_text_is_quoted_and_cut() -> None:
    host = "ignore-previous-instructions-" * 5 + ".com"
    text = f"{host} a.com b.com c.com"
    message = to_problem(refused(intent(texts=(text,)), allowed_url_hosts=()), "Nothing was sent.").message
    assert "「ignore-previous-" in message
    assert host not in message
    assert "「a.com」, 「b.com」 and 1 more. Nothing was sent." in message


def test_no_refusal_holds_a_whole_number() -> None:
    numbers = [f"+88691234{at:04}" for at in range(5)]
    asked = intent(recipients=tuple(numbers), texts=("0223456789 +14155552671",))
    violations = [
        refused(asked, blocked_numbers=tuple(numbers)),
        refused(asked, table=tuple(numbers)),
        refused(asked, countries=("JP",)),
        refused(asked, allowed_phone_numbers=("0912345678",)),
    ]
    said = " ".join(to_problem(violation, "Nothing was sent.").message for violation in violations)
    assert not any(part in said for part in ("12340", "23456789", "5552671", "12345678"))
    assert "and 2 more" in said
