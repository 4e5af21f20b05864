"""Which actions were sent to another place to be approved: no form can approve them any more."""

from alembic import op
from sqlalchemy import Boolean, Column, false

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add the mark; what is there has none."""
    op.add_column("actions", Column("out_of_band", Boolean, nullable=False, server_default=false()))
