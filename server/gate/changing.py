"""The way of a change of what the server itself keeps: it only protects, so that no person is asked.

The operator's rules and the minute's slots hold as for every change; its line of the audit is written in the
step that changes the store.
"""

from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.rules.policy import Intent, check_rules, to_problem
from server.gate.words.sentences import nothing, rate_limited
from server.ledger.notes import Note
from tools.desk_operation import AnyOperation
from tools.problems import RefusedError


async def may_change(context: GateContext, operation: AnyOperation, caller: Caller) -> None:
    """What such a call passes first.

    Raises:
        RefusedError: a rule forbids it, or the minute has no slot left.
    """
    await is_allowed(context, operation, caller)
    await has_a_slot(context, operation, caller)


async def is_allowed(context: GateContext, operation: AnyOperation, caller: Caller) -> None:
    """The operator's rules.

    Raises:
        RefusedError: one forbids it.
    """
    intent = Intent(tool=operation.name, risk=operation.risk)
    violation = check_rules(intent, context.settings.policy, now=context.clock(), blocked=lambda _: ())
    if violation is not None:
        await _record(context, operation, caller, violation.rule)
        raise RefusedError(to_problem(violation, nothing(operation)))


async def has_a_slot(context: GateContext, operation: AnyOperation, caller: Caller) -> None:
    """One slot of the minute's calls.

    Raises:
        RefusedError: there is none left.
    """
    if not context.limiter.spend(caller.principal, context.clock()):
        await _record(context, operation, caller, "calls per minute")
        raise RefusedError(rate_limited(operation, context.settings.policy.calls_per_minute))


async def _record(context: GateContext, operation: AnyOperation, caller: Caller, rule: str) -> None:
    note = Note(what="refused", principal=caller.principal, tool=operation.name, by="policy", rule=rule)
    await context.book.record(note)
