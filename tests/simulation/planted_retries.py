"""Defects planted into what plans a campaign again for those whom it failed to reach."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from sqlalchemy import text

from server.batches.numbers import NumberSeal
from server.batches.recipients import Recipients
from server.gate import members
from server.ledger import campaign_claiming, part_reach
from server.store.plans import Connection
from tests.simulation.planted import Plant, always, put, there
from tools.every8d.references import FAILED

_OF_RETRY = text(
    "SELECT c.list_name FROM campaigns c JOIN actions a ON a.campaign = c.id WHERE a.id = :batch"
)
_MESSAGES = text("SELECT sealed, state FROM messages WHERE batch = :batch")


def _blind_claims(stack: ExitStack) -> None:
    """The claim of what is planned again looks at no other send: the second wall is gone too."""
    real = there(part_reach, "texted_before")

    def unseen(conn: Connection, reach: Any, now: Any, campaign: str, again: Any) -> set[str]:
        return real(conn, reach, now, campaign, again) if again is None else set()

    put(stack, campaign_claiming, "texted_before", unseen)


def _take(stack: ExitStack, *, of_retries: bool, states: Sequence[str]) -> None:
    """More count as failed: those of these states, of all campaigns or of what was planned again."""
    real = there(members, "recipients_of")

    def recipients(conn: Connection, batch: str, which: str, seal: NumberSeal, *more: Any) -> Recipients:
        found = real(conn, batch, which, seal, *more)
        again = str(conn.scalar(_OF_RETRY, {"batch": batch})).startswith(FAILED)
        if which != FAILED or (of_retries and not again):
            return found
        rows = conn.execute(_MESSAGES, {"batch": batch}).all()
        others = seal.mobiles((sealed, batch) for sealed, state in rows if state in states)
        return Recipients(mobiles=tuple(dict.fromkeys((*found.mobiles, *others))))

    put(stack, members, "recipients_of", recipients)
    put(stack, members, "had_since", always(set[str]()))


def _a_retry_takes_the_unknown(stack: ExitStack) -> None:
    """Of whom nobody knows anything is planned again with those who failed."""
    _take(stack, of_retries=False, states=("", "pending", "unknown"))
    _blind_claims(stack)


def _a_retry_takes_whom_it_reached_since(stack: ExitStack) -> None:
    """Who failed when it was planned, and arrived by a late report, is texted all the same."""
    _blind_claims(stack)


def _two_plans_of_the_same_failed(stack: ExitStack) -> None:
    """Another plan of the same is forgotten after a day."""
    put(stack, members, "had_since", always(set[str]()))
    put(stack, part_reach, "had_since", always(set[str]()))


def _a_retry_of_a_retry_takes_everybody(stack: ExitStack) -> None:
    """What was planned again is planned again for those too whom it reached."""
    _take(stack, of_retries=True, states=("delivered",))
    _blind_claims(stack)


RETRY_PLANTS: Mapping[str, Plant] = {
    "a retry takes the unknown": _a_retry_takes_the_unknown,
    "a retry takes whom it reached since": _a_retry_takes_whom_it_reached_since,
    "two plans of the same failed": _two_plans_of_the_same_failed,
    "a retry of a retry takes everybody": _a_retry_of_a_retry_takes_everybody,
}
