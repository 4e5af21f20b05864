"""EVERY8D 1.5."""

import json
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.every8d.driving import BATCH, NOW, WORLD, always, drive, reply
from tools.every8d.receipts import SendResult
from tools.every8d.send_personalized_sms import SEND_PERSONALIZED_SMS, PersonalizedParams
from tools.operation import Every8dOptions, Preview, Request, Surroundings
from tools.problems import InvalidArgumentError, RefusedError
from tools.wire.errors import UnreadableReply

TEMPLATE = "客戶:%field1%您好、您於%field2%到期。"
MING = {"mobile": "0912345678", "values": ["小明", "2021/09/30"]}
DA_MING = {"mobile": "0922333444", "values": ["大明", "2021/10/30"]}


def params(*people: dict[str, Any], **given: Any) -> PersonalizedParams:
    return PersonalizedParams.model_validate({"recipients": list(people), **given})


def build(given: PersonalizedParams, world: Surroundings = WORLD) -> list[dict[str, str]]:
    request = SEND_PERSONALIZED_SMS.build(given, world)
    assert request.json is not None
    return json.loads(json.dumps(request.json))["RecipientDataList"]


def preview(given: PersonalizedParams, credit: str = "100.00") -> Preview:
    assert SEND_PERSONALIZED_SMS.preview is not None
    return drive(SEND_PERSONALIZED_SMS.preview(given, WORLD), always(credit))[0]


def test_a_template_is_sent_as_the_document_prints_it() -> None:
    given = params(
        {**MING, "name": "王小明", "email": "ming@example.com", "send_at": "2026-06-30T14:00:00"},
        DA_MING,
        template=TEMPLATE,
        subject="到期",
    )
    assert SEND_PERSONALIZED_SMS.build(given, Surroundings(now=NOW, reference="A7F3")) == Request(
        vendor="every8d",
        path="API21/HTTP/SendParamSMS.ashx",
        json={
            "SB": "A7F3 到期",
            "MSG": TEMPLATE,
            "RETRYTIME": 1440,
            "RecipientDataList": [
                {
                    "Name": "王小明",
                    "Mobile": "0912345678",
                    "Email": "ming@example.com",
                    "SendTime": "20260630140000",
                    "Param": "小明|2021/09/30|||",
                    "Mr": "A7F3-1",
                },
                {
                    "Name": "",
                    "Mobile": "0922333444",
                    "Email": "",
                    "SendTime": "",
                    "Param": "大明|2021/10/30|||",
                    "Mr": "A7F3-2",
                },
            ],
        },
    )


@pytest.mark.parametrize("count", range(1, 6))
def test_param_has_always_four_pipes(count: int) -> None:
    values = [f"v{number}" for number in range(1, count + 1)]
    sent = build(params({"mobile": "0912345678", "values": values}, template=f"a%field{count}%"))
    assert sent[0]["Param"].split("|") == values + [""] * (5 - count)


def test_own_texts_go_out_whole_without_a_template() -> None:
    given = params({"mobile": "0912345678", "text": "小明您好"}, {"mobile": "0922333444", "text": "大明您好"})
    request = SEND_PERSONALIZED_SMS.build(given, WORLD)
    assert request.json is not None
    assert request.json["MSG"] == ""
    assert [each["Param"] for each in build(given)] == ["小明您好", "大明您好"]


def test_keys_are_given_or_made_and_never_twice() -> None:
    people = [{**MING, "key": "r1"}, DA_MING, {"mobile": "0933123123", "values": ["c", ""]}]
    assert [each["Mr"] for each in build(params(*people, template=TEMPLATE))] == ["r1", "r2", "r3"]
    same = params({**MING, "key": "a"}, {**DA_MING, "key": "a"}, template=TEMPLATE)
    with pytest.raises(InvalidArgumentError, match="same key"):
        build(same)


@pytest.mark.parametrize(
    ("person", "template", "field"),
    [
        ({"values": ["a"]}, TEMPLATE, "recipients[1].values"),
        ({"values": ["a", "b", "c"]}, TEMPLATE, "recipients[1].values"),
        ({"values": []}, TEMPLATE, "recipients[1].values"),
        ({"values": ["a|b", "c"]}, TEMPLATE, "recipients[1]"),
        ({"values": ["%field2%", "c"]}, TEMPLATE, "recipients[1]"),
        ({"values": ["a", "b"], "text": "c"}, TEMPLATE, "recipients[1]"),
        ({}, "", "recipients[1]"),
        ({"text": "  "}, "", "recipients[1]"),
        ({"text": "a|b"}, "", "recipients[1]"),
        ({"text": "a%field1%"}, "", "recipients[1]"),
        ({"text": "a", "values": ["b"]}, "", "recipients[1].values"),
        ({"values": ["a"]}, "%field1% %field6%", "template"),
        ({"values": ["a"]}, "%field0%", "template"),
        ({"values": ["a"]}, "%Field1%", "template"),
        ({"values": ["a"]}, "%field%", "template"),
        ({"values": ["a"]}, "%field\u0661%", "template"),
        ({"values": ["a"]}, "no placeholder", "recipients[1].values"),
        ({"text": "a", "send_at": "2026-03-02T10:01:00"}, "", "recipients[1].send_at"),
    ],
)
def test_what_would_go_out_wrong_is_refused(person: dict[str, Any], template: str, field: str) -> None:
    with pytest.raises(InvalidArgumentError) as caught:
        build(params({"mobile": "0912345678", **person}, template=template))
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("person", "template", "problem"),
    [
        # The platform fills what a value and its surroundings make together.
        ({"values": ["x%"]}, "a%field1%field2%", "%field…%"),
        ({"values": ["  "]}, "%field1%", "blank"),
        ({"text": "\u200b"}, "", "blank"),
        ({"values": ["字" * 1999]}, "您好%field1%", "more than 2000 characters"),
    ],
)
def test_the_text_as_it_would_go_out_is_checked(person: dict[str, Any], template: str, problem: str) -> None:
    given = params({"mobile": "0912345678", **person}, template=template)
    with pytest.raises(InvalidArgumentError) as caught:
        SEND_PERSONALIZED_SMS.build(given, WORLD)
    assert caught.value.field == "recipients[1]"
    assert problem in caught.value.problem


def test_a_name_may_have_a_full_width_space_and_no_line_break() -> None:
    assert build(params({**MING, "name": "王\u3000小明"}, template=TEMPLATE))[0]["Name"] == "王\u3000小明"
    with pytest.raises(ValidationError, match=r"line break or a control character\. Write it on one line"):
        params({**MING, "name": "王\n小明"}, template=TEMPLATE)


def test_an_empty_value_is_allowed() -> None:
    assert build(params({**MING, "values": ["", "b"]}, template=TEMPLATE))[0]["Param"] == "|b|||"


@pytest.mark.parametrize(
    "wrong",
    [
        {"values": list("123456")},
        {"email": "a@example.com,b@example.com"},
        {"email": "a@example.com;b@example.com"},
        {"email": "a@example.com b@example.com"},
        {"email": "nobody"},
        {"email": "@example.com"},
        {"email": "a@example.com."},
        {"email": "a@localhost"},
        {"email": "a@[192.0.2.1]"},
        {"email": "a@192.0.2.1"},
        {"email": "a@ｅｘａｍｐｌｅ.com"},
        {"email": "a@example。com"},
        {"email": "a@exаmple.com"},
        {"email": "a@exam\u200bple.com"},
        {"email": "a%evil.example@example.com"},
        {"email": "evil.example!a@example.com"},
        {"email": '"a@evil.example"@example.com'},
        {"email": "a@evil.example@example.com"},
        {"email": "小明 <a@example.com>"},
        {"key": "a b"},
        {"key": "k" * 41},
        {"name": "a\nb"},
        {"name": "n" * 51},
        {"mobil": "0912345678"},
    ],
)
def test_a_recipient_that_cannot_be_meant_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        params({**MING, **wrong}, template=TEMPLATE)


def test_a_blank_template_and_nobody_are_refused() -> None:
    with pytest.raises(ValidationError, match="is blank"):
        params(MING, template=" ")
    with pytest.raises(ValidationError):
        params(template=TEMPLATE)


def test_the_same_message_to_the_same_number_goes_out_once_in_its_first_place() -> None:
    other = {**MING, "values": ["小明", "2022/09/30"]}
    given = params(MING, DA_MING, {**MING, "mobile": "+886912345678"}, other, template=TEMPLATE)
    assert [each["Mobile"] for each in build(given)] == ["0912345678", "0922333444", "0912345678"]
    warnings = preview(given).warnings
    assert warnings[0].startswith("Repeated entries dropped: 1.")
    assert warnings[1] == "Messages to a number that gets another one too: 1."


_UNSEEN = "Different texts that are not shown here: 2. `campaign-ops-mcp approvals --texts` shows all."


def test_the_limit_of_a_call_holds() -> None:
    world = Surroundings(now=NOW, every8d=Every8dOptions(max_recipients=1))
    with pytest.raises(InvalidArgumentError, match="Split the list"):
        build(params(MING, DA_MING, template=TEMPLATE), world)


def test_the_preview_shows_the_texts_that_a_template_makes_sum_and_copies() -> None:
    long = {"mobile": "+85291234567", "values": ["字" * 70, "x"], "email": "a@example.com"}
    found = preview(params(MING, long, template="【王小明】" + TEMPLATE))
    first, second = found.text.split("\n\n")
    assert first == "#1\n【王小明】客戶:小明您好、您於2021/09/30到期。"
    assert second.startswith("#2\n【王小明】客戶:字字")
    assert (found.recipients, found.parts, found.points, found.points_left) == (2, 2, 7, 93)
    assert found.warnings == (
        "Numbers abroad: 1. They cost three times as much, and the account must allow them.",
    )
    assert found.emails == ("a@example.com",)


def test_a_template_hides_no_text() -> None:
    people = ({"mobile": f"09123456{n:02}", "values": [f"第{n}篇"]} for n in range(30))
    found = preview(params(*people, template="【A】%field1%"), credit="1000.00")
    assert [f"第{n}篇" in found.text for n in range(30)] == [True] * 20 + [False] * 10
    assert found.warnings == (_UNSEEN.replace(": 2.", ": 10."),)


def own(*texts: str) -> Preview:
    people = ({"mobile": f"09123456{n:02}", "text": text} for n, text in enumerate(texts, 10))
    return preview(params(*people), credit="1000.00")


def test_the_preview_of_own_texts_shows_each_different_one() -> None:
    found = own("【A】0", "【A】1", "【A】0")
    assert found.text == "#1\n【A】0\n\n#2\n【A】1"
    assert found.warnings == ()


def test_the_preview_says_how_many_own_texts_it_does_not_show() -> None:
    found = own(*(f"【A】{number}" for number in range(22)), "【A】0")
    assert found.text.endswith("#20\n【A】19")
    assert found.warnings == (_UNSEEN,)


def test_long_own_texts_are_shown_as_far_as_a_question_can_hold_them() -> None:
    found = own(*(f"【A】{number}{'字' * 1990}" for number in range(5)))
    assert found.text.count("【A】") == 3
    assert _UNSEEN in found.warnings


def test_a_url_in_any_text_is_warned_of() -> None:
    people = [{"mobile": "0912345678", "text": "【A】a"}, {"mobile": "0922333444", "text": "【A】bit.ly/x"}]
    assert "2024-11-18" in preview(params(*people)).warnings[0]


def test_one_common_time_is_shown_and_different_ones_are_warned_of() -> None:
    at = "2026-06-30T14:00:00+08:00"
    booked = [{**person, "send_at": at} for person in (MING, DA_MING)]
    common = preview(params(*booked, template="【A】" + TEMPLATE))
    assert common.send_at is not None
    assert common.send_at.isoformat() == at
    assert common.warnings == (f"The booking can be erased with erase_sms_booking until {at}.",)
    mixed = preview(params(booked[0], DA_MING, template="【A】" + TEMPLATE))
    assert mixed.send_at is None
    assert mixed.warnings == ("The send times differ; those without one are sent at once.",)


def test_the_documents_sample_is_read() -> None:
    body = json.dumps({"Result": True, "Status": "0", "Msg": f"56.00,2,2,0,{BATCH}"})
    found = SEND_PERSONALIZED_SMS.parse(reply(body), params(MING, template=TEMPLATE), WORLD)
    assert found == SendResult(credit=Decimal(56), sent=2, points=Decimal(2), unsent=0, batch_id=BATCH)


@pytest.mark.parametrize("body", ['{"Result":false,"Status":"-101","Msg":"密碼錯誤"}', "-101,密碼錯誤"])
def test_a_refusal_sent_nothing(body: str) -> None:
    with pytest.raises(RefusedError, match=r"Nothing was sent\.") as caught:
        SEND_PERSONALIZED_SMS.parse(reply(body), params(MING, template=TEMPLATE), WORLD)
    assert caught.value.problem.code == "login_refused"


@pytest.mark.parametrize("body", ["", "<html></html>", '{"Result":true}', f"56.00,2,2,0,{BATCH}"])
def test_any_other_body_is_unknown(body: str) -> None:
    with pytest.raises(UnreadableReply):
        SEND_PERSONALIZED_SMS.parse(reply(body), params(MING, template=TEMPLATE), WORLD)
