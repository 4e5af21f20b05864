"""What became of the messages of a batch (EVERY8D 2.2 for SMS, 2.3 for MMS): twins with one table."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from itertools import chain
from typing import Annotated, Literal, NamedTuple

from pydantic import Field, SkipValidation

from tools.cleaning import clean
from tools.every8d.answers import refused, text_of
from tools.every8d.batches import BatchId
from tools.every8d.codes import Status, StatusClass, read_status
from tools.every8d.paging import (
    MOST_PAGES,
    Fetch,
    Row,
    TakenPage,
    pages_of,
    read_all,
    read_slice,
    take_page,
)
from tools.mobile import from_vendor
from tools.operation import PagedParams, Query, Reply, Request, Result, Risk, Steps, Surroundings, one
from tools.taipei import read_row_time
from tools.values import MobileArgument, MobileNumber, PersonName, Points, Table, Timestamp
from tools.wire.json_body import read_delivery_json
from tools.wire.page import Page
from tools.wire.refusal import Refusal
from tools.wire.tsv import read_page
from tools.wire.xml_body import is_xml, read_delivery_xml

VENDOR_PAGE = 1000
_MOBILE, _STATUS = 1, 4
_RECEIVED = 5
"""The column that MMS rows and older hosts do not have."""


class DeliveryMessage(NamedTuple):
    """One message of a batch. `points` is None where the vendor's row has no price."""

    name: PersonName
    mobile: MobileNumber
    sent_at: Timestamp | None
    points: Points | None
    status_code: int
    status: str
    status_class: StatusClass
    received_at: Timestamp | None


MessagesPage = TakenPage[DeliveryMessage]


class DeliveryResult(Result):
    """One page of a batch's messages."""

    total: int
    """Messages of the whole batch."""
    matched: int | None = None
    """Messages that the filter found, when there is one."""
    page: int
    pages: int
    messages: Annotated[
        list[DeliveryMessage],
        SkipValidation,
        Table(key="status_code", told=("status", "status_class")),
    ]
    complete: bool
    """Whether all the vendor's rows that were needed have been read."""


class DeliveryParams(PagedParams):
    """A batch, perhaps one of its numbers or one class of states."""

    batch_id: BatchId
    mobile: Annotated[MobileArgument | None, Field(description="Of a number; absent: all.")] = None
    status_class: Annotated[
        StatusClass | Literal["failed"] | None,
        Field(description="failed: of both classes; absent: all."),
    ] = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliverySource:
    """Where one kind of message is looked up. `formats` tells whether RESPFORMAT exists there."""

    path: str
    formats: bool


SMS_DELIVERY = DeliverySource(path="API21/HTTP/getDeliveryStatus.ashx", formats=True)
MMS_DELIVERY = DeliverySource(path="API21/HTTP/MMS/getDeliveryStatus.ashx", formats=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """All messages of a batch, as far as they were read; `complete` tells whether that is all of them."""

    pages: list[list[DeliveryMessage]]
    """As the vendor divides them, in its order."""
    total: int
    complete: bool

    def __iter__(self) -> Iterator[DeliveryMessage]:
        return chain.from_iterable(self.pages)


def every_message(
    source: DeliverySource, batch_id: str, surroundings: Surroundings, most: int = MOST_PAGES
) -> Steps[Messages]:
    """Read a whole batch, up to so many of the vendor's pages of 1,000 messages."""
    fetch = _fetch(source, batch_id, surroundings)
    found = yield from read_all(fetch, size=VENDOR_PAGE, take=lambda rows: map(_message, rows), most=most)
    return Messages(pages=found.pages, total=found.total, complete=found.complete)


def messages_page(
    source: DeliverySource, batch_id: str, surroundings: Surroundings, number: int
) -> Steps[MessagesPage]:
    """Read one of the vendor's pages of 1,000 messages, counted from 1."""
    fetch = _fetch(source, batch_id, surroundings)
    return (yield from take_page(fetch, number, size=VENDOR_PAGE, take=lambda rows: map(_message, rows)))


def _fetch(source: DeliverySource, batch_id: str, surroundings: Surroundings) -> Fetch:
    def fetch(number: int) -> Steps[Page]:
        fields = {"BID": batch_id, "PNO": str(number)}
        if source.formats:
            fields["RESPFORMAT"] = str(surroundings.every8d.response_format)
        return _read((yield from one(Request(vendor="every8d", path=source.path, fields=fields))))

    return fetch


def _read(reply: Reply) -> Page:
    """A page in whichever format it came: older hosts know no RESPFORMAT, newer ones say no in JSON."""
    text = text_of(reply)
    if text.lstrip().startswith("{"):
        found = read_delivery_json(text)
    elif is_xml(text):
        found = read_delivery_xml(reply.body, reply.content_type)
    else:
        found = read_page(text, columns=(5, 6))
    if isinstance(found, Refusal):
        raise refused(found, "The delivery was not read.")
    return found


def _message(row: tuple[str, ...]) -> DeliveryMessage:
    name, mobile, sent_at, cost, code = row[:5]
    number, status = _state(code)
    return DeliveryMessage(
        clean(name.strip()),
        from_vendor(mobile),
        read_row_time(sent_at),
        _points(cost),
        number,
        status.meaning,
        status.kind,
        read_row_time(row[_RECEIVED]) if len(row) > _RECEIVED else None,
    )


@lru_cache(maxsize=64)
def _state(code: str) -> tuple[int, Status]:
    number = int(code)
    return number, read_status(number)


@lru_cache(maxsize=64)
def _points(cost: str) -> Decimal | None:
    try:
        points = Decimal(cost.strip())
    except InvalidOperation:
        return None
    return points if points.is_finite() else None


def _steps(source: DeliverySource) -> Callable[[DeliveryParams, Surroundings], Steps[DeliveryResult]]:
    def steps(params: DeliveryParams, surroundings: Surroundings) -> Steps[DeliveryResult]:
        if params.mobile is None and params.status_class is None:
            return (yield from _one_page(source, params, surroundings))
        return (yield from _filtered(source, params, surroundings))

    return steps


def _one_page(
    source: DeliverySource, params: DeliveryParams, surroundings: Surroundings
) -> Steps[DeliveryResult]:
    fetch = _fetch(source, params.batch_id, surroundings)
    start = (params.page - 1) * params.page_size
    found = yield from read_slice(fetch, start=start, count=params.page_size, size=VENDOR_PAGE)
    return DeliveryResult(
        total=found.total,
        page=params.page,
        pages=pages_of(found.total, params.page_size),
        messages=[_message(row) for row in found.rows],
        complete=found.complete,
    )


def _filtered(
    source: DeliverySource, params: DeliveryParams, surroundings: Surroundings
) -> Steps[DeliveryResult]:
    fetch = _fetch(source, params.batch_id, surroundings)
    found = yield from read_all(fetch, size=VENDOR_PAGE, take=partial(_matching, params=params))
    taken = [*chain.from_iterable(found.pages)]
    matched, start = len(taken), (params.page - 1) * params.page_size
    return DeliveryResult(
        total=found.total,
        matched=matched,
        page=params.page,
        pages=pages_of(matched, params.page_size),
        messages=[_message(row) for row in taken[start : start + params.page_size]],
        complete=found.complete,
    )


def _matching(rows: Sequence[Row], params: DeliveryParams) -> list[Row]:
    """The rows whose message the filter finds. None is made into a message for it: most are never shown."""
    # Few different codes stand in a thousand rows.
    codes = {code for code in {row[_STATUS] for row in rows} if _is_of_class(code, params.status_class)}
    of_class = [row for row in rows if row[_STATUS] in codes]
    if params.mobile is None:
        return of_class
    return [row for row in of_class if from_vendor(row[_MOBILE]) == params.mobile]


def _is_of_class(code: str, wanted: StatusClass | Literal["failed"] | None) -> bool:
    kind = _state(code)[1].kind
    return wanted in (None, kind) or (wanted == "failed" and kind.startswith("failed_"))


GET_SMS_DELIVERY = Query(
    name="get_sms_delivery",
    title="SMS delivery",
    description=(
        "List the delivery status of each SMS text in a batch: how many recipients and which numbers "
        "received it, which failed (switched off) and the reason, was a booking cancelled. 發送狀態查"
        "詢：這批簡訊成功送達、有沒有收到、沒送到、為什麼失敗、是空號還是停用、黑名單、預約取消了嗎。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 2.2",
    risk=Risk.READ,
    params=DeliveryParams,
    result=DeliveryResult,
    steps=_steps(SMS_DELIVERY),
)
GET_MMS_DELIVERY = Query(
    name="get_mms_delivery",
    title="MMS delivery",
    description=(
        "List the status of each MMS (picture message) in a batch: sent, still waiting, or its booking "
        "cancelled; arrival is not reported. MMS 發送狀態查詢：多媒體簡訊、圖片簡訊有沒有送到、發出去了"
        "沒、還是預約取消了。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 2.3",
    risk=Risk.READ,
    params=DeliveryParams,
    result=DeliveryResult,
    steps=_steps(MMS_DELIVERY),
)
