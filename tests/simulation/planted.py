"""Defects planted into the real code, to see that the simulation finds each: the test of the test."""

import json
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from unittest.mock import patch

import httpcore2
from sqlalchemy import bindparam, or_, select, update

from server.gate import approval, dispatching, ruling
from server.gate.caller import FormReply
from server.gate.calls import CallOf
from server.gate.rules.policy import Intent
from server.ledger import book, claiming, journal, past
from server.store import audit, counting, dispatch, ledger, proposals, rows, sealing, sent_texts
from server.store.actions import NO_CAPS, Action, State
from server.store.head_file import Head
from server.store.plans import Connection
from server.store.schema import ACTIONS
from server.vendors import exchange as transport
from server.vendors.watch import Watch
from tests.simulation import vendor
from tests.simulation.vendor import LossyVendors
from tools.desk import retry
from tools.desk.retry import RETRY_SAFELY
from tools.every8d.send_sms import SEND_SMS
from tools.operation import Reply, Request

Plant = Callable[[ExitStack], None]
_LONG = timedelta(days=10_000)


def there(owner: object, name: str) -> Any:
    """What stands there, private or not. A plant whose place is gone fails here, and has to move with it."""
    return getattr(owner, name)


def put(stack: ExitStack, owner: object, name: str, value: object) -> None:
    stack.enter_context(patch.object(owner, name, value))


def put_frozen(stack: ExitStack, owner: object, name: str, value: object) -> None:
    stack.callback(object.__setattr__, owner, name, there(owner, name))
    object.__setattr__(owner, name, value)


def always(value: object) -> Callable[..., object]:
    def answer(*_: object, **__: object) -> object:
        return value

    return answer


def _claim_whatever_the_state(stack: ExitStack) -> None:
    """`claim` without the compare-and-set: whoever asks gets it."""

    def take(
        conn: Connection, action_id: str, owner: str, now: datetime, lease_seconds: float
    ) -> Action | None:
        lease = now + timedelta(seconds=lease_seconds)
        values = {"state": State.DISPATCHING, "owner": owner, "lease_until": lease, "dispatched_at": now}
        valid = (ACTIONS.c.id == action_id, ACTIONS.c.expires_at >= now)
        changed = conn.execute(update(ACTIONS).where(*valid).values(values)).rowcount == 1
        return rows.by_id(conn, action_id) if changed else None

    put(stack, dispatch, "_take", take)


def _post_before_the_claim(stack: ExitStack) -> None:
    """`dispatching` is committed after the POST."""
    real = there(dispatching.Dispatching, "_proceed")
    post = there(dispatching.Dispatching, "_post")

    async def early(self: Any, call: CallOf, world: Any, entry: Action) -> Any:
        around = replace(world, reference=dispatching.reference_of(entry.id))
        outcome = await post(self, call, around, entry, None)

        async def known(*_: object) -> object:
            return outcome

        with patch.object(self, "_post", known, create=True):
            reached = call.audience(world)
            claimed = await self._context.book.claim(entry.id, reached.recipients, reached.messages)
            return await real(self, call, world, entry, claimed)

    put(stack, dispatching.Dispatching, "carry_out", early)


def _reset_is_not_sent(stack: ExitStack) -> None:
    """A connection that breaks proves nothing; here it is taken for a proof."""

    @contextmanager
    def gullible(watch: Watch) -> Generator[None]:
        try:
            with transport.classified(watch):
                yield
        except transport.UnknownOutcomeError as error:
            if isinstance(error.__cause__, httpcore2.ReadError):
                raise transport.NotSentError("reset") from error
            raise

    put(stack, vendor, "classified", gullible)


def _retry_on_unknown(stack: ExitStack) -> None:
    """A request whose answer is lost is sent again by itself."""
    real = LossyVendors.send

    async def again(self: LossyVendors, request: Request, **how: Any) -> Reply:
        try:
            return await real(self, request, **how)
        except transport.UnknownOutcomeError:
            return await real(self, request, **how)

    put(stack, LossyVendors, "send", again)


def _digest_without(name: str) -> Plant:
    """The digest of the arguments leaves one out, so other calls are taken for the same call."""

    def plant(stack: ExitStack) -> None:
        real = book.Book.digest

        async def digest(self: book.Book, text: str) -> str:
            canonical = json.loads(text)
            canonical.get("arguments", {}).pop(name, None)
            return await real(self, json.dumps(canonical, sort_keys=True))

        put(stack, book.Book, "digest", digest)

    return plant


def _approval_not_bound(stack: ExitStack) -> None:
    """A person's answer counts for whatever call comes with it, from whomever."""

    async def replied(self: Any, call: CallOf, digest: str, action_id: str, reply: Any) -> Any:
        entry = await self._context.book.get(action_id)
        return await self._answered(call, entry, reply)

    put(stack, approval.Approval, "replied", replied)


def _caps_outside_the_transaction(stack: ExitStack) -> None:
    """The caps are looked at first, and the claim reserves without looking."""
    real = book.Book.claim

    async def claim(self: Any, action_id: str, recipients: Any, messages: Any = ()) -> Any:
        hashes = await self._journal.hashes(recipients)
        caps = self._caps

        def work(conn: Connection, now: datetime) -> Any:
            action = rows.by_id(conn, action_id)
            return action and counting.cap_hit(conn, action, caps, hashes, now)

        hit = await self._journal.read(work)
        if hit is not None:
            return hit
        self._caps = NO_CAPS
        try:
            return await real(self, action_id, recipients, messages)
        finally:
            self._caps = caps

    put(stack, book.Book, "claim", claim)


def _reaper_lets_it_go_again(stack: ExitStack) -> None:
    """A dispatch without a living owner is approved once more, instead of unknown."""

    def reap(conn: Connection, now: datetime) -> list[Action]:
        lapsed = (rows.in_state(State.DISPATCHING), ACTIONS.c.lease_until < now)
        found = conn.scalars(select(ACTIONS.c.id).where(*lapsed)).all()
        values = {"state": State.APPROVED, "expires_at": now + timedelta(hours=1)}
        conn.execute(update(ACTIONS).where(*lapsed).values(values))
        return [action for each in found if (action := rows.by_id(conn, each)) is not None]

    put(stack, ledger, "reap", reap)
    # As if it were approved anew, with a seal that fits.
    put(stack, sealing, "is_sealed", always(value=True))


def _lease_without_an_end(stack: ExitStack) -> None:
    """A process that died keeps its actions for ever."""
    put(stack, claiming, "LEASE_SECONDS", _LONG.total_seconds())


def _finish_whatever_became_of_it(stack: ExitStack) -> None:
    """The outcome is recorded over what a person has found out meanwhile, by anybody."""
    anybody = or_(ACTIONS.c.owner == bindparam("held_by"), ACTIONS.c.id.is_not(None))
    put(stack, dispatch, "_FINISH", rows.step(anybody))


def _lapsed_approval_counts(stack: ExitStack) -> None:
    """The claim does not look at the expiry."""
    real = ledger.claim

    def claim(conn: Connection, action_id: str, *, now: datetime, **values: Any) -> object:
        action = rows.by_id(conn, action_id)
        return real(conn, action_id, now=now if action is None else min(now, action.expires_at), **values)

    put(stack, ledger, "claim", claim)


def _unknown_gives_its_points_back(stack: ExitStack) -> None:
    """What an unknown send has reserved is free again."""
    put(stack, counting, "COUNTED", frozenset({State.DISPATCHING, State.SUCCEEDED}))


class _Unnamed(NamedTuple):
    """A reach whose numbers nobody can ask for."""

    numbers: tuple[str, ...]
    hashes: list[str]
    texts: list[Any]

    @property
    def named(self) -> dict[str, str]:
        return {}


def _blocked_only_at_the_proposal(stack: ExitStack) -> None:
    """The claim does not ask again for blocked numbers."""
    real = there(book.Book, "_claim")

    def claim(self: book.Book, conn: Connection, now: datetime, action_id: str, reach: Any) -> Any:
        return real(self, conn, now, action_id, _Unnamed(reach.numbers, reach.hashes, reach.texts))

    put(stack, book.Book, "_claim", claim)


def _unknown_is_forgotten(stack: ExitStack) -> None:
    """The same call does not find its action of unknown outcome."""
    real = there(proposals, "_is_live")

    def live(action: Action, now: datetime) -> bool:
        return action.state is not State.UNKNOWN and real(action, now)

    put(stack, proposals, "_is_live", live)


def _anybody_is_a_test_number(stack: ExitStack) -> None:
    """Small sends need no approval, whomever they reach."""

    def rule(intent: Intent, *_: object, **__: object) -> str | None:
        return "test_numbers" if len(intent.recipients) == 1 else None

    put(stack, ruling, "needs_no_approval", rule)


def _any_proof_is_right(stack: ExitStack) -> None:
    """What the person types is not looked at."""
    put(stack, approval, "proves", always(value=True))


def _hosts_answer_for_people(stack: ExitStack) -> None:
    """An answer faster than a person's counts."""
    said = there(approval, "_said")

    def meaning(_: object, entry: Action, reply: FormReply) -> str:
        return said(entry.proof, reply)

    put(stack, approval.Approval, "_meaning", meaning)


def _a_no_after_an_approval_elsewhere_posts(stack: ExitStack) -> None:
    """An answer to what is decided already is not looked at: the call goes on with what was decided."""
    real = there(approval.Approval, "_answered")

    async def answered(self: Any, call: CallOf, entry: Action, reply: FormReply) -> Any:
        return entry if str(entry.state) != "proposed" else await real(self, call, entry, reply)

    put(stack, approval.Approval, "_answered", answered)


def _a_slower_yes_after_an_instant_one(stack: ExitStack) -> None:
    """What was sent out of band can still be approved by the form."""

    async def forgotten(*_: object) -> None:
        return None

    put(stack, book.Book, "send_out_of_band", forgotten)


def _retry_through_the_other_endpoint(stack: ExitStack) -> None:
    """The safe retry goes through 1.1, which filters nothing."""
    send = there(retry, "_send")

    def build(_params: object, around: Any) -> Request:
        return SEND_SMS.build(send(around), around)

    put_frozen(stack, RETRY_SAFELY, "build", build)


def _retry_after_the_filter_forgot(stack: ExitStack) -> None:
    """The safe retry does not look at the age of what it repeats."""
    put(stack, retry, "FILTER_WINDOW", _LONG)


def _nobody_remembers_texts(stack: ExitStack) -> None:
    """Whoever had a text gets it again by another call."""
    put(stack, sent_texts, "_rows", always([]))


def _outbox_ignored(stack: ExitStack) -> None:
    """What was kept beside the store is never written down."""
    put(stack, journal.Journal, "_waiting", always({}))


def _nobody_compares_store_and_head(stack: ExitStack) -> None:
    """An older copy of the store is taken for the store."""
    put(stack, past.Past, "_difference", always(""))


def _an_accepted_loss_asks_nobody(stack: ExitStack) -> None:
    """What a rule lets go is let go right after a loss was accepted, too."""
    put(stack, past.Past, "asks", always(value=False))


def _a_loss_leaves_questions_open(stack: ExitStack) -> None:
    """What waited for a decision, or for its claim, outlives the accepted loss."""
    put(stack, ledger, "undecided", always([]))


def _a_loss_is_forgotten(stack: ExitStack) -> None:
    """What is still written to a store without its past becomes its past."""

    def remember(self: past.Past, head: Head) -> None:
        known = self.heads.read()
        self.newest = head if known is None else head._replace(generation=known.generation)

    put(stack, past.Past, "remember", remember)


def _the_audit_forgets_its_end(stack: ExitStack) -> None:
    """Whether the chain reaches as far as the head that is remembered is not looked at."""
    real = there(audit, "verify")

    def verify(conn: Connection, key: bytes, _head: Head | None = None, **more: Any) -> Any:
        return real(conn, key, **more)

    put(stack, audit, "verify", verify)


PLANTS: Mapping[str, Plant] = {
    "claim whatever the state": _claim_whatever_the_state,
    "post before the claim": _post_before_the_claim,
    "a reset is not sent": _reset_is_not_sent,
    "retry on unknown": _retry_on_unknown,
    "digest without recipients": _digest_without("recipients"),
    "digest without text": _digest_without("text"),
    "approval not bound": _approval_not_bound,
    "caps outside the transaction": _caps_outside_the_transaction,
    "the reaper lets it go again": _reaper_lets_it_go_again,
    "a lease without an end": _lease_without_an_end,
    "finish whatever became of it": _finish_whatever_became_of_it,
    "a lapsed approval counts": _lapsed_approval_counts,
    "unknown gives its points back": _unknown_gives_its_points_back,
    "blocked only at the proposal": _blocked_only_at_the_proposal,
    "unknown is forgotten": _unknown_is_forgotten,
    "anybody is a test number": _anybody_is_a_test_number,
    "any proof is right": _any_proof_is_right,
    "hosts answer for people": _hosts_answer_for_people,
    "a no after an approval elsewhere posts": _a_no_after_an_approval_elsewhere_posts,
    "a slower yes after an instant one": _a_slower_yes_after_an_instant_one,
    "retry through the other endpoint": _retry_through_the_other_endpoint,
    "nobody remembers texts": _nobody_remembers_texts,
    "the outbox is ignored": _outbox_ignored,
    "retry after the filter forgot": _retry_after_the_filter_forgot,
    "nobody compares store and head": _nobody_compares_store_and_head,
    "an accepted loss asks nobody": _an_accepted_loss_asks_nobody,
    "a loss leaves questions open": _a_loss_leaves_questions_open,
    "a loss is forgotten": _a_loss_is_forgotten,
    "the audit forgets its end": _the_audit_forgets_its_end,
}
