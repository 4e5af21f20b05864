"""The seal of what waits for a decision or for the claim: a keyed MAC over the whole row.

Whoever can write the store, and has not the audit's key, can neither change such a row nor move it to
another state. The claim takes the seal away, so that an approval is good for one claim.
"""

import hmac
from datetime import datetime
from json.encoder import encode_basestring_ascii as _quoted

from server.store.actions import Action
from server.store.columns import moment_text
from server.store.keys import keyed
from server.store.rows import SEALED


def is_sealed(key: bytes, action: Action) -> bool:
    """Whether this program wrote the row as it stands."""
    return hmac.compare_digest(seal_of(key, action).encode(), action.seal.encode())


def seal_of(key: bytes, action: Action) -> str:
    """The seal of an action, in hexadecimal."""
    values = ",".join(map(_written, SEALED(action)))
    return keyed(key, "seal", f'["action",{values}]')


def _written(value: object) -> str:
    """A value as JSON: a text, or null."""
    if type(value) is str:
        return _quoted(value)
    if value is None:
        return "null"
    return _quoted(moment_text(value) if isinstance(value, datetime) else str(value))
