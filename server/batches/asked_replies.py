"""What the vendor answered when it was asked for a batch's replies (EVERY8D 2.4), kept in the inbox."""

from collections.abc import Iterable
from datetime import datetime

from server.batches.inbox import Inbox, Reply
from server.batches.numbers import Who
from server.store.batches import Batch, is_reduced, set_batch
from server.store.forgetting import is_forgotten
from server.store.keys import HALF, hash_number
from server.store.plans import Connection
from tools.every8d.replies import ReplyMessage


def note_replies(
    conn: Connection, batch: Batch, replies: Iterable[ReplyMessage], *, inbox: Inbox, at: datetime
) -> int:
    """Keep those that are not known yet; how many they were.

    The vendor says whose they are, so that a number counts which the batch's own rows do not have.
    """
    if is_reduced(conn, batch.id):
        return 0
    fresh = 0
    for each in replies:
        reply = Reply(
            batch=batch.id,
            number=hash_number(inbox.key, each.mobile),
            who=Who(each.mobile, each.name),
            text=each.text,
            at=each.received_at,
            heard_at=at,
        )
        if is_forgotten(conn, batch.id, reply.number[:HALF], inbox.key):
            inbox.hear_wish(conn, reply)
        else:
            fresh += inbox.keep(conn, reply)
    set_batch(conn, batch.id, replies_asked_at=at, uncounted=True)
    return fresh
