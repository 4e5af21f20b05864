"""The ledger: at once the idempotency record, the approval queue and the memory of what was sent.

Every function is synchronous over one `sqlalchemy.Connection`, inside the caller's transaction; every step
is a compare-and-set; no function reads a clock. Pass them to `Store.write` and `Store.read`.
"""

from server.store.counting import usage
from server.store.dispatch import begin, claim, due, erased, finish, give_back, reap, reconcile
from server.store.listing import COUNT_LIMIT, list_actions
from server.store.lookup import by_batch, get
from server.store.proposals import (
    approve,
    deny,
    expire_due,
    find_live,
    propose,
    send_out_of_band,
    undecided,
    void,
    waiting,
    waiting_page,
)

__all__ = [
    "COUNT_LIMIT",
    "approve",
    "begin",
    "by_batch",
    "claim",
    "deny",
    "due",
    "erased",
    "expire_due",
    "find_live",
    "finish",
    "get",
    "give_back",
    "list_actions",
    "propose",
    "reap",
    "reconcile",
    "send_out_of_band",
    "undecided",
    "usage",
    "void",
    "waiting",
    "waiting_page",
]
