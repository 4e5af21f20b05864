"""The one path that every call takes: validate, look or act, mask, answer."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from server.gate.acting import Acting
from server.gate.answers import UNTRUSTED, Answer, Question, failure
from server.gate.caller import Caller, FormReply
from server.gate.calls import CallOf
from server.gate.context import GateContext
from server.gate.desk import ServerDesk
from server.gate.failures import ANTICIPATED, invalid_arguments, problem_of
from server.gate.masking import present
from server.own_command import facts_with_own_commands
from tools.operation import Action, AnyOperation, DeskOperation, Query, Result, SavedFile

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]{0,39}")
_OURS = {
    "extra_forbidden": "no such argument. Leave it out or correct its name.",
    "missing": "is needed.",
    "list_type": "is no list. Write it in square brackets, also for one.",
    "string_type": "is no text. Write it in quotation marks.",
    "string_unicode": "holds half a character (a lone surrogate). Leave it out.",
}
"""What pydantic says without a way out, or in words of its own."""


class Gate:
    """Carries out operations for callers. Knows no transport and no protocol era."""

    def __init__(self, context: GateContext) -> None:
        self._context = context
        self._acting = Acting(context)

    @property
    def form_timeout_s(self) -> float:
        """How long a form may stay open, in seconds."""
        return self._context.settings.approval.form_timeout_s

    def outside_text_was_read(self, session: str) -> None:
        """Without a tool, as a resource: nothing goes without approval in this session any more."""
        self._context.tainted.add(session)

    async def report(self, name: str, principal: str) -> bytes:
        """The content of a report of this principal.

        Raises:
            FileNotFoundError: it has none of this name.
        """
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
            params = operation.params.model_validate(dict(arguments))
        except ValidationError as error:
            return failure(invalid_arguments(operation, _lines(error)))
        try:
            await self._context.owning.check(operation, params, caller)
        except ANTICIPATED as error:
            return failure(problem_of(operation, error))
        if isinstance(operation, Action):
            call = CallOf(operation=operation, params=params, caller=caller)
            ended = await self._acting.answer(call, action_id, reply)
        else:
            ended = await self._look(operation, params, caller)
        if not isinstance(ended, Answer):
            return ended
        if UNTRUSTED in ended.facts:
            self.outside_text_was_read(caller.session)
        return replace(ended, facts=facts_with_own_commands(self._context.settings, ended.facts))

    async def _look(
        self, operation: Query[Any, Any] | DeskOperation[Any, Any], params: Any, caller: Caller
    ) -> Answer:
        try:
            result = await self._result(operation, params, caller)
        except ANTICIPATED as error:
            return failure(await self._context.noticed(operation, problem_of(operation, error)))
        warning = await self._context.looked(operation, caller, result)
        facts = present(result, show_numbers=self._context.settings.privacy.show_numbers)
        return Answer(facts=facts | warning, link=_link(result))

    async def _result(
        self, operation: Query[Any, Any] | DeskOperation[Any, Any], params: Any, caller: Caller
    ) -> Result:
        if isinstance(operation, Query):
            return await self._context.vendors.query(operation.steps(params, self._context.surroundings()))
        return await operation.run(params, ServerDesk(self._context, caller))


def _link(result: Result) -> SavedFile | None:
    name, uri, size = (getattr(result, field, None) for field in ("name", "uri", "size"))
    if isinstance(name, str) and isinstance(uri, str) and isinstance(size, int):
        return SavedFile(name=name, uri=uri, size=size)
    return None


def _lines(error: ValidationError) -> list[str]:
    """One short line a field, without values: they may be numbers, names or secrets."""
    lines: list[str] = []
    for problem in error.errors(include_url=False, include_input=False, include_context=False):
        message = _OURS.get(problem["type"]) or problem["msg"].removeprefix("Value error, ")
        lines.append(f"{_path(problem['loc'])}: {message}")
    return lines


def _path(location: tuple[int | str, ...]) -> str:
    """`recipients[2].mobile`: counted from 1, as the operations' own checks count."""
    return "".join(map(_step, location)).removeprefix(".") or "arguments"


def _step(part: int | str) -> str:
    """A part of an argument's path. A caller's own names can be anything: a number, or a sentence."""
    if isinstance(part, int):
        return f"[{part + 1}]"
    return f".{part}" if _NAME.fullmatch(part) else ".(another name)"
