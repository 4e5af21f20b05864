"""EVERY8D 1.2."""

import base64
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from tests.every8d.driving import BATCH, NOW, always, drive, fields, reply
from tools.every8d.receipts import SendResult
from tools.every8d.send_mms import SEND_MMS, SendMmsParams
from tools.operation import Preview, Surroundings
from tools.problems import InvalidArgumentError, RefusedError

JPEG = b"\xff\xd8\xff\xe0" + b"j" * 100
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 100


def params(**given: Any) -> SendMmsParams:
    return SendMmsParams.model_validate(
        {"recipients": ["0912345678"], "subject": "春季特賣", "text": "【A】您好", "image": "a.jpg", **given}
    )


def world(content: bytes = JPEG, name: str = "a.jpg") -> Surroundings:
    return Surroundings(now=NOW, reference="A7F3", files={name: content})


def preview(given: SendMmsParams, surroundings: Surroundings) -> Preview:
    assert SEND_MMS.preview is not None
    return drive(SEND_MMS.preview(given, surroundings), always("10.00"))[0]


def test_the_request_has_the_documents_fields_and_the_subject_is_only_the_callers() -> None:
    request = SEND_MMS.build(params(send_at="2026-03-02T15:30:00"), world())
    assert request.path == "API21/HTTP/MMS/sendMMS.ashx"
    assert fields(request) == {
        "SB": "春季特賣",
        "MSG": "【A】您好",
        "DEST": "0912345678",
        "ST": "20260302153000",
        "RETRYTIME": "1440",
        "ATTACHMENT": base64.b64encode(JPEG).decode(),
        "TYPE": "jpg",
    }


def test_the_type_follows_the_content_and_not_the_name() -> None:
    assert fields(SEND_MMS.build(params(), world(PNG)))["TYPE"] == "png"
    assert fields(SEND_MMS.build(params(image="a.png"), world(JPEG, "a.png")))["TYPE"] == "jpg"


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"<svg/>", b"\xff\xd8", b" " + JPEG])
def test_what_is_no_jpeg_or_png_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidArgumentError, match="neither JPEG nor PNG"):
        SEND_MMS.build(params(), world(content))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(InvalidArgumentError, match="no such file"):
        SEND_MMS.build(params(image="b.jpg"), world())


def test_the_server_is_told_which_file_to_bring() -> None:
    assert SEND_MMS.files is not None
    assert SEND_MMS.files(params()) == ("a.jpg",)


def test_image_and_text_together_stay_within_300_kb() -> None:
    text = "【A】您好"
    room = 300 * 1024 - len(text.encode())
    assert SEND_MMS.build(params(), world(JPEG.ljust(room, b"j")))
    with pytest.raises(InvalidArgumentError, match="above 300 KB"):
        SEND_MMS.build(params(), world(JPEG.ljust(room + 1, b"j")))


@pytest.mark.parametrize("subject", ["a" * 95, "字" * 15, "字" * 13 + "😀", "週年慶\u3000特賣", "愛❤\ufe0f"])
def test_a_subject_at_its_limit_is_taken(subject: str) -> None:
    assert params(subject=subject).subject == subject


@pytest.mark.parametrize(
    "subject", ["", "  ", "a" * 96, "字" * 16, "字" * 14 + "😀", "a" * 15 + "字", "a\nb", "a\u200bb", "a\tb"]
)
def test_a_subject_beyond_its_limit_is_refused(subject: str) -> None:
    with pytest.raises(ValidationError):
        params(subject=subject)


def test_a_text_has_up_to_4000_characters() -> None:
    assert params(text="字" * 4000)
    assert params(text="😀" * 2000)
    for wrong in ("字" * 4001, "😀" * 2000 + "a", "", "\n", "\u200b"):
        with pytest.raises(ValidationError):
            params(text=wrong)


def test_an_mms_does_not_go_abroad_nor_into_the_past() -> None:
    with pytest.raises(InvalidArgumentError, match="abroad"):
        SEND_MMS.build(params(recipients=["+85291234567"]), world())
    with pytest.raises(InvalidArgumentError, match="past"):
        SEND_MMS.build(params(send_at="2026-03-02T09:00:00"), world())


def test_the_preview_names_subject_image_and_price() -> None:
    given = params(recipients=["0912345678", "0922333444", "0912345678"], send_at="2026-03-02T15:30:00")
    found = preview(given, world())
    assert (found.effect, found.recipients, found.points, found.points_left) == ("Send an MMS", 2, 6, 4)
    assert (found.subject, found.text, found.image) == ("春季特賣", "【A】您好", "a.jpg (jpg, 104 bytes)")
    assert found.warnings == (
        "Repeated entries dropped: 1. Nobody gets the same message twice.",
        "The booking can be erased with erase_mms_booking until 2026-03-02T15:30:00+08:00.",
    )


def test_above_50_kb_it_costs_five() -> None:
    assert preview(params(), world(JPEG.ljust(50_001, b"j"))).points == 5


def test_a_subject_above_39_is_warned_of() -> None:
    assert preview(params(subject="a" * 39), world()).warnings == ()
    assert "longer than 39" in preview(params(subject="a" * 40), world()).warnings[0]


def test_the_documents_sample_is_read() -> None:
    assert SEND_MMS.parse(reply(f"1230.00,4,4,0,{BATCH}"), params(), world()) == SendResult(
        credit=Decimal(1230), sent=4, points=Decimal(4), unsent=0, batch_id=BATCH
    )


def test_a_refusal_names_what_to_change() -> None:
    with pytest.raises(RefusedError, match=r"Nothing was sent\.") as caught:
        SEND_MMS.parse(reply("-314,too large"), params(), world())
    assert caught.value.problem.next == "Give a smaller image."
