"""The good cases of EVERY8D's tools. Numbers end in the sandbox's magic digits."""

import base64
import re
from datetime import UTC, datetime, timedelta

from server.demo.rows import rows_of, whole_time
from server.store.events import DeliveryEvent, record_event
from server.store.plans import Connection
from tests.e2e.good_case import Arguments, Case, contains, with_arguments
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.e2e.pictures import PNG
from tests.gate.servers import fronted

_BATCH = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00")
DELIVERED, SWITCHED_OFF, REPLIES = "0912345100", "0912345101", "0912345999"
BATCH_ID = "220478cc-8506-49b2-93b7-2505f651c12e"
_TEXT = "您好，明天見"


def _sent(facts: Facts, **expected: object) -> None:
    contains(facts, {"outcome": "done", "sent": 1, "points": 1, "unsent": 0, "credit": 9999, **expected})
    assert _BATCH.fullmatch(facts["batch_id"])
    assert facts["action_id"]


async def _half_sent_before(house: House, _session: Session) -> Arguments:
    """One of the two numbers had this text an hour ago."""
    await house.vendor.batch(DELIVERED, _TEXT)
    return {"recipients": [DELIVERED, SWITCHED_OFF], "text": _TEXT}


def _filtered(facts: Facts) -> None:
    _sent(facts, credit=9998, filtered_numbers=["0912***100"])


async def _image(house: House, _session: Session) -> Arguments:
    folder = house.folder / "images"
    folder.mkdir(exist_ok=True)
    (folder / "invitation.png").write_bytes(PNG)
    return {
        "recipients": [DELIVERED],
        "subject": "邀請函",
        "text": "請看附圖",
        "image": "invitation.png",
    }


async def mms_batch(house: House, send_time: str = "") -> str:
    """A batch of one MMS, sent behind the server's back."""
    picture = {"ATTACHMENT": base64.b64encode(PNG).decode(), "TYPE": "png"}
    message = {"SB": "邀請函", "MSG": "請看附圖", "DEST": DELIVERED, "ST": send_time}
    body = await house.vendor.every8d("MMS/sendMMS", **message, **picture)
    return body.strip().split(",")[4]


async def _three_fates(house: House, _session: Session) -> Arguments:
    batch_id = await house.vendor.batch(f"{DELIVERED},{SWITCHED_OFF}")
    await house.vendor.advance(31)
    return {"batch_id": batch_id}


def _delivery(facts: Facts) -> None:
    contains(facts, {"total": 2, "page": 1, "pages": 1, "complete": True})
    first, second = rows_of(facts)
    contains(first, {"mobile": "0912***100", "points": 1, "status_code": 100})
    assert first["status_class"] == "delivered"
    assert first["status"]
    assert _TIME.fullmatch(whole_time(facts, first["sent_at"]))
    assert _TIME.fullmatch(whole_time(facts, first["received_at"]))
    contains(second, {"mobile": "0912***101", "status_code": 101, "status_class": "failed_retryable"})


async def _sent_mms(house: House, _session: Session) -> Arguments:
    batch_id = await mms_batch(house)
    await house.vendor.advance(31)
    return {"batch_id": batch_id}


def _mms_delivery(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    (message,) = rows_of(facts)
    contains(message, {"mobile": "0912***100", "points": 3, "status_code": 700})
    assert _TIME.fullmatch(whole_time(facts, message["sent_at"]))
    assert "received_at" not in message


async def _replied(house: House, _session: Session) -> Arguments:
    batch_id = await house.vendor.batch(REPLIES)
    await house.vendor.advance(61)
    return {"batch_id": batch_id}


def _replies(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    (reply,) = rows_of(facts)
    contains(reply, {"mobile": "0912***999", "text": "收到，謝謝"})
    assert _TIME.fullmatch(whole_time(facts, reply["received_at"]))


async def _booked(house: House, _session: Session) -> Arguments:
    tomorrow = await house.vendor.compact_time(timedelta(days=1))
    return {"batch_id": await house.vendor.batch(f"{DELIVERED},{SWITCHED_OFF}", ST=tomorrow)}


async def _booked_mms(house: House, _session: Session) -> Arguments:
    tomorrow = await house.vendor.compact_time(timedelta(days=1))
    return {"batch_id": await mms_batch(house, tomorrow)}


async def _held(house: House, session: Session) -> Arguments:
    """A send of a moment ago, by a server of the same store that holds sends."""
    policy = {"undo_minutes": 3, "undo_above_recipients": 1}
    store = {} if session.parts is None else {"folder": session.parts.settings.store.folder}
    async with fronted(house, Person(), policy=policy, store=store) as holding:
        sent = await holding.facts("send_sms", {"recipients": [DELIVERED, SWITCHED_OFF], "text": _TEXT})
    return {"batch_id": sent["batch_id"]}


def _erased(count: int, points: int) -> Case:
    def check(facts: Facts) -> None:
        contains(facts, {"outcome": "done", "found": True, "erased": count, "points_returned": points})

    return Case(prepare=_booked if points != 3 else _booked_mms, check=check)


async def _reported(_house: House, session: Session) -> Arguments:
    """A callback that has arrived, kept as the receiver keeps it."""
    now = datetime.now(UTC)
    event = DeliveryEvent(
        key="one",
        batch_id=BATCH_ID,
        record="1",
        number="hash",
        mobile="0912***100",
        status="100",
        reported_at=now,
        received_at=now,
    )

    def keep(conn: Connection, _now: datetime) -> tuple[bool, None]:
        return record_event(conn, event), None

    assert session.parts is not None
    assert await session.parts.journal.write(keep)
    return {"batch_id": BATCH_ID}


def _events(facts: Facts) -> None:
    contains(facts, {"total": 1, "page": 1, "pages": 1})
    (event,) = rows_of(facts)
    contains(event, {"batch_id": BATCH_ID, "mobile": "0912***100", "status_code": 100})


SMS_CASES: dict[str, Case] = {
    "query_credit": Case(prepare=with_arguments(), check=lambda facts: contains(facts, {"credit": 10000})),
    "send_sms": Case(
        prepare=with_arguments(recipients=[DELIVERED, "+886912345101", DELIVERED], text=_TEXT),
        check=lambda facts: _sent(facts, sent=2, points=2, credit=9998),
    ),
    "send_sms_deduplicated": Case(prepare=_half_sent_before, check=_filtered),
    "send_sms_with_message_id": Case(
        prepare=with_arguments(recipient=DELIVERED, text=_TEXT, message_id="42"),
        check=lambda facts: _sent(facts, message_id="00000000000000000042"),
    ),
    "send_personalized_sms": Case(
        prepare=with_arguments(
            template="%field1%您好，%field2%見",
            recipients=[
                {"mobile": DELIVERED, "values": ["王小明", "明天"]},
                {"mobile": SWITCHED_OFF, "values": ["陳小華", "後天"]},
            ],
        ),
        check=lambda facts: _sent(facts, sent=2, points=2, credit=9998),
    ),
    "send_mms": Case(prepare=_image, check=lambda facts: _sent(facts, points=3, credit=9997)),
    "get_sms_delivery": Case(prepare=_three_fates, check=_delivery),
    "get_mms_delivery": Case(prepare=_sent_mms, check=_mms_delivery),
    "get_sms_replies": Case(prepare=_replied, check=_replies),
    "erase_sms_booking": _erased(2, 2),
    "erase_mms_booking": _erased(1, 3),
    "undo_send": Case(
        prepare=_held,
        check=lambda facts: contains(facts, {"outcome": "done", "erased": 2, "points_returned": 2}),
    ),
    "list_delivery_events": Case(prepare=_reported, check=_events),
}
