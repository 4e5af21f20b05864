"""The first schema.

Text columns are Text, not bounded: PostgreSQL would refuse what SQLite takes.
"""

from alembic import op
from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Text

revision = "0001"
down_revision = None

_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")
_MOMENT = String(27)
_POINTS = BigInteger


def upgrade() -> None:
    """Make every table."""
    _actions()
    _counting()
    _audit()
    _numbers_and_events()
    _vendors_and_meta()


def _actions() -> None:
    op.create_table(
        "actions",
        Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
        Column("id", String(9), nullable=False, unique=True),
        Column("live_key", String(64), unique=True),
        Column("day", String(10), nullable=False),
        *_texts("principal", "session", "tool", "risk", "vendor", "digest", "request_id"),
        *_texts("arguments", "preview", "proof", "account"),
        Column("state", String(11), nullable=False),
        Column("created_at", _MOMENT, nullable=False),
        Column("expires_at", _MOMENT, nullable=False),
        Column("decided_at", _MOMENT),
        *_texts("decided_by", "channel", "rule", "owner"),
        Column("lease_until", _MOMENT),
        Column("dispatched_at", _MOMENT),
        Column("finished_at", _MOMENT),
        *_texts("outcome", "vendor_answer", "batch_id", "target", "campaign"),
        Column("points", _POINTS, nullable=False),
        Column("points_final", _POINTS),
        Column("points_returned", _POINTS, nullable=False),
        Column("points_given_back", _POINTS),
        Column("recipients", Integer, nullable=False),
        *_texts("retry_of", "reason"),
    )
    _index("actions_by_state", "actions", "state", "sequence")
    _index("actions_by_tool", "actions", "tool", "sequence")
    _index("actions_by_day", "actions", "day", "sequence")
    _index("actions_by_batch", "actions", "batch_id", "sequence")
    _index("actions_by_campaign", "actions", "campaign", "sequence")
    _index("actions_by_principal", "actions", "principal", "sequence")
    _index("actions_by_principal_state", "actions", "principal", "state", "sequence")
    _index("actions_by_principal_tool", "actions", "principal", "tool", "sequence")
    _index("actions_by_target", "actions", "vendor", "target", "sequence")
    _index("actions_by_request", "actions", "principal", "request_id", "created_at")


def _counting() -> None:
    op.create_table(
        "usage_days",
        Column("day", String(10), primary_key=True),
        Column("points", _POINTS, nullable=False),
        Column("recipients", Integer, nullable=False),
    )
    op.create_table(
        "recipient_texts",
        Column("day", String(10), primary_key=True),
        Column("recipient", String(64), primary_key=True),
        Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
        Column("texts", Integer, nullable=False),
    )
    _index("recipient_texts_by_action", "recipient_texts", "action_id")


def _audit() -> None:
    op.create_table(
        "audit",
        Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
        *_texts("entry"),
        Column("mac", String(64), nullable=False),
    )


def _numbers_and_events() -> None:
    op.create_table(
        "blocked_numbers",
        Column("number", String(64), primary_key=True),
        *_texts("masked", "note"),
        Column("added_at", _MOMENT, nullable=False),
    )
    _index("blocked_numbers_by_time", "blocked_numbers", "added_at", "number")
    op.create_table(
        "delivery_events",
        Column("key", String(64), primary_key=True),
        *_texts("batch_id", "record", "message_id"),
        Column("number", String(64), nullable=False),
        *_texts("mobile", "status"),
        Column("reported_at", _MOMENT),
        Column("sent_at", _MOMENT),
        *_texts("text", "reference", "charge"),
        Column("received_at", _MOMENT, nullable=False),
    )
    _index("delivery_events_by_batch", "delivery_events", "batch_id", "reported_at", "key")


def _vendors_and_meta() -> None:
    op.create_table(
        "vendor_locks",
        Column("vendor", String(32), primary_key=True),
        *_texts("fingerprint", "reason"),
        Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "meta",
        Column("name", String(64), primary_key=True),
        *_texts("value"),
    )


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _index(name: str, table: str, *columns: str) -> None:
    op.create_index(name, table, list(columns))
