"""Finding out what an unknown outcome was, from evidence only."""

from tools.desk.entries import ActionId, ActionState
from tools.operation import Desk, DeskOperation, Params, Result, Risk


class ReconcileParams(Params):
    """Which action to find out about."""

    action_id: ActionId


class ReconcileResult(Result):
    """Where the action stands now, and what that rests on."""

    action_id: str
    state: ActionState
    evidence: list[str]
    """In our words; empty when nothing could be found out."""
    next: str


async def _run(params: ReconcileParams, desk: Desk) -> ReconcileResult:
    return await desk.reconcile(params.action_id)


RECONCILE_ACTION = DeskOperation(
    name="reconcile_action",
    title="Reconcile an action",
    description=(
        "Find out whether an action of unknown outcome happened, from delivery queries, callbacks and "
        "credit. It sends nothing and repeats nothing; without proof the action stays unknown."
    ),
    toolset="desk",
    vendor=None,
    section="ours: the ledger",
    risk=Risk.CHANGE,
    params=ReconcileParams,
    result=ReconcileResult,
    run=_run,
)
