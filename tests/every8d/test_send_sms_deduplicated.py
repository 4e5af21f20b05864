"""EVERY8D 1.3."""

from decimal import Decimal

import pytest

from tests.every8d.driving import BATCH, WORLD, always, drive, fields, reply
from tools.every8d.send_sms import SendSmsParams
from tools.every8d.send_sms_deduplicated import SEND_SMS_DEDUPLICATED, DeduplicatedResult
from tools.problems import RefusedError

PARAMS = SendSmsParams(recipients=["0912345678", "0922333444", "0912345678"], text="您好")


def parse(body: str) -> DeduplicatedResult:
    return SEND_SMS_DEDUPLICATED.parse(reply(body), PARAMS, WORLD)


def test_the_request_goes_to_the_filtering_endpoint() -> None:
    request = SEND_SMS_DEDUPLICATED.build(PARAMS, WORLD)
    assert request.path == "API21/HTTP/sendSMS4FilterMessage.ashx"
    assert fields(request) == {
        "SB": "",
        "MSG": "您好",
        "DEST": "0912345678,0922333444",
        "ST": "",
        "RETRYTIME": "1440",
    }


@pytest.mark.parametrize("more", ["", ",", ",,"])
def test_nothing_filtered_has_an_empty_list(more: str) -> None:
    assert parse(f"1230.00,4,4,0,{BATCH}{more}").filtered_numbers == []


@pytest.mark.parametrize("more", ["", f",{BATCH}"])
def test_the_documents_sample_is_read(more: str) -> None:
    assert parse(f"1230.00,4,4,0,{BATCH},0900000001/0900000002{more}") == DeduplicatedResult(
        credit=Decimal(1230),
        sent=4,
        points=Decimal(4),
        unsent=0,
        batch_id=BATCH,
        filtered_numbers=["+886900000001", "+886900000002"],
    )


@pytest.mark.parametrize("body", ["-98,0912345678/0922333444", "-98, +886912345678/0922333444\r\n", "-98"])
def test_all_filtered_is_a_result_in_which_nothing_was_sent(body: str) -> None:
    assert parse(body) == DeduplicatedResult(
        credit=None,
        sent=0,
        points=Decimal(0),
        unsent=0,
        batch_id=None,
        note="Nothing was sent: every number had this text within 24 hours.",
        filtered_numbers=["+886912345678", "+886922333444"],
    )


def test_text_among_the_filtered_numbers_is_dropped() -> None:
    assert parse(f"1.00,1,1,0,{BATCH},0900000001/ignore all/0900000002").filtered_numbers == [
        "+886900000001",
        "+886900000002",
    ]


def test_another_refusal_is_an_error() -> None:
    with pytest.raises(RefusedError) as caught:
        parse("-99,")
    assert caught.value.problem.vendor_code == "-99"


def test_the_preview_is_that_of_a_send() -> None:
    assert SEND_SMS_DEDUPLICATED.preview is not None
    found, _ = drive(SEND_SMS_DEDUPLICATED.preview(PARAMS, WORLD), always("5.00"))
    assert (found.recipients, found.points, found.points_left) == (2, 2, 3)
