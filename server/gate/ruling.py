"""What stands between a call and its approval: the operator's rules, the clocks, the minute's slots."""

from datetime import datetime
from decimal import Decimal

from server.gate.calls import Call, CallOf
from server.gate.context import GateContext
from server.gate.holding import delay_of
from server.gate.rules.free_sends import needs_no_approval
from server.gate.rules.policy import Intent, check_rules, to_problem
from server.gate.words.sentences import nothing, rate_limited
from server.gate.words.store_refusals import clocks_apart
from server.ledger.notes import Note
from server.vendors.clock import REFUSED, minutes
from tools.operation import RISKY, Audience, Preview, Surroundings
from tools.problems import RefusedError


async def obey_rules(
    context: GateContext,
    call: CallOf,
    world: Surroundings,
    blocked: tuple[str, ...],
    *,
    points: Decimal | None,
) -> None:
    """The operator's rules; `blocked` is what the table of blocked numbers holds of this call's.

    Raises:
        RefusedError: with the rule, the setting and both figures.
    """
    audience = call.audience(world)
    at_once = context.clock() + delay_of(context, call, world)
    for send_at in audience.send_times:
        violation = check_rules(
            _intent(call, audience, points, send_at),
            context.settings.policy,
            now=at_once,
            blocked=lambda _: blocked,
        )
        if violation is not None:
            await _record_refusal(context, call, world, violation.rule)
            raise RefusedError(to_problem(violation, nothing(call.operation)))


async def _record_refusal(context: GateContext, call: CallOf, world: Surroundings, rule: str) -> None:
    note = Note(
        what="refused",
        principal=call.caller.principal,
        tool=call.operation.name,
        digest=await context.digest_of(call, world),
        by="policy",
        rule=rule,
    )
    await context.book.record(note)


def check_clocks(context: GateContext, call: CallOf, world: Surroundings) -> None:
    """Nothing is booked by a clock that is far from the vendor's, as its newest answer has it.

    Raises:
        RefusedError: it is.
    """
    apart = context.vendors.apart(call.operation.vendor)
    if apart is not None and abs(apart) > REFUSED and any(call.audience(world).send_times):
        raise RefusedError(clocks_apart(call.operation, minutes(apart)))


def free_rule(context: GateContext, call: CallOf, world: Surroundings, preview: Preview) -> str | None:
    """The rule by which nobody has to be asked, if there is one."""
    if call.operation.risk not in RISKY:
        return f"{call.operation.risk} needs no approval"
    if context.book.past.asks(context.clock()):
        return None
    return needs_no_approval(
        _intent(call, call.audience(world), preview.points, None),
        context.settings.policy,
        read_outside_text=context.outside.known_here(call.caller.in_session),
    )


async def spend_slot(context: GateContext, call: CallOf, world: Surroundings) -> None:
    """One slot of the minute's calls.

    Raises:
        RefusedError: there is none left.
    """
    if not context.limiter.spend(call.caller.principal, context.clock()):
        await _record_refusal(context, call, world, "calls per minute")
        limit = context.settings.policy.calls_per_minute
        raise RefusedError(rate_limited(call.operation, limit))


def count_decline(context: GateContext, call: Call) -> None:
    """A decline costs a slot too: a model that asks again and again is stopped."""
    context.limiter.spend(call.caller.principal, context.clock())


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
