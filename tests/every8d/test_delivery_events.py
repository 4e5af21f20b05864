"""EVERY8D 2.1."""

from collections.abc import Mapping, Sequence
from typing import cast
from urllib.parse import quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.every8d.driving import BATCH
from tools.desk_operation import Desk
from tools.every8d.callbacks import read_callback_fields, read_event
from tools.every8d.delivery_events import LIST_DELIVERY_EVENTS, DeliveryEventsParams


class FakeDesk:
    """Holds callbacks in memory; nothing else of a desk is asked for."""

    def __init__(self, events: Sequence[Mapping[str, str]]) -> None:
        self.events = events

    async def delivery_events(self, batch_id: str) -> Sequence[Mapping[str, str]]:
        return [event for event in self.events if batch_id in ("", event["BatchID"])]


def encoded(encoding: str = "utf-8", **values: str) -> bytes:
    return "&".join(
        f"{name}={quote_plus(value, encoding=encoding)}" for name, value in values.items()
    ).encode()


@pytest.mark.parametrize("encoding", ["utf-8", "cp950"])
def test_a_reply_is_read_in_both_encodings(encoding: str) -> None:
    query = encoded(
        encoding, BatchID=BATCH, RM="+886961295288", RT="20090210120000", STATUS="999", SM="好的 謝謝"
    )
    event = read_event(read_callback_fields(query))
    assert (event.is_reply, event.reply, event.status_code) == (True, "好的 謝謝", 999)
    assert event.mobile == "+886961295288"
    assert event.reported_at is not None
    assert event.reported_at.isoformat() == "2009-02-10T12:00:00+08:00"


def test_a_report_carries_no_text_of_a_stranger() -> None:
    event = read_event(
        {"BatchID": BATCH, "RM": "0912345678", "STATUS": "100", "SM": "您的帳單", "MR": "A7F3-1"}
    )
    assert (event.is_reply, event.reply, event.status_class) == (False, "", "delivered")
    assert (event.batch_id, event.message_key) == (BATCH, "A7F3-1")


def test_all_fields_of_an_account_that_has_them_are_read() -> None:
    event = read_event(
        {
            "batchid": BATCH,
            "ST": "20090210115900",
            "SUBJECT": "A7F3 提醒",
            "NAME": "王小明",
            "CHARGE": "1.0",
            "MSGID": "00000000000000000001",
            "STATUS": "103",
        }
    )
    assert event.model_dump(mode="json") == {
        "batch_id": BATCH,
        "mobile": "",
        "name": "王小明",
        "reported_at": None,
        "status_code": 103,
        "status": "not delivered: number not assigned or suspended",
        "status_class": "failed_permanent",
        "is_reply": False,
        "reply": "",
        "message_key": "",
        "message_id": "00000000000000000001",
        "subject": "A7F3 提醒",
        "sent_at": "2009-02-10T11:59:00+08:00",
        "points": 1,
    }


@pytest.mark.parametrize("written", ["%2B886961295288", "+886961295288", "886961295288", "0961295288"])
def test_the_plus_that_arrived_as_a_space_is_put_back(written: str) -> None:
    fields = read_callback_fields(f"RM={written}".encode())
    assert read_event(fields).mobile == "+886961295288"


def test_a_foreign_number_keeps_its_plus_too() -> None:
    assert read_event(read_callback_fields(b"RM=+85291234567")).mobile == "+85291234567"


@pytest.mark.parametrize("status", ["", "abc", "1e3", "\u0661", "9" * 20])
def test_a_status_that_is_no_code_is_unknown(status: str) -> None:
    event = read_event({"STATUS": status})
    assert (event.status_code, event.status_class) == (None, "unknown")


def test_bytes_of_no_encoding_still_make_an_event() -> None:
    fields = read_callback_fields(b"STATUS=999&SM=%FF%FFok&RM=0912345678")
    assert read_event(fields).reply.endswith("ok")


def test_the_first_of_a_repeated_field_counts_and_names_have_no_case() -> None:
    assert read_callback_fields(b"Status=100&STATUS=999&&x") == {"STATUS": "100", "X": ""}


def test_a_flood_of_fields_is_refused() -> None:
    assert read_callback_fields(b"&".join([b"a=1"] * 40))
    with pytest.raises(ValueError, match="at most 40"):
        read_callback_fields(b"&".join([b"a=1"] * 41))


@given(st.binary(max_size=300))
@example(b"\xa1&@")
def test_any_bytes_make_an_event(body: bytes) -> None:
    read_event(read_callback_fields(body.replace(b"&", b"", max(0, body.count(b"&") - 30))))


@given(st.dictionaries(st.sampled_from(["RM", "RT", "ST", "STATUS", "CHARGE", "SM", "MR"]), st.text()))
def test_any_values_make_an_event(values: dict[str, str]) -> None:
    read_event(values).model_dump(mode="json")


async def test_events_are_listed_by_page_and_batch() -> None:
    other = "330478cc-8506-49b2-93b7-2505f651c12e"
    events = [{"BatchID": BATCH if n % 2 else other, "MR": str(n), "STATUS": "100"} for n in range(9)]
    desk = cast("Desk", FakeDesk(events))
    every = await LIST_DELIVERY_EVENTS.run(DeliveryEventsParams(page=2, page_size=4), desk)
    assert [event.message_key for event in every.events] == ["4", "5", "6", "7"]
    assert (every.total, every.pages) == (9, 3)
    mine = await LIST_DELIVERY_EVENTS.run(DeliveryEventsParams(batch_id=BATCH), desk)
    assert [event.message_key for event in mine.events] == ["1", "3", "5", "7"]
    beyond = await LIST_DELIVERY_EVENTS.run(DeliveryEventsParams(page=4, page_size=4), desk)
    assert (beyond.events, beyond.total) == ([], 9)
