"""The seal of what waits for a decision or for the claim."""

from alembic import op
from sqlalchemy import Column, Text

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the seal. What is undecided has none and would be refused, so it expires: it is asked anew."""
    op.add_column("actions", Column("seal", Text, nullable=False, server_default=""))
    op.execute(
        "UPDATE actions SET state = 'expired', reason = 'the program was updated' "
        "WHERE state IN ('proposed', 'approved')"
    )
