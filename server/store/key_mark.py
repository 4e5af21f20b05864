"""The store remembers which key its hashes were made with.

With another key no blocked number and no earlier call is recognised: somebody who asked not to be contacted
would get texts, and a call made before would be made again.
"""

import hashlib
import hmac

from server.store.meta import set_value, value_of
from server.store.plans import Connection

MARK = "audit_key"
"""The name of the mark."""


def mark_of(key: bytes) -> str:
    """What stands for the key in the store; the key cannot be told from it."""
    return hmac.digest(key, b"which key this is", hashlib.sha256).hex()


def known_mark(conn: Connection) -> str | None:
    """The mark of the key that this store was first used with."""
    return value_of(conn, MARK)


def remember_mark(conn: Connection, mark: str) -> str:
    """Keep the mark unless there is one already; the one that holds."""
    known = known_mark(conn)
    if known is None:
        set_value(conn, MARK, mark)
    return known or mark
