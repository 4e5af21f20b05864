"""The tables of campaigns: the plan, its chunks, and who is in it.

That no chunk is sent twice rests on the ledger: each is an action of its own, and the audit covers that. What
stands here says which chunks wait.
"""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from server.store.columns import Moment, Points, Words
from server.store.schema import METADATA

CAMPAIGNS = Table(
    "campaigns",
    METADATA,
    Column("id", String(9), primary_key=True),
    Column("principal", Words, nullable=False),
    Column("name", Words, nullable=False),
    Column("state", String(9), nullable=False),
    # Why it holds, was paused or failed.
    Column("reason", Words, nullable=False, default=""),
    # JSON, sealed: the text, its longest fillings, the times, the trial, and what warnings count.
    Column("plan", Words, nullable=False),
    Column("list_name", Words, nullable=False),
    Column("list_digest", String(64), nullable=False),
    # Of the plan and everything that it would send.
    Column("digest", String(64), nullable=False),
    # A keyed fingerprint of the vendor's account.
    Column("account", Words, nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("parts", Integer, nullable=False),
    Column("points", Points, nullable=False),
    # The action that started it.
    Column("action", Words, nullable=False, default=""),
    Column("created_at", Moment, nullable=False),
    Column("started_at", Moment),
    Column("ended_at", Moment),
    # There is no trial, or what follows it may be sent.
    Column("released", Boolean, nullable=False, default=True),
    # Nothing of it is booked: it goes out when it is carried out.
    Column("at_once", Boolean, nullable=False, default=False),
    # A keyed MAC over what this program wrote of it, all but who carries it out.
    Column("seal", String(64), nullable=False, default=""),
    # How often it was resumed.
    Column("resumed", Integer, nullable=False, default=0),
    # Who carries it out, when that one was heard of last, and how often it changed hands.
    Column("worker", Words, nullable=False, default=""),
    Column("heartbeat", Moment),
    Column("epoch", Integer, nullable=False, default=0),
    Index("campaigns_by_state", "state", "created_at"),
    Index("campaigns_by_principal", "principal", "created_at"),
)

CHUNKS = Table(
    "campaign_chunks",
    METADATA,
    Column("campaign", String(9), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("phase", String(5), nullable=False),
    Column("recipients", Integer, nullable=False),
    Column("points", Points, nullable=False),
    # Numbers, values and times: compressed and encrypted; empty once it is done.
    Column("sealed", Words, nullable=False),
    Column("state", String(9), nullable=False),
    Column("action", String(9), unique=True),
    # Recipients that were left out when it was taken: blocked since the plan, or texted by another send.
    Column("left_out", Integer, nullable=False, default=0),
    Index("campaign_chunks_by_state", "campaign", "state", "number"),
)

RECIPIENTS = Table(
    "campaign_recipients",
    METADATA,
    Column("campaign", String(9), primary_key=True),
    # The first half of the number's keyed hash.
    Column("number", String(32), primary_key=True),
)

OF_CAMPAIGNS = (CAMPAIGNS, CHUNKS, RECIPIENTS)
"""Every table of this file."""
