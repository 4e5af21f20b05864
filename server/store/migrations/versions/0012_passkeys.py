"""Passkeys, and what they signed for an approval."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text

revision = "0012"
down_revision = "0011"

_MOMENT = String(27)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "passkeys",
        Column("credential", Text, primary_key=True),
        Column("person", Text, nullable=False),
        Column("label", Text, nullable=False),
        Column("public_key", Text, nullable=False),
        Column("used", Integer, nullable=False),
        Column("registered_at", _MOMENT, nullable=False),
        Column("removed_at", _MOMENT),
    )
    op.create_table(
        "approval_evidence",
        Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
        Column("credential", Text, nullable=False),
        Column("public_key", Text, nullable=False),
        Column("preview_digest", String(64), nullable=False),
        Column("origin", Text, nullable=False),
        Column("assertion", Text, nullable=False),
        Column("signed_at", _MOMENT, nullable=False),
    )
