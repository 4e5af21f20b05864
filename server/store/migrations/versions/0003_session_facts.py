"""Sessions in which text from outside was read."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "session_facts",
        Column("principal", Text, primary_key=True),
        Column("session", Text, primary_key=True),
        Column("outside_text_at", String(27), nullable=False),
    )
