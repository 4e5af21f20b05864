"""The seal of what waits for a decision or for the claim: a keyed MAC over the whole row.

Whoever can write the store, and has not the audit's key, can neither change such a row nor move it to
another state. The claim takes the seal away, so that an approval is good for one claim.
"""

import hmac
import json
from dataclasses import fields
from datetime import datetime
from operator import attrgetter

from server.store.actions import Action
from server.store.columns import moment_text
from server.store.keys import keyed
from server.store.plans import Connection
from server.store.rows import compare_and_set, step

_SEALED = attrgetter(*(field.name for field in fields(Action) if field.name != "seal"))
_SEAL = step()


def seal(conn: Connection, key: bytes, action: Action) -> Action:
    """Seal the row as it stands; the action with its seal."""
    return compare_and_set(conn, _SEAL, action.id, seal=seal_of(key, action)) or action


def is_sealed(key: bytes, action: Action) -> bool:
    """Whether this program wrote the row as it stands."""
    return hmac.compare_digest(seal_of(key, action).encode(), action.seal.encode())


def seal_of(key: bytes, action: Action) -> str:
    """The seal of an action, in hexadecimal."""
    values = [_written(value) for value in _SEALED(action)]
    written = json.dumps(["action", *values], separators=(",", ":"))
    return keyed(key, "seal", written)


def _written(value: object) -> str | None:
    if value is None or type(value) is str:
        return value
    return moment_text(value) if isinstance(value, datetime) else str(value)
