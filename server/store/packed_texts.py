"""The texts of a campaign's part in one row, as long as nobody needs a row for each.

A part has hundreds of texts. Found by its hash, each lies on a page of its own, so a row for each writes as
many pages; one row for all writes a few. It stands for the rows of `sent_texts` and `recipient_texts` that
`unpacking` makes of it, and whoever looks for one of these looks here too.
"""

import base64
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from server.store.columns import Moment
from server.store.covered import CoveredRows
from server.store.plans import Connection
from server.store.schema import PACKED_TEXTS

PACKED = CoveredRows(PACKED_TEXTS)
_COLUMNS = PACKED_TEXTS.c
_HASH_BYTES = 32
_ALL_BUT = (
    select(_COLUMNS.action_id)
    .where(_COLUMNS.campaign != bindparam("but_campaign"))
    .order_by(_COLUMNS.action_id)
)
_ONE = select(_COLUMNS.action_id, _COLUMNS.at, _COLUMNS.recipients, _COLUMNS.messages).where(
    _COLUMNS.action_id == bindparam("of_action")
)
_TAKE = PACKED.deleting(delete(PACKED_TEXTS).where(_COLUMNS.action_id == bindparam("of_action")))
_COUNT = select(func.count()).select_from(PACKED_TEXTS)
_BEFORE = (
    select(_COLUMNS.action_id)
    .where(_COLUMNS.at <= bindparam("before", type_=Moment()))
    .order_by(_COLUMNS.at)
    .limit(bindparam("at_most"))
)
ANY_PACKED = select(_COLUMNS.action_id).limit(1)
NO_CAMPAIGN = ""


@dataclass(frozen=True, slots=True)
class PackedTexts:
    """What one part texted: the keyed hash of each text's number, and of each message by its time."""

    action_id: str
    at: datetime
    recipients: Sequence[str]
    messages: Mapping[str, Sequence[str]]
    """By the time that they were booked for, as the store writes it; '' is at once."""


def pack(conn: Connection, packed: PackedTexts, campaign: str) -> None:
    """Keep the texts of a part that is claimed."""
    messages = {send_at: _joined(those) for send_at, those in packed.messages.items()}
    values = {
        "action_id": packed.action_id,
        "campaign": campaign,
        "at": packed.at,
        "recipients": _joined(packed.recipients),
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
    """The texts of a part, where they are packed."""
    row = conn.execute(_ONE, {"of_action": action_id}).one_or_none()
    if row is None:
        return None
    _, at, recipients, messages = row
    by_time = {send_at: _parted(those) for send_at, those in json.loads(messages).items()}
    return PackedTexts(action_id, at, _parted(recipients), by_time)


def packed_parts(conn: Connection, but: str = NO_CAMPAIGN) -> Iterator[PackedTexts]:
    """All that are packed, but those of a campaign."""
    for action_id in conn.scalars(_ALL_BUT, {"but_campaign": but}):
        found = packed_of(conn, action_id)
        if found is not None:
            yield found


def texts_packed_before(conn: Connection, before: datetime, at_most: int) -> Collection[str]:
    """The actions whose texts have been packed since then or longer, the oldest first."""
    return conn.scalars(_BEFORE, {"before": before, "at_most": at_most}).all()


def count_packed(conn: Connection) -> int:
    """How many parts are packed."""
    return conn.scalar(_COUNT) or 0


def _joined(hashes: Sequence[str]) -> str:
    return base64.b64encode(bytes.fromhex("".join(hashes))).decode("ascii")


def _parted(joined: str) -> list[str]:
    written = base64.b64decode(joined).hex()
    size = 2 * _HASH_BYTES
    return [written[start : start + size] for start in range(0, len(written), size)]
