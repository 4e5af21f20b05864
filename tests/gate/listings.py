"""Long lists of every kind, of ordinary rows and of the longest that anybody could bring about."""

import random
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

from tools.batch_desk import BatchSummary
from tools.desk.batches import BatchesResult
from tools.desk.blocking import BlockedNumber, BlockedResult
from tools.desk.campaigns import CampaignRow, CampaignsResult
from tools.desk.dead_numbers import DeadNumberRow, DeadNumbersResult
from tools.desk.history import ActionsResult
from tools.desk.in_flight import KNOWN_ALONE, InFlightResult
from tools.desk.number_history import NumberHistoryResult, SentToNumber
from tools.entries import ActionSummary
from tools.every8d.callbacks import read_event
from tools.every8d.codes import read_status
from tools.every8d.delivery import DeliveryMessage, DeliveryResult
from tools.every8d.delivery_events import DeliveryEventsResult
from tools.every8d.replies import RepliesResult, ReplyMessage
from tools.flight_desk import InFlightRow
from tools.omis.read_report import ReadReportResult, ReportRow
from tools.omis.records import Record, Records
from tools.operation import PagedParams, Result

TOTAL = 220
NOW = datetime(2026, 3, 2, 2, tzinfo=UTC)
BATCH = "220478cc-8506-49b2-93b7-2505f651c12e"
WORST = "龘靐齉xqzj!😀" * 20
_ID = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_TOOLS = ("send_sms", "send_personalized_sms", "erase_sms_booking", "send_mms")
_REPLIES = ("好的，謝謝", "收到", "請問可以改到下午三點嗎？", "不要再傳了", "STOP", "請改星期五上午，謝謝您")


def page_of(kind: type[Result], params: PagedParams, *, worst: bool) -> Result:
    """The page that was asked for, of a list of 220."""
    field, _, more = _KINDS[kind]
    rows = _rows(kind, worst)
    start = (params.page - 1) * params.page_size
    some = {field: rows[start : start + params.page_size], "page": params.page, "total": TOTAL}
    return kind.model_validate({**some, "pages": -(-TOTAL // params.page_size), **more})


@cache
def _rows(kind: type[Result], worst: bool) -> list[Any]:  # noqa: FBT001 - cached by it
    row, chance = _KINDS[kind][1], random.Random(7)
    return [row(chance, number, worst) for number in range(TOTAL)]


def _moment(chance: random.Random, *, worst: bool) -> datetime:
    return NOW - timedelta(seconds=chance.randrange(10_000_000 if worst else 7_200))


def _mobile(number: int) -> str:
    return f"+8869{12_000_000 + 7919 * number:08d}"


def _message(chance: random.Random, number: int, worst: bool) -> DeliveryMessage:  # noqa: FBT001 - one of a table
    code = chance.choice((100, 100, 100, 101, 102, 103, 104, 107, 0))
    status = read_status(code)
    return DeliveryMessage(
        name="王小明" if worst else "",
        mobile=_mobile(number),
        sent_at=_moment(chance, worst=True) if worst else NOW,
        points=Decimal("1.25") if worst else Decimal(1),
        status_code=code,
        status=status.meaning,
        status_class=status.kind,
        received_at=_moment(chance, worst=worst),
    )


def _reply(chance: random.Random, number: int, worst: bool) -> ReplyMessage:  # noqa: FBT001 - one of a table
    text = WORST if worst else chance.choice(_REPLIES)
    return ReplyMessage(
        name=WORST if worst else "",
        mobile=_mobile(number),
        text=text,
        received_at=_moment(chance, worst=worst),
    )


def _action(chance: random.Random, number: int, worst: bool) -> ActionSummary:  # noqa: FBT001 - one of a table
    batch = str(uuid.UUID(int=chance.getrandbits(128), version=4))
    tool = chance.choice(_TOOLS)
    return ActionSummary(
        action_id="".join(chance.choices(_ID, k=4)) + "-" + "".join(chance.choices(_ID, k=4)),
        tool=tool,
        state=chance.choice(("succeeded", "succeeded", "failed", "denied")),
        created_at=_moment(chance, worst=worst),
        recipients=chance.randrange(1, 500),
        points=Decimal(chance.randrange(1, 2000)),
        target=batch if worst else None,
        batch_id=batch,
        by="local:desk",
        decided_by="local:desk (form)",
        words=WORST[:40] if worst else "三月通知：門市營業時間異動",
        subject=WORST if worst else "",
    )


def _event(chance: random.Random, number: int, worst: bool) -> Any:  # noqa: FBT001 - one of a table
    at = _moment(chance, worst=worst).strftime("%Y%m%d%H%M%S")
    return read_event(
        {
            "BATCHID": WORST if worst else BATCH,
            "RM": _mobile(number),
            "STATUS": str(chance.choice((100, 100, 101, 103, 999))),
            "RT": at,
            "ST": at if worst else "20260302100000",
            "SM": WORST if worst else chance.choice(_REPLIES),
            "MR": WORST if worst else str(number),
            "SUBJECT": WORST if worst else "三月通知",
            "NAME": WORST if worst else "",
            "CHARGE": "1",
        }
    )


def _record(chance: random.Random, number: int, worst: bool) -> Record:  # noqa: FBT001 - one of a table
    other = {f"{WORST[:60]}{n}": WORST for n in range(3)} if worst else {"REPORTNAME": "三月電子報"}
    return Record(
        launch_id=str(1182 + number),
        job_id=str(5506 + number),
        status_code=chance.randrange(9),
        status="sending",
        error_code=0,
        error_message=WORST if worst else None,
        launch_count=1,
        download_link=WORST if worst else None,
        other=other,
    )


def _dead(chance: random.Random, number: int, worst: bool) -> DeadNumberRow:  # noqa: FBT001 - one of a table
    code = chance.choice((103, 104, -3))
    return DeadNumberRow(
        mobile=_mobile(number),
        batches=chance.randrange(2, 30),
        last_at=_moment(chance, worst=worst),
        code=code,
        meaning=read_status(code).meaning,
        points=Decimal("22.75") if worst else Decimal(4),
    )


def _batch(chance: random.Random, number: int, worst: bool) -> BatchSummary:  # noqa: FBT001 - one of a table
    recipients = chance.randrange(1, 500)
    return BatchSummary(
        batch_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        action_id="".join(chance.choices(_ID, k=4)) + "-" + "".join(chance.choices(_ID, k=4)),
        sent_at=_moment(chance, worst=worst),
        send_at=NOW if worst else None,
        state="sent",
        words=WORST[:40] if worst else "三月通知：門市營業時間異動",
        subject=WORST if worst else "",
        recipients=recipients,
        delivered=recipients - 1,
        failed=1,
        pending=number if worst else 0,
        replies=number if worst else 0,
        points=Decimal("1.25") if worst else Decimal(recipients),
        as_of=_moment(chance, worst=worst),
        source="asked",
    )


def _campaign(chance: random.Random, number: int, worst: bool) -> CampaignRow:  # noqa: FBT001 - one of a table
    return CampaignRow(
        campaign_id="".join(chance.choices(_ID, k=4)) + "-" + "".join(chance.choices(_ID, k=4)),
        name=WORST[:40] if worst else "三月通知",
        state="running",
        recipients=10_000 + number,
        points=Decimal(10_000 + number),
        planned_at=_moment(chance, worst=worst),
    )


def _sent(chance: random.Random, number: int, worst: bool) -> SentToNumber:  # noqa: FBT001 - one of a table
    code = chance.choice((100, 101, 103))
    status = read_status(code)
    return SentToNumber(
        sent_at=_moment(chance, worst=worst),
        words=WORST[:40] if worst else f"三月通知 {number}",
        status_code=code,
        status=status.meaning,
        status_class=status.kind,
        received_at=_moment(chance, worst=worst),
        by="local:desk",
        approved_by="terminal",
        batch_id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
    )


def _report_row(chance: random.Random, number: int, worst: bool) -> ReportRow:  # noqa: FBT001 - one of a table
    return ReportRow(
        mobile=None,
        email=f"customer{number}@shop{number % 9}.example",
        name=WORST if worst else None,
        event="clicked",
        at=_moment(chance, worst=worst),
        sent_at=_moment(chance, worst=worst) if worst else NOW,
        link=WORST if worst else f"https://shop.example/spring/{number % 5}",
        code=WORST if worst else None,
        status=WORST if worst else "OK",
        status_class=None,
        machine=number % 9 == 0 or None,
        other=[WORST] * 3 if worst else ["9001", str(73_000 + number)],
    )


def _blocked(chance: random.Random, number: int, worst: bool) -> BlockedNumber:  # noqa: FBT001 - one of a table
    why = WORST[:80] if worst else "opted out by reply"
    return BlockedNumber(mobile=_mobile(number), why=why, since=_moment(chance, worst=worst))


_SUMS = {"sends": 220, "recipients": 54_321, "points_net": 54_321.5, "points_returned": 1_234}


def _in_flight(chance: random.Random, number: int, worst: bool) -> InFlightRow:  # noqa: FBT001 - one of a table
    return InFlightRow(
        what="booking",
        id=str(uuid.UUID(int=chance.getrandbits(128), version=4)),
        words=WORST[:40] if worst else "三月通知：門市營業時間異動",
        state="send_personalized_sms" if worst else "send_sms",
        at=_moment(chance, worst=worst),
        count=chance.randrange(1, 500),
        can="erase_sms_booking",
    )


_KINDS: dict[type[Result], tuple[str, Callable[[random.Random, int, bool], Any], dict[str, Any]]] = {
    DeliveryResult: ("messages", _message, {"complete": True}),
    RepliesResult: ("replies", _reply, {"complete": True}),
    BatchesResult: ("batches", _batch, {}),
    NumberHistoryResult: (
        "messages",
        _sent,
        {"mobile": "+886912345678", "replies": []},
    ),
    BlockedResult: ("numbers", _blocked, {}),
    DeadNumbersResult: (
        "numbers",
        _dead,
        {"conclusion": "220 numbers failed for good."},
    ),
    ActionsResult: ("actions", _action, {"sums": {"2026-03": _SUMS}}),
    InFlightResult: (
        "in_flight",
        _in_flight,
        {"conclusion": f"220 bookings are ahead. Booked: 9999 messages. {KNOWN_ALONE}"},
    ),
    CampaignsResult: ("campaigns", _campaign, {}),
    DeliveryEventsResult: ("events", _event, {}),
    Records: ("records", _record, {}),
    ReadReportResult: (
        "rows",
        _report_row,
        {
            "conclusion": "Clicked: 180 recipients, 220 times in all.",
            "report_id": "9001",
            "sums": {
                "unique": 180,
                "machines": 20,
                "people": 160,
                "days": {f"2026-03-{day:02}": 22 for day in range(1, 11)},
                "links": [
                    {"link": f"https://shop.example/spring/{n}", "total": 44, "unique": 40} for n in range(5)
                ],
                "codes": None,
            },
            "other_columns": ["ReportJobID", "會員編號"],
        },
    ),
}
