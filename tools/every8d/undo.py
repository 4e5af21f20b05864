"""Take back a send that was held for a few minutes (`policy.undo_minutes`), by erasing its booking (EVERY8D
3.2 and 3.3). It only prevents, so nobody is asked; any other booking is erased by erase_sms_booking.
"""

from typing import NoReturn

from tools.every8d.answers import refused, text_of
from tools.every8d.batches import BatchId
from tools.every8d.erase import ERASE_MMS_BOOKING, ERASE_SMS_BOOKING, EraseParams
from tools.every8d.send_mms import SEND_MMS
from tools.operation import Action, Happened, Params, Reply, Request, Result, Risk, Steps, Surroundings
from tools.problems import Problem, RefusedError
from tools.sentence import sentence, together
from tools.taipei import iso
from tools.values import Points
from tools.wire.csv_line import read_erase
from tools.wire.refusal import Refusal

_NOTHING = sentence("Nothing was taken back.")
_GONE = frozenset({-3, -4, -8})
"""No such booking, already erased or sent, cannot be cancelled now."""


class UndoParams(Params):
    """A send of one's own that was held."""

    batch_id: BatchId


class UndoResult(Result):
    """What was taken back before it went out."""

    erased: int
    """Messages that are not sent."""
    points_returned: Points


def _build(params: UndoParams, surroundings: Surroundings) -> Request:
    sender = surroundings.sender
    if sender is None or sender.hold is None:
        _refuse(
            "not_held",
            sentence("This batch is no send of yours that was held to be taken back."),
            sentence(
                "A booking is erased with erase_sms_booking or erase_mms_booking; what is sent stays sent."
            ),
        )
    if surroundings.now >= sender.hold.goes_out:
        _refuse(
            "too_late",
            sentence(
                "It could be taken back until {time} and has gone out since.", time=iso(sender.hold.until)
            ),
            sentence("Tell the person. get_sms_delivery shows whom it reached."),
        )
    erasing = ERASE_MMS_BOOKING if sender.tool == SEND_MMS.name else ERASE_SMS_BOOKING
    return erasing.build(EraseParams(batch_id=params.batch_id), surroundings)


def _parse(reply: Reply, _params: UndoParams, _surroundings: Surroundings) -> UndoResult:
    found = read_erase(text_of(reply))
    if isinstance(found, Refusal) and found.code not in _GONE:
        raise refused(found, _NOTHING)
    if found is None or isinstance(found, Refusal) or not found[0]:
        _refuse(
            "too_late",
            sentence(
                "The vendor has no booking of it any more that can be erased: it went out, is going out now, "
                "or was taken back before."
            ),
            sentence("Tell the person. get_sms_delivery shows what became of each message."),
        )
    return UndoResult(erased=found[0], points_returned=found[1])


def _refuse(code: str, why: str, following: str) -> NoReturn:
    raise RefusedError(Problem(code=code, message=together(_NOTHING, why), next=following))


def _settle(params: UndoParams, surroundings: Surroundings) -> Steps[Happened | None]:
    """Cancelled messages and none booked, whichever of the two it is."""
    for erasing in (ERASE_SMS_BOOKING, ERASE_MMS_BOOKING):
        if erasing.settle is None:
            raise TypeError("what became of an erasing can be looked at")
        if happened := (yield from erasing.settle(EraseParams(batch_id=params.batch_id), surroundings)):
            return happened
    return None


UNDO_SEND = Action(
    name="undo_send",
    title="Undo send",
    description=(
        "Undo (take back, recall) a wrong message sent a moment ago, by its batch id, until the "
        "undo_until of its answer; its points return. 收回、撤回剛剛發的簡訊，發錯了，點數退回。"
    ),
    toolset="sms",
    vendor="every8d",
    section="ours, over EVERY8D 3.2 and 3.3",
    risk=Risk.CHANGE,
    params=UndoParams,
    result=UndoResult,
    build=_build,
    parse=_parse,
    settle=_settle,
)
