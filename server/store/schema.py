"""The tables. What stands here must equal what the migrations build; a test compares the two."""

from decimal import Decimal

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, false

from server.store.columns import Moment, Points, Sequence, Words

METADATA = MetaData()

ACTIONS = Table(
    "actions",
    METADATA,
    # Gapless and in the order of the proposals: pages and totals come from it without counting rows.
    Column("sequence", Sequence, primary_key=True, autoincrement=False),
    Column("id", String(9), nullable=False, unique=True),
    # The second belt of "one live action of a call": whoever proposes the call anew frees it first.
    Column("live_key", String(64), unique=True),
    Column("day", String(10), nullable=False),
    Column("principal", Words, nullable=False),
    Column("session", Words, nullable=False),
    Column("tool", Words, nullable=False),
    Column("risk", Words, nullable=False),
    Column("vendor", Words, nullable=False),
    Column("digest", Words, nullable=False),
    Column("request_id", Words, nullable=False),
    Column("arguments", Words, nullable=False),
    Column("preview", Words, nullable=False),
    Column("proof", Words, nullable=False),
    Column("account", Words, nullable=False),
    Column("state", String(11), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("decided_at", Moment),
    Column("decided_by", Words, nullable=False, default=""),
    Column("channel", Words, nullable=False, default=""),
    Column("rule", Words, nullable=False, default=""),
    Column("owner", Words, nullable=False, default=""),
    Column("lease_until", Moment),
    Column("dispatched_at", Moment),
    Column("finished_at", Moment),
    Column("outcome", Words, nullable=False, default=""),
    Column("vendor_answer", Words, nullable=False, default=""),
    Column("batch_id", Words, nullable=False, default=""),
    Column("target", Words, nullable=False),
    Column("campaign", Words, nullable=False),
    Column("points", Points, nullable=False),
    Column("points_final", Points),
    Column("points_returned", Points, nullable=False, default=Decimal(0)),
    # Of a campaign's start: what its chunks count by themselves by now, or what is not sent any more.
    Column("recipients_returned", Integer, nullable=False, default=0, server_default="0"),
    # On an erase action: what it gave back. Set once, so that points never come back twice.
    Column("points_given_back", Points),
    Column("recipients", Integer, nullable=False),
    Column("retry_of", Words, nullable=False),
    Column("reason", Words, nullable=False),
    # Ids, comma between, of the actions whose texts this one repeats, as its question says.
    Column("repeats", Words, nullable=False, server_default=""),
    Column("out_of_band", Boolean, nullable=False, default=False, server_default=false()),
    Column("seal", Words, nullable=False, default="", server_default=""),
    # When the people in its arguments and its preview were taken out.
    Column("reduced_at", Moment),
    Index("actions_by_state", "state", "sequence"),
    Index("actions_by_tool", "tool", "sequence"),
    Index("actions_by_day", "day", "sequence"),
    Index("actions_by_batch", "batch_id", "sequence"),
    Index("actions_by_campaign", "campaign", "sequence"),
    Index("actions_by_principal", "principal", "sequence"),
    Index("actions_by_principal_state", "principal", "state", "sequence"),
    Index("actions_by_principal_tool", "principal", "tool", "sequence"),
    Index("actions_by_target", "vendor", "target", "sequence"),
    Index("actions_by_finish", "state", "finished_at"),
    Index("actions_by_request", "principal", "request_id", "created_at"),
)

USAGE_DAYS = Table(
    "usage_days",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("points", Points, nullable=False),
    Column("recipients", Integer, nullable=False),
)

RECIPIENT_TEXTS = Table(
    "recipient_texts",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("recipient", String(64), primary_key=True),
    Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
    Column("texts", Integer, nullable=False),
    Index("recipient_texts_by_action", "action_id"),
)

SENT_TEXTS = Table(
    "sent_texts",
    METADATA,
    # A keyed hash of whom it goes to and what is seen of it.
    Column("message", String(64), primary_key=True),
    Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
    # When it was booked for, empty for at once.
    Column("send_at", String(27), primary_key=True),
    Column("until", Moment, nullable=False),
    Index("sent_texts_by_action", "action_id"),
    Index("sent_texts_by_end", "until"),
)

PACKED_TEXTS = Table(
    "packed_texts",
    METADATA,
    Column("action_id", String(9), ForeignKey("actions.id"), primary_key=True),
    Column("campaign", String(9), nullable=False),
    # When they were claimed: their day, and the beginning of the time for which they are remembered.
    Column("at", Moment, nullable=False),
    # The first bytes of each hash: before the hashes, or SQLite reads through those to find them.
    Column("recipient_marks", Words, nullable=False),
    Column("message_marks", Words, nullable=False),
    # The keyed hashes of the numbers, and of the messages by the time that they were booked for.
    Column("recipients", Words, nullable=False),
    Column("messages", Words, nullable=False),
    Index("packed_texts_by_campaign", "campaign", "action_id"),
)

AUDIT = Table(
    "audit",
    METADATA,
    Column("sequence", Sequence, primary_key=True, autoincrement=False),
    Column("entry", Words, nullable=False),
    Column("mac", String(64), nullable=False),
)

BLOCKED_NUMBERS = Table(
    "blocked_numbers",
    METADATA,
    Column("number", String(64), primary_key=True),
    Column("masked", Words, nullable=False),
    Column("note", Words, nullable=False),
    Column("added_at", Moment, nullable=False),
    Index("blocked_numbers_by_time", "added_at", "number"),
)

DELIVERY_EVENTS = Table(
    "delivery_events",
    METADATA,
    Column("key", String(64), primary_key=True),
    Column("batch_id", Words, nullable=False),
    Column("record", Words, nullable=False),
    Column("message_id", Words, nullable=False),
    Column("number", String(64), nullable=False),
    Column("mobile", Words, nullable=False),
    Column("status", Words, nullable=False),
    Column("reported_at", Moment),
    Column("sent_at", Moment),
    Column("text", Words, nullable=False),
    Column("reference", Words, nullable=False),
    Column("charge", Words, nullable=False),
    Column("received_at", Moment, nullable=False),
    # Whether the messages know of it.
    Column("folded", Boolean, nullable=False, default=False, server_default=false()),
    Index("delivery_events_unfolded", "folded", "received_at"),
    Index("delivery_events_by_batch", "batch_id", "reported_at", "key"),
    Index("delivery_events_by_time", "received_at"),
)

SESSION_FACTS = Table(
    "session_facts",
    METADATA,
    Column("principal", Words, primary_key=True),
    Column("session", Words, primary_key=True),
    Column("outside_text_at", Moment, nullable=False),
)

VENDOR_LOCKS = Table(
    "vendor_locks",
    METADATA,
    Column("vendor", String(32), primary_key=True),
    Column("fingerprint", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("at", Moment, nullable=False),
)

META = Table(
    "meta",
    METADATA,
    Column("name", String(64), primary_key=True),
    Column("value", Words, nullable=False),
)
