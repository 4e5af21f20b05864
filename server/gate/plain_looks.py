"""What a desk operation finds, for whoever shows it in words of its own: a page for people.

The path is that of the tool's call: arguments, ownership, rules, the look's line in the audit. Only the end
is another one: nothing is cut to the room that a conversation has, and the rows of a list are rows.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from server.gate.caller import Caller
from server.gate.changing import may_change
from server.gate.context import GateContext
from server.gate.desk import ServerDesk
from server.gate.failures import ANTICIPATED, invalid_arguments, problem_of
from server.gate.masking import present
from server.gate.words.arguments import lines_of
from server.ledger.notes import Note
from server.store.actions import CONSOLE
from tools.desk_operation import Desk, DeskOperation
from tools.operation import Params, Result, Risk
from tools.problems import RefusedError

P = TypeVar("P", bound=Params)
R = TypeVar("R", bound=Result)
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Generic[R]):
    """What an operation answers: as it is, for drawing, and as it may be shown."""

    result: R
    facts: Mapping[str, Any]
    """Numbers and names masked as the settings say; a list is one of rows by the names of its columns."""


class PlainLooks:
    """Looks for one caller."""

    def __init__(self, context: GateContext, caller: Caller) -> None:
        self._context = context
        self._caller = caller

    async def found(self, operation: DeskOperation[Any, R], **arguments: Any) -> Found[R]:
        """What the operation answers.

        Raises:
            RefusedError: it was refused, or could not be done; as the tool would say it.
        """
        result = await self.figures(operation, operation.run, **arguments)
        show = self._context.settings.privacy.show_numbers
        return Found(result=result, facts=present(result, show_numbers=show, in_tables=False).facts)

    async def figures(
        self, operation: DeskOperation[P, Any], take: Callable[[P, Desk], Awaitable[T]], **arguments: Any
    ) -> T:
        """What the desk has for a call of the operation, without its words.

        Raises:
            RefusedError: as of `found`.
        """
        try:
            params = operation.params.model_validate(arguments)
        except ValidationError as error:
            raise RefusedError(invalid_arguments(operation, lines_of(operation.params, error))) from error
        try:
            return await self._taken(operation, params, take)
        except ANTICIPATED as error:
            raise RefusedError(problem_of(operation, error)) from error

    async def _taken(
        self, operation: DeskOperation[P, Any], params: P, take: Callable[[P, Desk], Awaitable[T]]
    ) -> T:
        await self._context.owning.check(operation, params, self._caller)
        looks = operation.risk is Risk.READ
        if not looks:
            await may_change(self._context, operation, self._caller)
        note = Note(
            what="looked" if looks else "called",
            principal=self._caller.principal,
            tool=operation.name,
            channel=CONSOLE,
        )
        async with self._context.looks.recorded(note):
            return await take(params, ServerDesk(self._context, self._caller))
