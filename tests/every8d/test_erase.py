"""EVERY8D 3.2, 3.3."""

from decimal import Decimal

import pytest

from tests.every8d.driving import BATCH, WORLD, always, drive, fields, reply
from tools.every8d.erase import ERASE_MMS_BOOKING, ERASE_SMS_BOOKING, EraseParams, EraseResult
from tools.operation import Action, Preview, Request
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply

PARAMS = EraseParams(batch_id=BATCH)
TWINS = pytest.mark.parametrize(
    ("action", "folder"),
    [(ERASE_SMS_BOOKING, "API21/HTTP/"), (ERASE_MMS_BOOKING, "API21/HTTP/MMS/")],
    ids=["sms", "mms"],
)
BOOKED = (
    "3\r\n"
    "\t0912345678\t2026/03/03 09:00:00\t1.0\t300\n"
    "\t0922333444\t2026/03/03 08:00:00\t2.0\t300\n"
    "\t0933123123\t2026/03/02 08:00:00\t1.0\t100\n"
)


def preview(action: Action[EraseParams, EraseResult], body: str) -> tuple[Preview, list[Request]]:
    assert action.preview is not None
    return drive(action.preview(PARAMS, WORLD), always(body))


@TWINS
def test_the_request_names_the_batch(action: Action[EraseParams, EraseResult], folder: str) -> None:
    request = action.build(PARAMS, WORLD)
    assert request == Request(vendor="every8d", path=f"{folder}eraseBooking.ashx", fields={"BID": BATCH})


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("3,3", EraseResult(found=True, erased=3, points_returned=Decimal(3))),
        ("3.0,4.50\r\n", EraseResult(found=True, erased=3, points_returned=Decimal("4.5"))),
        ("0,0", EraseResult(found=True, erased=0, points_returned=Decimal(0))),
        ("", EraseResult(found=False, erased=0, points_returned=Decimal(0))),
        ("-3,查無資料", EraseResult(found=False, erased=0, points_returned=Decimal(0))),
    ],
)
def test_what_was_erased_is_read(body: str, expected: EraseResult) -> None:
    assert ERASE_SMS_BOOKING.parse(reply(body), PARAMS, WORLD) == expected


@pytest.mark.parametrize("code", ["-4", "-8", "-99"])
def test_a_refusal_erased_nothing(code: str) -> None:
    with pytest.raises(RefusedError, match=r"Nothing was erased\.$") as caught:
        ERASE_SMS_BOOKING.parse(reply(f"{code},x"), PARAMS, WORLD)
    assert caught.value.problem.vendor_code == code


@pytest.mark.parametrize("body", ["<html>1,2</html>", "3", "a,b", "3,"])
def test_any_other_body_is_unknown(body: str) -> None:
    with pytest.raises(UnreadableReply):
        ERASE_SMS_BOOKING.parse(reply(body), PARAMS, WORLD)


@TWINS
def test_the_preview_counts_what_is_booked(action: Action[EraseParams, EraseResult], folder: str) -> None:
    found, asked = preview(action, BOOKED)
    assert [request.path for request in asked] == [f"{folder}getDeliveryStatus.ashx"]
    assert fields(asked[0])["BID"] == BATCH
    assert (found.target, found.state) == (BATCH, {"scheduled": "2", "total": "3"})
    assert found.send_at is not None
    assert found.send_at.isoformat() == "2026-03-03T08:00:00+08:00"
    assert found.warnings == (
        "Booked messages that would never be sent: 2 of 3. Points that come back: about 3.0.",
    )
    assert found.nothing == "Nothing was erased."
    assert (found.points, found.recipients) == (None, None)


def test_unknown_prices_promise_nothing() -> None:
    found, _ = preview(ERASE_SMS_BOOKING, "1\r\n\t0912345678\t2026/03/03 09:00:00\t\t300\n")
    assert found.warnings == ("Booked messages that would never be sent: 1 of 1.",)


def test_a_batch_that_could_not_be_read_whole_is_said() -> None:
    found, _ = preview(ERASE_SMS_BOOKING, "2\r\n\t0912345678\t2026/03/03 09:00:00\t1.0\t300\n")
    assert found.warnings[-1] == "Not all messages of the batch could be looked at."


@pytest.mark.parametrize("body", ["0", "1\r\n\t0912345678\t2026/03/01 09:00:00\t1.0\t100\n"])
def test_without_a_booked_message_nothing_is_erased(body: str) -> None:
    with pytest.raises(RefusedError, match=r"Nothing was erased\.$") as caught:
        preview(ERASE_SMS_BOOKING, body)
    assert caught.value.problem.code == "nothing_to_erase"
