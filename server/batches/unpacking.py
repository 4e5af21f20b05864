"""The messages of a campaign's part: packed by its claim, a row each as soon as one of them matters.

To hash, encrypt and insert each by itself takes several times as long as all that a part needs to be sent.
"""

import logging
import zlib
from collections.abc import Sequence
from datetime import datetime

from server.batches.message_rows import message_rows
from server.batches.numbers import NumberSeal, SealedNumberError
from server.store.keys import half_hashes
from server.store.messages import add_messages
from server.store.packed_messages import add_packed, drop_packed, packed_messages_of
from server.store.plans import Connection
from tools.action_id import reference_of
from tools.every8d.send_personalized_sms import made_keys
from tools.every8d.sent import Addressed

_LEVEL = 1
_log = logging.getLogger(__name__)


def packed_numbers(mobiles: Sequence[str]) -> bytes:
    """Numbers in E.164, as bytes to be sealed; their places among them are those of their records' keys."""
    return zlib.compress("\n".join(mobiles).encode("ascii"), _LEVEL)


def pack_messages(conn: Connection, batch: str, at: datetime, numbers: bytes, seal: NumberSeal) -> None:
    """Keep the messages of a batch that begins, in one row."""
    add_packed(conn, batch, at, seal.seal_content(numbers, batch))


def unpack_messages(conn: Connection, batch: str, key: bytes, seal: NumberSeal) -> None:
    """Give each message of a batch its row, where they are packed."""
    sealed = packed_messages_of(conn, batch)
    if sealed is None:
        return
    drop_packed(conn, batch)
    try:
        mobiles = zlib.decompress(seal.open_content(sealed, batch)).decode("ascii").split("\n")
    except SealedNumberError:
        _log.warning("whom the send %s was to cannot be read any more: its row was damaged", batch)
        return
    keys = made_keys(reference_of(batch), len(mobiles))
    messages = [
        Addressed(mobile=mobile, record=record, text="") for mobile, record in zip(mobiles, keys, strict=True)
    ]
    add_messages(conn, message_rows(batch, messages, half_hashes(key, mobiles), seal))
