"""The tables of what was sent and what became of it, and of who may report it.

Batches, messages and replies are drawn from the ledger and from what the vendor told, until the retention
reduces them. Nothing in any of these tables lets a call through, so the audit's chain does not cover them.
"""

from decimal import Decimal

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from server.store.columns import Moment, Points, Words
from server.store.schema import METADATA

BATCHES = Table(
    "batches",
    METADATA,
    # The action that sent it; of one that was sent elsewhere an id of the same form.
    Column("id", String(9), primary_key=True),
    Column("batch_id", Words, nullable=False),
    Column("principal", Words, nullable=False),
    Column("tool", Words, nullable=False),
    Column("kind", String(3), nullable=False),
    Column("state", String(9), nullable=False),
    Column("subject", Words, nullable=False),
    Column("words", Words, nullable=False),
    # A keyed hash of the whole text: what makes two batches alike.
    Column("alike", String(64), nullable=False),
    Column("day", String(10), nullable=False),
    Column("sent_at", Moment, nullable=False),
    Column("send_at", Moment),
    # When the last of its messages goes out, where it is booked.
    Column("last_at", Moment),
    Column("recipients", Integer, nullable=False),
    Column("parts", Integer),
    Column("points", Points),
    Column("points_returned", Points, nullable=False, default=Decimal(0)),
    # Messages by their state, as they were counted last; those that are in none of these are on their way.
    Column("delivered", Integer, nullable=False, default=0),
    Column("failed_retryable", Integer, nullable=False, default=0),
    Column("failed_permanent", Integer, nullable=False, default=0),
    Column("cancelled", Integer, nullable=False, default=0),
    Column("unknown", Integer, nullable=False, default=0),
    Column("replies", Integer, nullable=False, default=0),
    # Something of it changed since it was counted.
    Column("uncounted", Boolean, nullable=False, default=False),
    # When the newest state came in, by whatever way.
    Column("heard_at", Moment),
    # When the vendor was asked for the whole batch last, how often by the plan, and when it is next.
    Column("asked_at", Moment),
    Column("asks", Integer, nullable=False, default=0),
    Column("next_at", Moment),
    Column("replies_asked_at", Moment),
    # When its messages were reduced to these counts.
    Column("reduced_at", Moment),
    Index("batches_by_batch", "batch_id"),
    Index("batches_by_state", "state"),
    Index("batches_by_principal", "principal", "sent_at"),
    Index("batches_by_time", "sent_at"),
    Index("batches_uncounted", "uncounted"),
    Index("batches_by_plan", "next_at"),
    Index("batches_by_last", "last_at"),
    Index("batches_alike", "alike", "sent_at"),
)

MESSAGES = Table(
    "messages",
    METADATA,
    Column("batch", String(9), primary_key=True),
    # The first half of the number's keyed hash; `nth` tells apart several texts to one number.
    Column("number", String(32), primary_key=True),
    Column("nth", Integer, primary_key=True),
    # The key of the record at the vendor (MR), where it was given.
    Column("record", Words, nullable=False, default=""),
    # Number and name, encrypted.
    Column("sealed", Words, nullable=False),
    Column("code", Integer),
    Column("state", String(16), nullable=False, default=""),
    # 0: nothing was heard; 1: by callback; 2: by asking, which a callback does not change any more.
    Column("heard", Integer, nullable=False, default=0),
    Column("heard_at", Moment),
    Column("sent_at", Moment),
    Column("received_at", Moment),
    Column("points", Points),
    # Which of these three the vendor told when it was asked, as bits 1, 2 and 4: no report changes those.
    Column("answered", Integer, nullable=False, default=0),
    Index("messages_by_number", "number", "batch"),
    Index("messages_by_state", "batch", "state"),
)

PACKED_MESSAGES = Table(
    "packed_messages",
    METADATA,
    Column("batch", String(9), primary_key=True),
    Column("at", Moment, nullable=False),
    # The numbers in their order, compressed and encrypted.
    Column("sealed", Words, nullable=False),
    Index("packed_messages_by_time", "at"),
)

REDUCED_CODES = Table(
    "reduced_codes",
    METADATA,
    Column("batch", String(9), nullable=False),
    Column("code", Integer),
    Column("state", String(16), nullable=False),
    Column("count", Integer, nullable=False),
    # What the vendor said that it charged, of all but `unpriced` of them.
    Column("points", Points, nullable=False),
    Column("unpriced", Integer, nullable=False),
    Index("reduced_codes_by_batch", "batch"),
)

REDUCED_DELAYS = Table(
    "reduced_delays",
    METADATA,
    Column("batch", String(9), primary_key=True),
    # From sending to arrival, by the vendor's times.
    Column("seconds", Integer, primary_key=True),
    Column("count", Integer, nullable=False),
)

REPLIES = Table(
    "replies",
    METADATA,
    # A hash of batch, keyed number, text and second: a reply that comes twice is one.
    Column("key", String(64), primary_key=True),
    Column("batch", String(9), nullable=False),
    Column("number", String(32), nullable=False),
    Column("sealed", Words, nullable=False),
    Column("text", Words, nullable=False),
    Column("at", Moment),
    Column("heard_at", Moment, nullable=False),
    Column("opts_out", Boolean, nullable=False, default=False),
    Index("replies_by_batch", "batch", "heard_at"),
    Index("replies_by_number", "number"),
    Index("replies_by_time", "heard_at"),
)

OPT_OUTS = Table(
    "opt_outs",
    METADATA,
    # The whole keyed hash, as in the table of blocked numbers.
    Column("number", String(64), primary_key=True),
    Column("sealed", Words, nullable=False),
    Column("masked", Words, nullable=False),
    # `reply`, `omis` or `list`.
    Column("source", Words, nullable=False),
    Column("words", Words, nullable=False),
    Column("at", Moment, nullable=False),
    # `proposed`, `blocked` or `dismissed`.
    Column("state", String(9), nullable=False),
    Index("opt_outs_by_state", "state", "at"),
)

QUARANTINE = Table(
    "quarantine",
    METADATA,
    # The key of the report that fits nothing.
    Column("key", String(64), primary_key=True),
    Column("batch_id", Words, nullable=False),
    Column("why", Words, nullable=False),
    Column("at", Moment, nullable=False),
    Index("quarantine_by_time", "at"),
)

CALLBACK_COUNTS = Table(
    "callback_counts",
    METADATA,
    Column("day", String(10), primary_key=True),
    Column("what", String(16), primary_key=True),
    Column("count", Integer, nullable=False),
    # When the newest of them came.
    Column("at", Moment, nullable=False),
)

CALLBACK_TOKENS = Table(
    "callback_tokens",
    METADATA,
    # A keyed hash: who reads the store learns no token, who writes into it makes none.
    Column("token", String(64), primary_key=True),
    # When it was issued; of the one in the settings nobody knows.
    Column("issued_at", Moment),
    # When it was used last, to the minute.
    Column("used_at", Moment),
    # When it ends; without it, it does not.
    Column("until", Moment),
)

FROZEN_LISTS = Table(
    "frozen_lists",
    METADATA,
    # A keyed hash of who asked and of the reference.
    Column("key", String(64), primary_key=True),
    Column("sealed", Words, nullable=False),
    Column("until", Moment, nullable=False),
    Index("frozen_lists_by_end", "until"),
)

TASKS_SEEN = Table(
    "tasks_seen",
    METADATA,
    # `launch` or `job`, as OMIS answered about it: it lists none.
    Column("kind", String(6), primary_key=True),
    Column("id", String(64), primary_key=True),
    Column("name", Words, nullable=False),
    # In words of ours.
    Column("status", Words, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Index("tasks_seen_by_time", "seen_at"),
)

RECORDS = (
    BATCHES,
    MESSAGES,
    PACKED_MESSAGES,
    REDUCED_CODES,
    REDUCED_DELAYS,
    REPLIES,
    OPT_OUTS,
    QUARANTINE,
    CALLBACK_COUNTS,
    CALLBACK_TOKENS,
    FROZEN_LISTS,
    TASKS_SEEN,
)
"""Every table of this file."""
