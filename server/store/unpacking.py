"""The texts of a campaign's part become a row each: what one row stood for until then."""

from datetime import datetime

from server.store.actions import Action
from server.store.counting import reserve_texts
from server.store.packed_texts import count_packed, pack, take_packed, texts_packed_before
from server.store.packing import Packing
from server.store.plans import Connection
from server.store.sent_texts import Texted, moment_or_none, remember

MOST_PACKED = 2000
"""Parts, of a million texts: whoever looks whether somebody had a text looks through all of them."""
_AT_ONCE = 2
"""Where there are more, each that comes has so many unpacked."""


def pack_texts(conn: Connection, action: Action, packing: Packing, now: datetime) -> None:
    """Keep the texts of a campaign's part: in one row, and as many such rows as can be looked through."""
    pack(conn, action.id, now, packing, action.campaign)
    if count_packed(conn) > MOST_PACKED:
        unpack_before(conn, now, _AT_ONCE)


def unpack_before(conn: Connection, before: datetime, at_most: int) -> int:
    """Unpack those that have been packed since then or longer, the oldest first; how many they were."""
    return sum(unpack_texts(conn, each) for each in texts_packed_before(conn, before)[:at_most])


def unpack_texts(conn: Connection, action_id: str) -> bool:
    """The texts of this action get a row each; False where they are not packed."""
    packed = take_packed(conn, action_id)
    if packed is None:
        return False
    reserve_texts(conn, action_id, packed.recipients, packed.at)
    texts = [
        Texted(message, moment_or_none(send_at))
        for send_at, those in packed.messages.items()
        for message in those
    ]
    remember(conn, action_id, texts, packed.at)
    return True
