"""What was texted to whom, as keyed hashes, so that the same effect is known whatever call it comes by."""

from alembic import op
from sqlalchemy import Column, ForeignKey, String, Text

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the table, and the column that says what a question told of it."""
    op.add_column("actions", Column("repeats", Text, nullable=False, server_default=""))
    op.create_table(
        "sent_texts",
        Column("message", String(64), primary_key=True),
        Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
        Column("send_at", String(27), primary_key=True),
        Column("until", String(27), nullable=False),
    )
    op.create_index("sent_texts_by_action", "sent_texts", ["action_id"])
    op.create_index("sent_texts_by_end", "sent_texts", ["until"])
