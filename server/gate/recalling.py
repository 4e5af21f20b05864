"""An action of the ledger as the call that it came from: looked at again, or carried out, for a person.

The assistant's own call carries out what it asked for. What was begun on the page for people has no call that
waits or comes again, so the page carries it out once somebody has agreed.
"""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import anyio
from pydantic import ValidationError

from server.gate.caller import Caller
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.gate.dispatching import Dispatching
from server.gate.failures import ANTICIPATED, problem_of
from server.gate.words.sentences import blocked_since
from server.store.actions import CONSOLE
from tools.desk_operation import AnyOperation, Composite
from tools.operation import Action, Audience, OwnAction, RiskyParams
from tools.problems import InvalidArgumentError, Problem, RefusedError

if TYPE_CHECKING:
    from server.store.actions import Action as Entry

"""The session of a person on the page, and the channel of what is decided there."""
NOBODY = Audience()
LOOK_SECONDS = 5.0
"""How long a page waits for the vendor, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recalled:
    """What an action is about now: whom it reaches, and what forbids by now what the person is shown."""

    audience: Audience = NOBODY
    stale: Problem | None = None
    """Why it would be refused now; None where nothing is known against it."""
    unseen: bool = False
    """Whether nobody could look if it still holds; the look is taken again before anything is done."""


class Recalling:
    """Looks at what waits for a person as carrying it out would."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._dispatching = Dispatching(context)

    async def recall(self, operation: AnyOperation, entry: "Entry") -> Recalled:
        """Whom this action reaches, and whether what its question says still holds. Changes nothing."""
        if not isinstance(operation, Action):
            return Recalled()
        call = _call_of(operation, entry)
        try:
            world = await self._context.world(call)
        except ANTICIPATED as error:
            return _against(operation, error, NOBODY)
        audience = call.audience(world)
        with anyio.move_on_after(LOOK_SECONDS):
            try:
                call.check(world)
                await self._dispatching.look_again(call, world, entry)
                blocked = await self._context.book.blocked(call.numbers(world))
            except ANTICIPATED as error:
                return _against(operation, error, audience)
            return Recalled(audience=audience, stale=blocked_since(operation, blocked) if blocked else None)
        return Recalled(audience=audience, unseen=True)

    async def remembered(self, operation: AnyOperation, entry: "Entry") -> Recalled:
        """Whom an action that waits no longer was for: nobody, once they are kept no longer."""
        if not isinstance(operation, Action) or isinstance(operation, OwnAction):
            return Recalled()
        try:
            call = _call_of(operation, entry)
            return Recalled(audience=call.audience(await self._context.world(call)))
        except (ValidationError, *ANTICIPATED):
            # Without its people it is no call any more.
            return Recalled()


def _against(operation: AnyOperation, error: Exception, audience: Audience) -> Recalled:
    """What a look that failed says: refused by a rule or by what changed, or not to be had."""
    if isinstance(error, InvalidArgumentError | RefusedError):
        return Recalled(audience=audience, stale=problem_of(operation, error))
    return Recalled(audience=audience, unseen=True)


def caller_on_page(principal: str) -> Caller:
    """Whoever is signed in to the page: asked there, in no form of a client."""
    return Caller(principal=principal, session=CONSOLE, can_ask=False, everybodys=True)


def begun_on_page(entry: "Entry") -> bool:
    """Whether no assistant's call waits for it."""
    return entry.session == CONSOLE


def arguments_of(operation: AnyOperation, entry: "Entry") -> dict[str, Any]:
    """The arguments that make the same call again.

    A composite keeps the list that was agreed to in place of its arguments, and has none; a campaign's step
    keeps it beside them.
    """
    if isinstance(operation, Composite):
        return {}
    kept: dict[str, Any] = json.loads(entry.arguments)
    given = {name: value for name, value in kept.items() if name in operation.params.model_fields}
    named = entry.request_id and issubclass(operation.params, RiskyParams)
    return {**given, "request_id": entry.request_id} if named else given


def _call_of(operation: Action[Any, Any], entry: "Entry") -> CallOf:
    params = operation.params.model_validate(arguments_of(operation, entry))
    caller = Caller(principal=entry.principal, session=entry.session, can_ask=False)
    return CallOf(operation=operation, params=params, caller=caller)
