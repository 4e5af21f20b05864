"""What was done and what was noted is kept: the database refuses to delete or rewrite it."""

from alembic import op

from server.store import triggers

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add the triggers. Rows of before are not in the audit by their content, and stay uncompared."""
    triggers.create(op.get_bind())
