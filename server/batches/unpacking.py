"""The messages of a campaign's part: packed by its claim, a row each as soon as one of them matters.

To hash, encrypt and insert each by itself takes several times as long as all that a part needs to be sent.
"""

import logging

from server.batches.chunk_content import opened_numbers
from server.batches.message_rows import message_rows
from server.batches.numbers import NumberSeal, SealedNumberError
from server.store.keys import half_hashes
from server.store.messages import add_messages
from server.store.packed_messages import drop_packed, packed_messages_of
from server.store.plans import Connection
from tools.action_id import reference_of
from tools.every8d.send_personalized_sms import made_keys
from tools.every8d.sent import Addressed

_log = logging.getLogger(__name__)


def unpack_messages(conn: Connection, batch: str, key: bytes, seal: NumberSeal) -> None:
    """Give each message of a batch its row, where they are packed."""
    sealed = packed_messages_of(conn, batch)
    if sealed is None:
        return
    drop_packed(conn, batch)
    try:
        mobiles = opened_numbers(sealed, batch, seal)
    except SealedNumberError:
        _log.warning("whom the send %s was to cannot be read any more: its row was damaged", batch)
        return
    keys = made_keys(reference_of(batch), len(mobiles))
    messages = [
        Addressed(mobile=mobile, record=record, text="") for mobile, record in zip(mobiles, keys, strict=True)
    ]
    add_messages(conn, message_rows(batch, messages, half_hashes(key, mobiles), seal))
