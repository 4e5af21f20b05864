"""Take back a booked send before it goes out (EVERY8D 3.2 for SMS, 3.3 for MMS): twins with one table."""

from collections.abc import Callable
from decimal import Decimal

from tools.every8d.answers import refused, text_of
from tools.every8d.batches import BatchId
from tools.every8d.delivery import MMS_DELIVERY, SMS_DELIVERY, DeliverySource, Messages, every_message
from tools.every8d.texts import first_words
from tools.operation import (
    Action,
    Earlier,
    Happened,
    Preview,
    Reply,
    Request,
    Result,
    Risk,
    RiskyParams,
    Steps,
    Surroundings,
)
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together
from tools.values import Points
from tools.wire.csv_line import read_erase
from tools.wire.refusal import Refusal

NOTHING_ERASED = "Nothing was erased."
NOTHING_TO_ERASE = "nothing_to_erase"
"""The refusal where the vendor has nothing of a batch booked: it was erased, or it went out."""
_NOT_FOUND = -3


class EraseParams(RiskyParams):
    """A booked batch."""

    batch_id: BatchId


class EraseResult(Result):
    """What was erased. `found` is False when the vendor has no such booking."""

    found: bool
    erased: int
    points_returned: Points


def _build(path: str) -> Callable[[EraseParams, Surroundings], Request]:
    def build(params: EraseParams, _surroundings: Surroundings) -> Request:
        return Request(vendor="every8d", path=path, fields={"BID": params.batch_id})

    return build


def _parse(reply: Reply, _params: EraseParams, _surroundings: Surroundings) -> EraseResult:
    found = read_erase(text_of(reply))
    if found is None or (isinstance(found, Refusal) and found.code == _NOT_FOUND):
        return EraseResult(found=False, erased=0, points_returned=Decimal(0))
    if isinstance(found, Refusal):
        raise refused(found, NOTHING_ERASED)
    return EraseResult(found=True, erased=found[0], points_returned=found[1])


def _preview(effect: str, source: DeliverySource) -> Callable[[EraseParams, Surroundings], Steps[Preview]]:
    def preview(params: EraseParams, surroundings: Surroundings) -> Steps[Preview]:
        found = yield from every_message(source, params.batch_id, surroundings)
        booked = [message for message in found if message.status_class == "scheduled"]
        if not booked:
            raise _nothing_to_erase()
        return Preview(
            effect=effect,
            nothing=NOTHING_ERASED,
            target=params.batch_id,
            destroyed=len(booked),
            send_at=min((message.sent_at for message in booked if message.sent_at), default=None),
            warnings=_cautions(found, len(booked), [message.points for message in booked]),
            state={"scheduled": str(len(booked)), "total": str(found.total)},
            details=_details(surroundings.sender, len(booked), found.total),
        )

    return preview


def _settle(source: DeliverySource) -> Callable[[EraseParams, Surroundings], Steps[Happened | None]]:
    """Cancelled messages and none booked: it was erased. Still booked: the request may yet arrive."""

    def settle(params: EraseParams, surroundings: Surroundings) -> Steps[Happened | None]:
        found = yield from every_message(source, params.batch_id, surroundings)
        classes = {message.status_class for message in found}
        if "cancelled" not in classes or "scheduled" in classes:
            return None
        whole = found.complete and classes == {"cancelled"}
        return Happened(erased=sum(map(len, found.pages)) if whole else 0)

    return settle


def _details(sender: Earlier | None, booked: int, total: int) -> dict[str, str]:
    """The first words of what would be erased, where the batch is the caller's own."""
    counts = {"scheduled": str(booked), "total": str(total)}
    words = first_words(sender.arguments) if sender is not None else ""
    return {"text": words, **counts} if words else counts


def _cautions(found: Messages, booked: int, points: list[Decimal | None]) -> tuple[str, ...]:
    known = [each for each in points if each is not None]
    said = sentence(
        "Booked messages that would never be sent: {booked} of {total}.", booked=booked, total=found.total
    )
    if len(known) == booked and sum(known):
        said = together(said, sentence("Points that come back: about {points}.", points=f"{sum(known)}"))
    if found.complete:
        return (said,)
    return (said, sentence("Not all messages of the batch could be looked at."))


def _nothing_to_erase() -> RefusedError:
    return RefusedError(
        Problem(
            code=NOTHING_TO_ERASE,
            message=f"The batch has no booked message. {NOTHING_ERASED}",
            next="Check the batch id and whether it is an SMS or an MMS; what is sent cannot be taken back.",
        )
    )


ERASE_SMS_BOOKING = Action(
    name="erase_sms_booking",
    title="Erase SMS booking",
    description=(
        "Cancel (call off, unschedule, delete) an SMS text or reminder that is booked or scheduled: it "
        "must not go out. Irreversible; get its points back. 刪除、取消簡訊預約，點數退回。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 3.2",
    risk=Risk.DESTROY,
    params=EraseParams,
    result=EraseResult,
    build=_build("API21/HTTP/eraseBooking.ashx"),
    parse=_parse,
    preview=_preview(sentence("Erase a booked SMS batch"), SMS_DELIVERY),
    settle=_settle(SMS_DELIVERY),
)
ERASE_MMS_BOOKING = Action(
    name="erase_mms_booking",
    title="Erase MMS booking",
    description=(
        "Cancel (delete, erase) an MMS (picture message) that is booked or scheduled, irreversibly; "
        "get its points back. 刪除、取消多媒體（圖片）簡訊預約。"
    ),
    toolset="sms",
    vendor="every8d",
    section="EVERY8D 3.3",
    risk=Risk.DESTROY,
    params=EraseParams,
    result=EraseResult,
    build=_build("API21/HTTP/MMS/eraseBooking.ashx"),
    parse=_parse,
    preview=_preview(sentence("Erase a booked MMS batch"), MMS_DELIVERY),
    settle=_settle(MMS_DELIVERY),
)
