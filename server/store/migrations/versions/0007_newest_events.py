"""The newest delivery reports of all batches are found without sorting every one."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add the index."""
    op.create_index("delivery_events_by_time", "delivery_events", ["received_at"])
