"""What was sent and what became of it: batches, messages, replies, opt-outs, and reports that fit nothing."""

from alembic import op
from sqlalchemy import BigInteger, Boolean, Column, Integer, String, Text, false

revision = "0008"
down_revision = "0007"

_MOMENT = String(27)
_POINTS = BigInteger


def upgrade() -> None:
    """Make the tables, and what finds newly finished actions and reports."""
    op.create_index("actions_by_finish", "actions", ["state", "finished_at"])
    op.add_column("actions", Column("reduced_at", _MOMENT))
    op.add_column(
        "delivery_events", Column("folded", Boolean, nullable=False, default=False, server_default=false())
    )
    op.create_index("delivery_events_unfolded", "delivery_events", ["folded", "received_at"])
    _batches()
    _messages()
    _reduced()
    _replies()
    _reports()
    _tasks()


def _batches() -> None:
    op.create_table(
        "batches",
        Column("id", String(9), primary_key=True),
        *_texts("batch_id", "principal", "tool"),
        Column("kind", String(3), nullable=False),
        Column("state", String(9), nullable=False),
        *_texts("subject", "words"),
        Column("alike", String(64), nullable=False),
        Column("day", String(10), nullable=False),
        Column("sent_at", _MOMENT, nullable=False),
        Column("send_at", _MOMENT),
        Column("last_at", _MOMENT),
        Column("recipients", Integer, nullable=False),
        Column("parts", Integer),
        Column("points", _POINTS),
        Column("points_returned", _POINTS, nullable=False),
        *_counts("delivered", "failed_retryable", "failed_permanent", "cancelled", "unknown", "replies"),
        Column("uncounted", Boolean, nullable=False),
        Column("heard_at", _MOMENT),
        Column("asked_at", _MOMENT),
        Column("asks", Integer, nullable=False),
        Column("next_at", _MOMENT),
        Column("replies_asked_at", _MOMENT),
        Column("reduced_at", _MOMENT),
    )
    op.create_index("batches_by_batch", "batches", ["batch_id"])
    op.create_index("batches_by_state", "batches", ["state"])
    op.create_index("batches_by_principal", "batches", ["principal", "sent_at"])
    op.create_index("batches_by_time", "batches", ["sent_at"])
    op.create_index("batches_uncounted", "batches", ["uncounted"])
    op.create_index("batches_by_plan", "batches", ["next_at"])
    op.create_index("batches_by_last", "batches", ["last_at"])
    op.create_index("batches_alike", "batches", ["alike", "sent_at"])


def _messages() -> None:
    op.create_table(
        "messages",
        Column("batch", String(9), primary_key=True),
        Column("number", String(32), primary_key=True),
        Column("nth", Integer, primary_key=True),
        *_texts("record", "sealed"),
        Column("code", Integer),
        Column("state", String(16), nullable=False),
        Column("heard", Integer, nullable=False),
        Column("heard_at", _MOMENT),
        Column("sent_at", _MOMENT),
        Column("received_at", _MOMENT),
        Column("points", _POINTS),
        Column("answered", Integer, nullable=False),
    )
    op.create_index("messages_by_number", "messages", ["number", "batch"])
    op.create_index("messages_by_state", "messages", ["batch", "state"])


def _reduced() -> None:
    op.create_table(
        "reduced_codes",
        Column("batch", String(9), nullable=False),
        Column("code", Integer),
        Column("state", String(16), nullable=False),
        Column("count", Integer, nullable=False),
        Column("points", _POINTS, nullable=False),
        Column("unpriced", Integer, nullable=False),
    )
    op.create_index("reduced_codes_by_batch", "reduced_codes", ["batch"])
    op.create_table(
        "reduced_delays",
        Column("batch", String(9), primary_key=True),
        Column("seconds", Integer, primary_key=True),
        Column("count", Integer, nullable=False),
    )


def _replies() -> None:
    op.create_table(
        "replies",
        Column("key", String(64), primary_key=True),
        Column("batch", String(9), nullable=False),
        Column("number", String(32), nullable=False),
        *_texts("sealed", "text"),
        Column("at", _MOMENT),
        Column("heard_at", _MOMENT, nullable=False),
        Column("opts_out", Boolean, nullable=False),
    )
    op.create_index("replies_by_batch", "replies", ["batch", "heard_at"])
    op.create_index("replies_by_number", "replies", ["number"])
    op.create_index("replies_by_time", "replies", ["heard_at"])
    op.create_table(
        "opt_outs",
        Column("number", String(64), primary_key=True),
        *_texts("sealed", "masked", "source", "words"),
        Column("at", _MOMENT, nullable=False),
        Column("state", String(9), nullable=False),
    )
    op.create_index("opt_outs_by_state", "opt_outs", ["state", "at"])


def _reports() -> None:
    op.create_table(
        "quarantine",
        Column("key", String(64), primary_key=True),
        *_texts("batch_id", "why"),
        Column("at", _MOMENT, nullable=False),
    )
    op.create_index("quarantine_by_time", "quarantine", ["at"])
    op.create_table(
        "callback_counts",
        Column("day", String(10), primary_key=True),
        Column("what", String(16), primary_key=True),
        Column("count", Integer, nullable=False),
        Column("at", _MOMENT, nullable=False),
    )
    op.create_table(
        "callback_tokens",
        Column("token", String(64), primary_key=True),
        Column("issued_at", _MOMENT),
        Column("used_at", _MOMENT),
        Column("until", _MOMENT),
    )
    op.create_table(
        "frozen_lists",
        Column("key", String(64), primary_key=True),
        *_texts("sealed"),
        Column("until", _MOMENT, nullable=False),
    )
    op.create_index("frozen_lists_by_end", "frozen_lists", ["until"])


def _tasks() -> None:
    op.create_table(
        "tasks_seen",
        Column("kind", String(6), primary_key=True),
        Column("id", String(64), primary_key=True),
        *_texts("name", "status"),
        Column("seen_at", _MOMENT, nullable=False),
    )
    op.create_index("tasks_seen_by_time", "tasks_seen", ["seen_at"])


def _texts(*names: str) -> list[Column[str]]:
    return [Column(name, Text, nullable=False) for name in names]


def _counts(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in names]
