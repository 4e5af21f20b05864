"""What the gate works with: settings, vendors, ledger, files, clock; and what it notices on the way."""

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any

from server.files import Files
from server.gate.caller import Caller
from server.gate.calls import CallOf
from server.gate.owning import BATCH_ARGUMENT, Owning
from server.gate.repeats import Asked
from server.gate.rules.policy import Intent, RateLimiter, check_rules, needs_no_approval, to_problem
from server.gate.surroundings import every8d_options, omis_options
from server.gate.words.questions import proof_for
from server.gate.words.sentences import clocks_apart, nothing, other_account, rate_limited
from server.ledger.book import Book
from server.ledger.journal import Note
from server.ledger.outside import OutsideReading
from server.settings.settings import Settings
from server.store.actions import Action as Entry
from server.store.actions import CallKey, Proposal
from server.store.errors import StoreUnavailableError
from server.store.sent_texts import Repeated
from server.vendors.clock import REFUSED, WARNED, minutes
from server.vendors.vendors import Vendors
from tools.desk.history import no_such_action
from tools.desk_operation import AnyOperation
from tools.operation import (
    RISKY,
    Audience,
    Earlier,
    Preview,
    Surroundings,
)
from tools.problems import Problem, RefusedError

_log = logging.getLogger(__name__)

LOST = "What costs or destroys is refused until a person runs `campaign-ops-mcp audit accept-loss`"
_MAY_BE_DONE = (
    "The record of what was done before was lost, so this may have been done already. Every send is asked "
    "for until 24 hours after."
)
_APART = (
    "This machine's clock and the vendor's are {:,} minutes apart: times may mean another moment than said."
)
UNRECORDED = "The store is unavailable: this look is not in the audit, and nothing can be changed for now."


@dataclass(slots=True, kw_only=True)
class GateContext:
    """One server's parts, and the few things that it must remember between calls."""

    settings: Settings
    vendors: Vendors
    book: Book
    files: Files
    limiter: RateLimiter
    clock: Callable[[], datetime]
    outside: OutsideReading

    @property
    def owning(self) -> Owning:
        """What belongs to whom."""
        return Owning(self.settings.http, self.book)

    def surroundings(
        self, files: Mapping[str, bytes] | None = None, earlier: Earlier | None = None
    ) -> Surroundings:
        """The world as an operation sees it now."""
        return Surroundings(
            now=self.clock(),
            files=files or {},
            earlier=earlier,
            every8d=every8d_options(self.settings.every8d),
            omis=omis_options(self.settings.omis),
        )

    async def world(self, call: CallOf) -> Surroundings:
        """The surroundings with the content of each file that the arguments name."""
        operation = call.operation
        names = operation.files(call.params) if operation.files else ()
        files = {name: await self.files.read(name) for name in names}
        around = self.surroundings(files, await self._earlier(call))
        return replace(around, sender=await self._sender(call))

    async def _sender(self, call: CallOf) -> Earlier | None:
        """The caller's own send that got the batch which this call names."""
        batch_id = getattr(call.params, BATCH_ARGUMENT, None)
        entry = await self.book.of_batch(batch_id) if batch_id else None
        return None if entry is None or entry.principal != call.caller.principal else _as_earlier(entry)

    async def _earlier(self, call: CallOf) -> Earlier | None:
        """The action that this call is about: of the same principal, and of the account in use now.

        Raises:
            RefusedError: there is no such action, or another account's filter would not know its texts.
        """
        if call.operation.earlier is None:
            return None
        entry = await self.book.get(call.operation.earlier(call.params))
        if entry is None or entry.principal != call.caller.principal:
            raise no_such_action()
        if entry.account != await self.account_of(call.operation):
            raise RefusedError(other_account(call.operation))
        return _as_earlier(entry)

    async def account_of(self, operation: AnyOperation) -> str:
        """A keyed fingerprint of the vendor's account, without its password."""
        named = json.dumps({"account": self.vendors.account(operation.vendor)})
        return (await self.book.digest(named))[:16]

    async def digest_of(self, call: CallOf, world: Surroundings) -> str:
        """A keyed digest of what makes a call the same call: account, tool, arguments and files."""
        canonical = {
            "account": self.vendors.account(call.operation.vendor),
            "tool": call.operation.name,
            "arguments": call.arguments(),
            "files": {name: sha256(content).hexdigest() for name, content in world.files.items()},
        }
        return await self.book.digest(json.dumps(canonical, sort_keys=True, ensure_ascii=False))

    async def asked(self, call: CallOf, world: Surroundings) -> Asked:
        """What the call's messages are compared with: the memory of texts."""
        texts = await self.book.texted(call.audience(world).messages)
        return Asked(texts=texts, principal=call.caller.principal, now=self.clock())

    async def check_rules(
        self, call: CallOf, world: Surroundings, blocked: tuple[str, ...], *, points: Decimal | None
    ) -> None:
        """The operator's rules; `blocked` is what the table of blocked numbers holds of this call's.

        Raises:
            RefusedError: with the rule, the setting and both figures.
        """
        audience = call.audience(world)
        for send_at in audience.send_times:
            violation = check_rules(
                _intent(call, audience, points, send_at),
                self.settings.policy,
                now=self.clock(),
                blocked=lambda _: blocked,
            )
            if violation is not None:
                await self._record_refusal(call, world, violation.rule)
                raise RefusedError(to_problem(violation, nothing(call.operation)))

    async def _record_refusal(self, call: CallOf, world: Surroundings, rule: str) -> None:
        note = Note(
            what="refused",
            principal=call.caller.principal,
            tool=call.operation.name,
            digest=await self.digest_of(call, world),
            by="policy",
            rule=rule,
        )
        await self.book.record(note)

    def warned(self, call: CallOf, preview: Preview) -> Preview:
        """The preview with what a person should know of the server's own state."""
        apart = self.vendors.apart(call.operation.vendor)
        said = [_MAY_BE_DONE] if self.book.past.asks(self.clock()) else []
        if apart is not None and abs(apart) > WARNED:
            said.append(_APART.format(minutes(apart)))
        return preview.model_copy(update={"warnings": (*preview.warnings, *said)}) if said else preview

    def check_clocks(self, call: CallOf, world: Surroundings) -> None:
        """Nothing is booked by a clock that is far from the vendor's, as its newest answer has it.

        Raises:
            RefusedError: it is.
        """
        apart = self.vendors.apart(call.operation.vendor)
        if apart is not None and abs(apart) > REFUSED and any(call.audience(world).send_times):
            raise RefusedError(clocks_apart(call.operation, minutes(apart)))

    def free_rule(self, call: CallOf, world: Surroundings, preview: Preview) -> str | None:
        """The rule by which nobody has to be asked, if there is one."""
        if call.operation.risk not in RISKY:
            return f"{call.operation.risk} needs no approval"
        if self.book.past.asks(self.clock()):
            return None
        return needs_no_approval(
            _intent(call, call.audience(world), preview.points, None),
            self.settings.policy,
            read_outside_text=self.outside.known_here(call.caller.in_session),
        )

    async def spend_slot(self, call: CallOf, world: Surroundings) -> None:
        """One slot of the minute's calls.

        Raises:
            RefusedError: there is none left.
        """
        if not self.limiter.spend(call.caller.principal, self.clock()):
            await self._record_refusal(call, world, "calls per minute")
            limit = self.settings.policy.calls_per_minute
            raise RefusedError(rate_limited(call.operation, limit))

    def count_decline(self, call: CallOf) -> None:
        """A decline costs a slot too: a model that asks again and again is stopped."""
        self.limiter.spend(call.caller.principal, self.clock())

    async def proposal(
        self,
        call: CallOf,
        world: Surroundings,
        preview: Preview,
        key: CallKey,
        repeats: Sequence[Repeated] = (),
    ) -> Proposal:
        """The proposal with its frozen preview, which tells of these earlier sends."""
        return Proposal(
            principal=key.principal,
            session=call.caller.session,
            tool=key.tool,
            risk=str(call.operation.risk),
            vendor=call.operation.vendor or "",
            digest=key.digest,
            request_id=key.request_id,
            arguments=json.dumps(call.arguments(), ensure_ascii=False),
            preview=preview.model_dump_json(),
            proof=proof_for(preview, call.operation.risk, self.settings.approval),
            account=key.account,
            target=preview.target or _target_of(call.params),
            points=preview.points or Decimal(0),
            recipients=preview.recipients or 0,
            retry_of=world.earlier.action_id if world.earlier else "",
            repeats=",".join(send.action_id for send in repeats),
        )

    async def noticed(self, operation: AnyOperation, problem: Problem) -> Problem:
        """A login error stops every later call of that account: repeated ones lock it."""
        if problem.code == "login_refused" and operation.vendor is not None:
            await self.vendors.lock(operation.vendor, problem.vendor_code or "?")
        return problem

    async def looked(self, operation: AnyOperation, caller: Caller, *, outside: bool) -> str:
        """Records a look, and whether text from outside was read by it; a warning when it cannot, or ''."""
        reader = caller.in_session if outside else None
        note = Note(what="looked", principal=caller.principal, tool=operation.name)
        try:
            await self.outside.record(note, reader)
        except StoreUnavailableError as error:
            _log.warning("a look could not be recorded: %s", error)
            return UNRECORDED
        return f"{LOST} ({self.book.past.lost})." if self.book.past.lost else ""


def _as_earlier(entry: Entry) -> Earlier:
    return Earlier(
        action_id=entry.id,
        tool=entry.tool,
        state=str(entry.state),
        created_at=entry.created_at,
        arguments=json.loads(entry.arguments),
    )


def _intent(call: CallOf, audience: Audience, points: Decimal | None, send_at: datetime | None) -> Intent:
    return Intent(
        tool=call.operation.name,
        risk=call.operation.risk,
        recipients=tuple(dict.fromkeys(audience.recipients)),
        emails=audience.emails,
        texts=audience.texts,
        points=points,
        send_at=send_at,
    )


def _target_of(params: Any) -> str:
    """What is acted on, for actions that need no preview."""
    names = ("launch_id", "job_id", "report_id", "batch_id")
    return next((str(value) for name in names if (value := getattr(params, name, None))), "")
