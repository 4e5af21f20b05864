"""The one path that every call takes: validate, look or act, mask, answer."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Literal

from pydantic import ValidationError

from server.gate.acting import Acting
from server.gate.caller import Caller, FormReply
from server.gate.calls import Call, CallOf
from server.gate.changing import may_change
from server.gate.context import GateContext
from server.gate.desk import ServerDesk
from server.gate.failures import ANTICIPATED, invalid_arguments, problem_of
from server.gate.fitting import fitted
from server.gate.masking import present
from server.gate.reading import plainly_meant
from server.gate.referring import reference_in, referred
from server.gate.rules.description import describe
from server.gate.stopping import Stopping
from server.gate.words.answers import NOTE, UNTRUSTED, Answer, Question, failure
from server.gate.words.arguments import lines_of
from server.ledger.notes import Note
from server.ledger.whose import Whose
from server.settings.own_command import facts_with_own_commands
from server.store.sessions import Session
from tools.desk_operation import AnyOperation, Composite, DeskOperation
from tools.every8d.charging import charging_table
from tools.every8d.codes import status_table as every8d_statuses
from tools.omis.records import Records
from tools.omis.states import status_table as omis_statuses
from tools.omis.tasks import known_tasks
from tools.operation import Action, PagedParams, Params, Query, Result, Risk
from tools.saved_file import SavedFile

TableName = Literal["every8d statuses", "every8d charging", "omis statuses"]
_TABLES: Mapping[TableName, Callable[[], object]] = {
    "every8d statuses": every8d_statuses,
    "every8d charging": charging_table,
    "omis statuses": omis_statuses,
}


REPORT_READ = "report"
"""What the audit calls the look of whoever reads a kept report as a resource."""


class Gate:
    """Carries out operations for callers. Knows no transport and no protocol era."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._acting = Acting(context)
        self._stopping = Stopping(context, self._acting)

    def rules(self) -> dict[str, object]:
        """The operator's rules that are in force."""
        return describe(self._context.settings.policy)

    def table(self, name: TableName) -> object:
        """What the vendors' documents say of their codes and prices."""
        return _TABLES[name]()

    async def outside_text_was_read(self, session: Session) -> None:
        """Without a look, as in a resource: nothing goes without approval in this session any more."""
        await self._context.outside.read(session)

    def limits_of(self, principal: str) -> Whose | None:
        """Which batches are this principal's; None where all are everybody's."""
        return self._context.owning.limits_of(principal)

    async def report(self, name: str, principal: str) -> bytes:
        """The content of a report of this principal.

        Raises:
            FileNotFoundError: it has none of this name.
        """
        async with self._context.looks.recorded(Note(what="looked", principal=principal, tool=REPORT_READ)):
            return await self._context.files.saved(name, self._context.owning.shelf_of(principal))

    async def call(
        self,
        operation: AnyOperation,
        arguments: Mapping[str, Any],
        caller: Caller,
        *,
        action_id: str | None = None,
        reply: FormReply | None = None,
    ) -> Answer | Question:
        """The answer to one call, or the question that a person has to answer first.

        `action_id` and `reply` belong to the second round: the person's answer to that action's question.
        """
        try:
            given = plainly_meant(operation.params, arguments)
            refers = isinstance(operation, Action) and reference_in(operation, given) is not None
            if refers and reply is None:
                # By now the reference may stand for others, or for nobody.
                done = await self._acting.done_before(operation, given, caller.principal)
                if done is not None:
                    return await self._ended(done, {}, Params(), caller)
            meant = await referred(self._context, operation, given, caller)
            params = operation.params.model_validate(meant.arguments)
        except ValidationError as error:
            return failure(invalid_arguments(operation, lines_of(operation.params, error)))
        except ANTICIPATED as error:
            return failure(problem_of(operation, error))
        try:
            await self._context.owning.check(operation, params, caller)
        except ANTICIPATED as error:
            return failure(problem_of(operation, error))
        if isinstance(operation, Action):
            kept = given if refers or operation.files is not None else None
            call = CallOf(operation=operation, params=params, caller=caller, given=kept)
            ended = await self._acting.answer(call, action_id, reply)
        elif isinstance(operation, Composite):
            call = Call(operation=operation, params=params, caller=caller)
            ended = await self._stopping.answer(call, action_id, reply)
        else:
            ended = await self._look(operation, params, caller)
        return await self._ended(ended, meant.facts, params, caller) if isinstance(ended, Answer) else ended

    async def _ended(self, ended: Answer, besides: Mapping[str, Any], params: Any, caller: Caller) -> Answer:
        """The answer as its caller gets it."""
        if {UNTRUSTED, NOTE} & ended.facts.keys():
            await self.outside_text_was_read(caller.in_session)
        facts = facts_with_own_commands(self._context.settings, {**ended.facts, **besides})
        return replace(ended, facts=facts if ended.is_error else fitted(facts, params))

    async def _look(
        self, operation: Query[Any, Any] | DeskOperation[Any, Any], params: Any, caller: Caller
    ) -> Answer:
        try:
            if operation.risk is not Risk.READ:
                await may_change(self._context, operation, caller)
            async with self._context.looks.recorded(_looked(operation, caller)) as look:
                result = await self._result(operation, params, caller)
        except ANTICIPATED as error:
            return failure(problem_of(operation, error))
        shown = present(result, show_numbers=self._context.settings.privacy.show_numbers)
        if isinstance(result, Records):
            await self._context.memory.tasks_looked_at(known_tasks(result.records))
        if shown.outside:
            await self.outside_text_was_read(caller.in_session)
        facts, warning = shown.facts, self._context.warning_of(look)
        return Answer(facts=facts | _warned(warning, _beyond_the_end(params, facts)), link=_link(result))

    async def _result(
        self, operation: Query[Any, Any] | DeskOperation[Any, Any], params: Any, caller: Caller
    ) -> Result:
        if isinstance(operation, Query):
            return await self._context.vendors.query(operation.steps(params, self._context.surroundings()))
        return await operation.run(params, ServerDesk(self._context, caller))


def _looked(operation: AnyOperation, caller: Caller) -> Note:
    return Note(
        what="looked" if operation.risk is Risk.READ else "called",
        principal=caller.principal,
        tool=operation.name,
    )


def _warned(*warnings: str) -> dict[str, str]:
    said = " ".join(filter(None, warnings))
    return {"warning": said} if said else {}


def _beyond_the_end(params: Any, facts: Mapping[str, Any]) -> str:
    """An empty page must not be taken for an empty list."""
    if not isinstance(params, PagedParams) or params.page <= max(1, facts["pages"]):
        return ""
    there = f"pages 1 to {facts['pages']}" if facts["pages"] > 1 else "only page 1"
    return f"Page {params.page} is beyond the end: there is {there}."


def _link(result: Result) -> SavedFile | None:
    name, uri, size = (getattr(result, field, None) for field in ("name", "uri", "size"))
    if isinstance(name, str) and isinstance(uri, str) and isinstance(size, int):
        return SavedFile(name=name, uri=uri, size=size)
    return None
