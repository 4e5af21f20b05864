"""Finding out what an unknown outcome was, from evidence only."""

from tools.desk_operation import Desk, DeskOperation
from tools.entries import ActionId, ReconcileResult
from tools.operation import Params, Risk
from tools.sentence import sentence


class ReconcileParams(Params):
    """Which action to find out about."""

    action_id: ActionId


async def _run(params: ReconcileParams, desk: Desk) -> ReconcileResult:
    return await desk.reconcile(params.action_id)


RECONCILE_ACTION = DeskOperation(
    name="reconcile_action",
    title="Reconcile an action",
    description=(
        "Find out whether an action of unknown, unclear outcome (timed out) happened: did the send "
        "really go out or not? Looks at delivery, callbacks and credit, sends nothing; without proof "
        "it stays unknown. 確認結果不明的動作：到底有沒有發出去。"
    ),
    toolset="desk",
    vendor=None,
    section=sentence("ours: the ledger"),
    risk=Risk.CHANGE,
    params=ReconcileParams,
    result=ReconcileResult,
    run=_run,
)
