"""EVERY8D 1.1."""

import time
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.every8d.driving import BATCH, NOW, WORLD, always, drive, fields, reply
from tools.every8d.cautions import text_cautions
from tools.every8d.receipts import SendResult
from tools.every8d.send_sms import SEND_SMS, SendSmsParams
from tools.operation import Preview, Request, Surroundings
from tools.problems import InvalidArgumentError, RefusedError
from tools.wire.errors import UnreadableReply


def params(**given: Any) -> SendSmsParams:
    return SendSmsParams.model_validate({"recipients": ["0912345678"], "text": "【王小明】您好", **given})


def preview(given: SendSmsParams, credit: str = "100.00") -> Preview:
    assert SEND_SMS.preview is not None
    found, asked = drive(SEND_SMS.preview(given, WORLD), always(credit))
    assert [request.path for request in asked] == ["API21/HTTP/getCredit.ashx"]
    return found


def test_the_request_has_the_documents_fields_and_no_credentials() -> None:
    given = params(
        recipients=["0912345678", "+85291234567"],
        subject="提醒",
        send_at="2026-03-02T15:30:00",
        validity_minutes=60,
    )
    world = Surroundings(now=NOW, reference="A7F3")
    assert SEND_SMS.build(given, world) == Request(
        vendor="every8d",
        path="API21/HTTP/sendSMS.ashx",
        fields={
            "SB": "A7F3 提醒",
            "MSG": "【王小明】您好",
            "DEST": "0912345678,+85291234567",
            "ST": "20260302153000",
            "RETRYTIME": "60",
        },
    )


def test_at_once_is_an_empty_send_time_and_the_default_validity() -> None:
    sent = fields(SEND_SMS.build(params(), WORLD))
    assert (sent["ST"], sent["RETRYTIME"], sent["SB"]) == ("", "1440", "")


def test_a_time_with_an_offset_is_written_in_taipei() -> None:
    assert fields(SEND_SMS.build(params(send_at="2026-03-02T07:30:00Z"), WORLD))["ST"] == "20260302153000"


@pytest.mark.parametrize(
    "ahead", [timedelta(days=-1), timedelta(0), timedelta(seconds=119), timedelta(days=365, seconds=1)]
)
def test_a_past_near_or_far_time_is_refused(ahead: timedelta) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        SEND_SMS.build(params(send_at=(NOW + ahead).isoformat()), WORLD)
    assert caught.value.field == "send_at"


@pytest.mark.parametrize("ahead", [timedelta(seconds=120), timedelta(days=365)])
def test_the_bounds_of_the_send_time_are_allowed(ahead: timedelta) -> None:
    assert fields(SEND_SMS.build(params(send_at=(NOW + ahead).isoformat()), WORLD))["ST"]


def test_the_reference_survives_a_long_note_and_line_breaks_do_not() -> None:
    world = Surroundings(now=NOW, reference="REFERENCE-OF-20-CHAR")
    subject = fields(SEND_SMS.build(params(subject="a\n" * 20), world))["SB"]
    assert subject.startswith("REFERENCE-OF-20-CHAR a a")
    assert len(subject) == 50
    assert "\n" not in subject


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": ""},
        {"text": " \n\u3000"},
        {"text": "字" * 2001},
        {"validity_minutes": 0},
        {"validity_minutes": 1441},
        {"subject": "x" * 41},
        {"dryrun": True},
        {"dry_run": "true"},
        {"UID": "x"},
    ],
)
def test_what_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        params(**wrong)


def test_the_documents_sample_is_read() -> None:
    found = SEND_SMS.parse(reply(f"1230.00,4,4,0,{BATCH}"), params(), WORLD)
    assert found == SendResult(credit=Decimal(1230), sent=4, points=Decimal(4), unsent=0, batch_id=BATCH)


def test_a_part_that_was_not_sent_is_said() -> None:
    found = SEND_SMS.parse(reply(f"0.00,3,3,2,{BATCH}\r\n"), params(), WORLD)
    assert (found.sent, found.unsent, found.credit) == (3, 2, 0)
    assert found.note == "Not sent, as the points ran out: 2."


def test_accepted_without_a_charge_is_said() -> None:
    note = SEND_SMS.parse(reply(f"10.0,1,0,0,{BATCH}"), params(), WORLD).note
    assert note is not None
    assert "not charged" in note


@pytest.mark.parametrize(
    "body", ["-99", "-99,主機端發生不明錯誤", '{"Result":false,"Status":"-99","Msg":""}']
)
def test_a_negative_value_sent_nothing(body: str) -> None:
    with pytest.raises(RefusedError) as caught:
        SEND_SMS.parse(reply(body), params(), WORLD)
    problem = caught.value.problem
    assert (problem.code, problem.vendor_code) == ("vendor_refused", "-99")
    assert problem.message.endswith("Nothing was sent.")


@pytest.mark.parametrize(
    "body", ["", "<html>OK</html>", f"1230.00,4,4,0,{BATCH[:20]}", "OK", f"1230.00,4,4,0,{BATCH},0912345678"]
)
def test_any_other_body_is_unknown(body: str) -> None:
    with pytest.raises(UnreadableReply):
        SEND_SMS.parse(reply(body), params(), WORLD)


def test_the_preview_says_all_that_a_person_needs() -> None:
    given = params(
        recipients=["0912345678", "0922333444", "0912-345-678", "+85291234567"], send_at="2026-03-02T15:30:00"
    )
    found = preview(given)
    assert found.model_dump(exclude={"warnings"}, exclude_defaults=True) == {
        "effect": "Send an SMS",
        "nothing": "Nothing was sent.",
        "recipients": 3,
        "first_mobile": "+886912345678",
        "last_mobile": "+85291234567",
        "parts": 1,
        "points": 5,
        "credit": 100,
        "points_left": 95,
        "send_at": "2026-03-02T15:30:00+08:00",
        "text": "【王小明】您好",
    }
    assert found.warnings == (
        "Repeated entries dropped: 1. Nobody gets the same message twice.",
        "Numbers abroad: 1. They cost three times as much, and the account must allow them.",
        "The booking can be erased with erase_sms_booking until 2026-03-02T15:30:00+08:00.",
    )


@pytest.mark.parametrize(
    "text",
    [
        "【王小明】請看 https://example.com/a",
        "【王小明】請看bit.ly/x",
        "【王小明】請看 ｗｗｗ．example",
        "【王小明】請電0912-345-678",
        "【王小明】請電(02)2345-6789",
        "【王小明】請電 +886 2 2345 6789",
        "【王小明】請電2345-6789",
    ],
)
def test_an_address_in_the_text_is_warned_of(text: str) -> None:
    assert any("registered (rule since 2024" in warning for warning in preview(params(text=text)).warnings)


@pytest.mark.parametrize(
    "text", ["【王小明】2026-09-30 12:00 到期", "【王小明】驗證碼 123456", "【A】no. Then"]
)
def test_a_date_or_a_code_is_no_address(text: str) -> None:
    assert preview(params(text=text)).warnings == ()


def test_a_text_without_a_sender_name_is_warned_of() -> None:
    assert "2025-11-01" in preview(params(text="您好")).warnings[0]


def test_invisible_characters_are_named() -> None:
    assert "U+200B" in preview(params(text="【王小明】您\u200b好")).warnings[0]


def test_a_long_text_is_an_estimate() -> None:
    found = preview(params(text="【王小明】" + "字" * 400))
    assert found.estimate
    assert "estimate" in found.warnings[-1]


def test_too_few_points_refuse_before_anything_is_sent() -> None:
    assert preview(params(), credit="1.00").points_left == 0
    with pytest.raises(RefusedError) as caught:
        preview(params(), credit="0.50")
    problem = caught.value.problem
    assert problem.code == "not_enough_credit"
    assert problem.message == "Points needed: 1, points left: 0.50. Nothing was sent."


@pytest.mark.parametrize("piece", ["a", "a.", "(", "0 ", "886-", "0-", "0912-", "-", "http:/"])
def test_no_text_keeps_the_warnings_busy(piece: str) -> None:
    texts = [(piece * 2000)[:2000]] * 100
    started = time.process_time()
    text_cautions(texts)
    assert time.process_time() - started < 1.5


@pytest.mark.parametrize("text", ["", "  ", "\u3000\n", "\u200b\u2060"])
def test_a_text_in_which_nothing_can_be_seen_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match=r"is blank\. Write what the recipients shall read"):
        params(text=text)


def test_a_text_that_is_too_long_is_told_in_characters_and_half_a_character_is_refused() -> None:
    with pytest.raises(ValidationError, match="at most 2000 characters"):
        params(text="a" * 2001)
    with pytest.raises(ValidationError, match="string_unicode"):
        params(text="\ud800")


def test_true_is_no_number_of_minutes() -> None:
    assert params(validity_minutes="60").validity_minutes == 60
    with pytest.raises(ValidationError, match=r"is no number\. Write it in digits"):
        params(validity_minutes=True)
