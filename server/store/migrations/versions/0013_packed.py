"""The texts and messages of a campaign's part in a row each, until they are unpacked."""

from alembic import op
from sqlalchemy import Column, ForeignKey, String, Text

revision = "0013"
down_revision = "0012"

_MOMENT = String(27)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "packed_texts",
        Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
        Column("campaign", String(9), nullable=False),
        Column("at", _MOMENT, nullable=False),
        Column("recipient_marks", Text, nullable=False),
        Column("message_marks", Text, nullable=False),
        Column("recipients", Text, nullable=False),
        Column("messages", Text, nullable=False),
    )
    op.create_index("packed_texts_by_campaign", "packed_texts", ["campaign", "action_id"])
    op.create_table(
        "packed_messages",
        Column("batch", String(9), primary_key=True),
        Column("at", _MOMENT, nullable=False),
        Column("sealed", Text, nullable=False),
    )
    op.create_index("packed_messages_by_time", "packed_messages", ["at"])
