"""The page for people: one-time links and signed-in browsers."""

from alembic import op
from sqlalchemy import Column, String, Text

revision = "0011"
down_revision = "0010"

_MOMENT = String(27)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "console_passes",
        Column("token", String(64), primary_key=True),
        Column("kind", String(7), nullable=False),
        Column("person", Text, nullable=False),
        Column("made_at", _MOMENT, nullable=False),
        Column("until", _MOMENT, nullable=False),
        Column("used_at", _MOMENT),
    )
    op.create_index("console_passes_by_end", "console_passes", ["until"])
