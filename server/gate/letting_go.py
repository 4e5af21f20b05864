"""Opt-outs as a person decides on them: no tool lets anybody go, since that opens what only protects."""

from collections.abc import Sequence
from dataclasses import replace

from server.batches.own import own
from server.gate.caller import Caller
from server.gate.context import GateContext
from server.gate.rules.policy import Intent, check_rules, to_problem
from server.store.actions import CONSOLE
from server.store.opt_outs import OptOut
from tools.operation import Risk
from tools.problems import RefusedError
from tools.sentence import sentence

_ACT = "opt-outs --dismiss"
"""As the terminal names it."""
_ALL = 100_000


async def waiting(context: GateContext, caller: Caller, batch: str, limit: int) -> Sequence[OptOut]:
    """The oldest who wait to be blocked; those who answered this batch, '' for any."""
    wanted = replace(own(context.owning.limits_of(caller.principal)), batch_id=batch or None)
    found, _ = await context.memory.opt_outs.proposed(wanted, limit)
    return found


async def let_go(context: GateContext, caller: Caller, number: str) -> None:
    """Whoever waits under this keyed hash did not mean it: texts may go on. Anybody else is left alone.

    Raises:
        RefusedError: the operator's rules forbid any change.
    """
    intent = Intent(tool=_ACT, risk=Risk.CHANGE)
    violation = check_rules(intent, context.settings.policy, now=context.clock(), blocked=lambda _: ())
    if violation is not None:
        raise RefusedError(to_problem(violation, sentence("Nothing was changed.")))
    those = [each for each in await waiting(context, caller, "", _ALL) if each.number == number]
    if those:
        await context.memory.opt_outs.dismiss(those, caller.principal, CONSOLE)
