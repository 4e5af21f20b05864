"""The table of approvals by a text: what was texted about an action, and what was answered.

It guards, so the audit's chain covers it.
"""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from server.store.columns import Moment, Words
from server.store.passkey_tables import METADATA

__all__ = ["METADATA", "PHONE_ASKS"]

PHONE_ASKS = Table(
    "phone_asks",
    METADATA,
    Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
    # The send that asked, an action of its own.
    Column("text_id", String(9), ForeignKey("actions.id"), nullable=False),
    # Keyed hashes: neither the number nor the code can be read from the store without the audit's key.
    Column("number", String(64), nullable=False),
    Column("code", String(64), nullable=False),
    Column("masked", Words, nullable=False),
    Column("preview_digest", String(64), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("wrong", Integer, nullable=False),
    Column("said", String(3), nullable=False),
    Column("batch_id", Words, nullable=False),
    Column("replied_at", Moment),
)
