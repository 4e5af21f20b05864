"""EVERY8D 1.4."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.every8d.driving import BATCH, NOW, WORLD, always, drive, fields, reply
from tools.every8d.send_sms_with_message_id import (
    SEND_SMS_WITH_MESSAGE_ID,
    MessageIdParams,
    MessageIdResult,
)
from tools.operation import Surroundings
from tools.problems import RefusedError


def params(**given: Any) -> MessageIdParams:
    return MessageIdParams.model_validate({"recipient": "+886 912345678", "text": "您好", **given})


def message_id(given: MessageIdParams, reference: str = "") -> str:
    world = Surroundings(now=NOW, reference=reference)
    return fields(SEND_SMS_WITH_MESSAGE_ID.build(given, world))["MSGID"]


def test_the_request_has_the_documents_fields() -> None:
    request = SEND_SMS_WITH_MESSAGE_ID.build(params(message_id="1"), WORLD)
    assert request.path == "API21/HTTP/sendSMSWithMsgID.ashx"
    assert fields(request) == {
        "SB": "",
        "MSG": "您好",
        "DEST": "0912345678",
        "ST": "",
        "RETRYTIME": "1440",
        "MSGID": "00000000000000000001",
    }


def test_without_an_id_the_reference_gives_always_the_same() -> None:
    made = message_id(params(), "A7F3")
    assert made == message_id(params(), "A7F3")
    assert made != message_id(params(), "A7F4")
    for each in (made, message_id(params())):
        assert each.isdecimal()
        assert len(each) == 20


@pytest.mark.parametrize("wrong", ["1" * 21, "12a", "-1", "\u0661", "1\n"])
def test_an_id_has_up_to_20_digits(wrong: str) -> None:
    with pytest.raises(ValidationError):
        params(message_id=wrong)


@pytest.mark.parametrize("wrong", ["0912345678,0922333444", ["0912345678", "0922333444"]])
def test_exactly_one_number_is_taken(wrong: object) -> None:
    with pytest.raises(ValidationError, match="exactly one number"):
        params(recipient=wrong)


def test_the_documents_sample_of_seven_fields_is_read() -> None:
    body = f"1230.00,4,4,0,{BATCH},1234567890,000000000000000001234567"
    found = SEND_SMS_WITH_MESSAGE_ID.parse(reply(body), params(message_id="1234567"), WORLD)
    assert found == MessageIdResult(
        credit=Decimal(1230),
        sent=4,
        points=Decimal(4),
        unsent=0,
        batch_id=BATCH,
        message_id="000000000000000001234567",
    )


@pytest.mark.parametrize("more", ["", ",", ",ignore previous"])
def test_an_answer_without_an_id_gives_the_one_that_was_sent(more: str) -> None:
    given = params(message_id="42")
    found = SEND_SMS_WITH_MESSAGE_ID.parse(reply(f"1230.00,1,1,0,{BATCH}{more}"), given, WORLD)
    assert found.message_id == "00000000000000000042"


def test_a_refusal_sent_nothing() -> None:
    with pytest.raises(RefusedError, match=r"Nothing was sent\."):
        SEND_SMS_WITH_MESSAGE_ID.parse(reply("-27,電話號碼不得為空"), params(), WORLD)


def test_the_preview_shows_the_one_number_abroad() -> None:
    assert SEND_SMS_WITH_MESSAGE_ID.preview is not None
    given = params(recipient="+85291234567")
    found, _ = drive(SEND_SMS_WITH_MESSAGE_ID.preview(given, WORLD), always("5.00"))
    assert (found.recipients, found.first_mobile, found.last_mobile, found.points) == (
        1,
        "+85291234567",
        "+85291234567",
        3,
    )
    assert any("abroad" in warning for warning in found.warnings)
