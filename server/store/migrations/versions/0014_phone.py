"""What was texted to the approver's phone about an action, and what was answered."""

from alembic import op
from sqlalchemy import Column, ForeignKey, Integer, String, Text

revision = "0014"
down_revision = "0013"

_MOMENT = String(27)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "phone_asks",
        Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
        Column("text_id", String(9), ForeignKey("actions.id"), nullable=False),
        Column("number", String(64), nullable=False),
        Column("code", String(64), nullable=False),
        Column("masked", Text, nullable=False),
        Column("preview_digest", String(64), nullable=False),
        Column("asked_at", _MOMENT, nullable=False),
        Column("wrong", Integer, nullable=False),
        Column("said", String(3), nullable=False),
        Column("batch_id", Text, nullable=False),
        Column("replied_at", _MOMENT),
    )
