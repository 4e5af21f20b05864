"""Campaigns: the plan, its chunks, who is in it; and what a start has handed on to its chunks."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text

revision = "0009"
down_revision = "0008"

_MOMENT = String(27)
_POINTS = BigInteger


def upgrade() -> None:
    """Make the tables and the column."""
    op.add_column("actions", Column("recipients_returned", Integer, nullable=False, server_default="0"))
    op.create_table(
        "campaigns",
        Column("id", String(9), primary_key=True),
        *_texts("principal", "name"),
        Column("state", String(9), nullable=False),
        *_texts("reason", "plan", "list_name"),
        Column("list_digest", String(64), nullable=False),
        Column("digest", String(64), nullable=False),
        *_texts("account"),
        Column("recipients", Integer, nullable=False),
        Column("parts", Integer, nullable=False),
        Column("points", _POINTS, nullable=False),
        *_texts("action"),
        Column("created_at", _MOMENT, nullable=False),
        Column("started_at", _MOMENT),
        Column("ended_at", _MOMENT),
        Column("released", Boolean, nullable=False),
        Column("resumed", Integer, nullable=False),
        *_texts("worker"),
        Column("heartbeat", _MOMENT),
        Column("epoch", Integer, nullable=False),
    )
    op.create_index("campaigns_by_state", "campaigns", ["state", "created_at"])
    op.create_index("campaigns_by_principal", "campaigns", ["principal", "created_at"])
    op.create_table(
        "campaign_chunks",
        Column("campaign", String(9), primary_key=True),
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("phase", String(5), nullable=False),
        Column("recipients", Integer, nullable=False),
        Column("points", _POINTS, nullable=False),
        *_texts("sealed"),
        Column("state", String(9), nullable=False),
        Column("action", String(9), unique=True),
        Column("left_out", Integer, nullable=False),
    )
    op.create_index("campaign_chunks_by_state", "campaign_chunks", ["campaign", "state", "number"])
    op.create_table(
        "campaign_recipients",
        Column("campaign", String(9), primary_key=True),
        Column("number", String(32), primary_key=True),
    )


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]
