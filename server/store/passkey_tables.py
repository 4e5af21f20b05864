"""The tables of passkeys: what a person registered, and what a passkey signed for an approval.

Both guard, so the audit's chain covers them.
"""

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from server.store.columns import Moment, Words
from server.store.console_tables import METADATA

__all__ = ["APPROVAL_EVIDENCE", "METADATA", "PASSKEYS"]

PASSKEYS = Table(
    "passkeys",
    METADATA,
    Column("credential", Words, primary_key=True),
    Column("person", Words, nullable=False),
    Column("label", Words, nullable=False),
    Column("public_key", Words, nullable=False),
    Column("used", Integer, nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("removed_at", Moment),
)

APPROVAL_EVIDENCE = Table(
    "approval_evidence",
    METADATA,
    Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
    Column("credential", Words, nullable=False),
    # Of the credential, as it was: a passkey that was removed since proves what it signed.
    Column("public_key", Words, nullable=False),
    # Of the preview that was shown: the preview itself may be reduced by the retention.
    Column("preview_digest", String(64), nullable=False),
    Column("origin", Words, nullable=False),
    Column("assertion", Words, nullable=False),
    Column("signed_at", Moment, nullable=False),
)
