"""The course of a campaign: whether it goes out at once, and the seal of its row."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add the columns; a campaign from before has no seal, and is let go on by a person alone."""
    op.add_column("campaigns", sa.Column("at_once", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("campaigns", sa.Column("seal", sa.String(64), nullable=False, server_default=""))
