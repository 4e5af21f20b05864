"""The texts of a campaign's part in one row, as long as nobody needs a row for each.

A part has hundreds of texts. Found by its hash, each lies on a page of its own, so a row for each writes as
many pages; one row for all writes a few. It stands for the rows of `sent_texts` and `recipient_texts` that
`unpacking` makes of it, and whoever looks for one of these looks here too.

A look reads of each part its marks alone, the first bytes of each hash, which are a tenth of the row: all of
a part is read where one of them fits.
"""

import base64
import json
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, or_, select

from server.store.columns import Moment, moment_text
from server.store.covered import CoveredRows
from server.store.packing import MARK_BYTES, Packing, parted
from server.store.plans import Connection
from server.store.schema import PACKED_TEXTS

PACKED = CoveredRows(PACKED_TEXTS)
_COLUMNS = PACKED_TEXTS.c
_MARK_FORMAT = "I"
_FEW = 8
_OF_MESSAGES = (
    select(_COLUMNS.action_id, _COLUMNS.message_marks)
    # In two pieces, each a stretch of the index: the parts of that campaign are not even looked at.
    .where(
        or_(
            _COLUMNS.campaign < bindparam("but_campaign"),
            _COLUMNS.campaign > bindparam("but_campaign"),
        )
    )
    .order_by(_COLUMNS.action_id)
)
_OF_RECIPIENTS = select(_COLUMNS.action_id, _COLUMNS.recipient_marks).order_by(_COLUMNS.action_id)
_ONE = select(_COLUMNS.action_id, _COLUMNS.at, _COLUMNS.recipients, _COLUMNS.messages).where(
    _COLUMNS.action_id == bindparam("of_action")
)
_TAKE = PACKED.deleting(delete(PACKED_TEXTS).where(_COLUMNS.action_id == bindparam("of_action")))
_COUNT = select(func.count()).select_from(PACKED_TEXTS)
_BEFORE = (
    select(_COLUMNS.action_id).where(_COLUMNS.at <= bindparam("before", type_=Moment())).order_by(_COLUMNS.at)
)
ANY_PACKED = select(_COLUMNS.action_id).limit(1)
NO_CAMPAIGN = ""
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """What one part texted: the keyed hash of each text's number, and of each message by its time."""

    action_id: str
    at: datetime
    recipients: Sequence[str]
    messages: Mapping[str, Sequence[str]]
    """By the time that they were booked for, as the store writes it; '' is at once."""


def pack(conn: Connection, action_id: str, at: datetime, packing: Packing, campaign: str) -> None:
    """Keep the texts of a part that is claimed."""
    messages = {
        "" if send_at is None else moment_text(send_at): those for send_at, those in packing.messages.items()
    }
    values = {
        "action_id": action_id,
        "campaign": campaign,
        "at": at,
        "recipient_marks": packing.recipient_marks,
        "message_marks": packing.message_marks,
        "recipients": packing.recipients,
        "messages": json.dumps(messages, sort_keys=True),
    }
    PACKED.insert(conn, values)


def take_packed(conn: Connection, action_id: str) -> PackedTexts | None:
    """The texts of a part, which are packed no longer; None where they are not."""
    found = packed_of(conn, action_id)
    if found is not None:
        PACKED.delete(conn, _TAKE, {"of_action": action_id})
    return found


def packed_of(conn: Connection, action_id: str) -> PackedTexts | None:
    """The texts of a part, where they are packed: nobody's, where something damaged the row."""
    row = conn.execute(_ONE, {"of_action": action_id}).one_or_none()
    if row is None:
        return None
    _, at, recipients, messages = row
    try:
        by_time = {send_at: parted(those) for send_at, those in json.loads(messages).items()}
        return PackedTexts(action_id, at, parted(recipients), by_time)
    except (ValueError, TypeError, AttributeError):
        # As of a damaged row of one text: it is not found, and `audit verify` names it.
        _log.warning("whom the part %s texted cannot be read any more: its row was damaged", action_id)
        return PackedTexts(action_id, at, (), {})


def parts_with_messages(
    conn: Connection, messages: Iterable[str], but: str = NO_CAMPAIGN
) -> Iterator[PackedTexts]:
    """Those that are packed and have one of these messages, or may; but not those of a campaign."""
    return _fitting(conn, conn.execute(_OF_MESSAGES, {"but_campaign": but}), messages)


def parts_with_recipients(conn: Connection, recipients: Iterable[str]) -> Iterator[PackedTexts]:
    """Those that are packed and texted one of these numbers, or may have."""
    return _fitting(conn, conn.execute(_OF_RECIPIENTS), recipients)


def _fitting(
    conn: Connection, marked: Iterable[Sequence[str]], wanted: Iterable[str]
) -> Iterator[PackedTexts]:
    parts = [*marked]
    fits = _fits(wanted if parts else ())
    for action_id, theirs in parts:
        if _may_fit(fits, theirs) and (found := packed_of(conn, action_id)) is not None:
            yield found


def _may_fit(fits: Callable[[bytes], bool], marks: str) -> bool:
    try:
        return fits(base64.b64decode(marks))
    except (ValueError, TypeError):
        # They were damaged: the part itself tells.
        return True


def _fits(wanted: Iterable[str]) -> Callable[[bytes], bool]:
    """Whether one of these hashes may be among those of which these are the marks."""
    marks = [bytes.fromhex(each[: 2 * MARK_BYTES]) for each in wanted]
    if len(marks) <= _FEW:
        # Where it begins within another mark, all of a part is read for nothing.
        return lambda theirs: any(each in theirs for each in marks)
    numbers = frozenset(_numbers(b"".join(marks)))
    return lambda theirs: not numbers.isdisjoint(_numbers(theirs))


def _numbers(marks: bytes) -> memoryview:
    return memoryview(marks).cast(_MARK_FORMAT)


def texts_packed_before(conn: Connection, before: datetime) -> Sequence[str]:
    """The actions whose texts have been packed since then or longer, the oldest first."""
    return conn.scalars(_BEFORE, {"before": before}).all()


def count_packed(conn: Connection) -> int:
    """How many parts are packed."""
    return conn.scalar(_COUNT) or 0
