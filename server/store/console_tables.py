"""The table of who may use the page for people: one-time links and signed-in browsers, by keyed hash alone.

It lets nothing through that costs or destroys by itself: each yes goes through the ledger, under its guards.
"""

from sqlalchemy import Column, Index, String, Table

from server.store.columns import Moment, Words
from server.store.schema import METADATA

CONSOLE_PASSES = Table(
    "console_passes",
    METADATA,
    # A keyed hash: the pass itself is in the link, or in the browser, alone.
    Column("token", String(64), primary_key=True),
    Column("kind", String(7), nullable=False),
    Column("person", Words, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("until", Moment, nullable=False),
    Column("used_at", Moment),
    Index("console_passes_by_end", "until"),
)
