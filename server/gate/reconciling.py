"""What became of an action of unknown outcome: evidence from read calls, callbacks and the ledger."""

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from server.gate.context import GateContext
from server.gate.failures import ANTICIPATED
from server.ledger.book import Settled
from server.store.actions import State
from tools.catalog import by_name
from tools.desk.history import no_such_action
from tools.desk.stop import STOP_EVERYTHING
from tools.entries import ActionState, ReconcileResult, next_step
from tools.every8d.credit import credit_steps
from tools.operation import Action, Preview

if TYPE_CHECKING:
    from collections.abc import Sequence

    from server.store.actions import Action as Entry


class Reconciling:
    """Looks for proof. Only proof changes the ledger; a hint is told and changes nothing."""

    def __init__(self, context: GateContext) -> None:
        self._context = context

    async def reconcile(self, action_id: str, principal: str) -> ReconcileResult:
        """Where the action stands after looking.

        Raises:
            RefusedError: there is no such action.
        """
        entry = await self._context.book.get(action_id)
        if entry is None or entry.principal != principal:
            raise no_such_action()
        if entry.state is not State.UNKNOWN:
            return _result(entry, [f"The action is {entry.state}; there is nothing to find out."])
        evidence = await self._callback(entry) or await self._look(entry)
        if evidence is not None:
            now = await self._context.book.reconcile(entry.id, evidence) or entry
            return _result(now, [evidence.how])
        return _result(entry, await self._hints(entry))

    async def _callback(self, entry: "Entry") -> Settled | None:
        """A callback that carries our reference is proof that the send arrived (EVERY8D 2.1, SUBJECT)."""
        event = await self._context.book.event_of(entry)
        if event is None:
            return None
        how = "a delivery report carries this action's reference"
        return Settled(state=State.SUCCEEDED, by="server", how=how, batch_id=event)

    async def _look(self, entry: "Entry") -> Settled | None:
        if entry.tool == STOP_EVERYTHING.name:
            return _of_parts(await self._context.book.parts_of(entry))
        operation = _operation(entry.tool)
        if operation is None or operation.settle is None:
            return None
        if entry.account != await self._context.account_of(operation):
            return None
        params = operation.params.model_validate_json(entry.arguments)
        try:
            happened = await self._context.vendors.query(
                operation.settle(params, self._context.surroundings())
            )
        except ANTICIPATED:
            return None
        if happened is None:
            return None
        how = "the vendor shows it as done"
        return Settled(state=State.SUCCEEDED, by="server", how=how, erased=happened.erased)

    async def _hints(self, entry: "Entry") -> list[str]:
        before = Preview.model_validate_json(entry.preview)
        if before.credit is None or before.points is None:
            return []
        try:
            now = await self._context.vendors.query(credit_steps())
        except ANTICIPATED:
            return []
        return [_credit_hint(before.credit, before.points, now)]


def _of_parts(parts: "Sequence[Entry]") -> Settled | None:
    """A whole is settled once each part that was begun is: what was not begun was not done."""
    if any(part.state in (State.DISPATCHING, State.UNKNOWN) for part in parts):
        return None
    done = sum(part.state is State.SUCCEEDED for part in parts)
    how = f"{done} of its erasings were done, {len(parts) - done} were refused, the others were never begun"
    return Settled(state=State.SUCCEEDED if done else State.FAILED, by="server", how=how)


def _credit_hint(before: Decimal, price: Decimal, now: Decimal) -> str:
    if now == before - price:
        return f"A hint, no proof: the credit fell by exactly the {price} points that this would cost."
    if now == before:
        return "A hint, no proof: the credit is the same as before, as if nothing had been charged."
    return "The credit changed by another amount, which tells nothing."


def _operation(name: str) -> Action[Any, Any] | None:
    operation = by_name().get(name)
    return operation if isinstance(operation, Action) else None


def _result(entry: "Entry", evidence: list[str]) -> ReconcileResult:
    state: ActionState = entry.state.value
    return ReconcileResult(
        action_id=entry.id, state=state, evidence=evidence, next=next_step(state, entry.tool, looked=True)
    )
