"""An operation as an MCP tool: strict arguments, compact answers, and the question in both protocol eras."""

import json
import logging
import time
from typing import Any

import anyio
import mcp_types as types
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.tools import Tool
from mcp.server.mcpserver.utilities.func_metadata import ArgModelBase, FuncMetadata
from mcp.shared.exceptions import MCPError
from mcp_types.version import is_version_at_least
from pydantic import PrivateAttr

from server.call_time import left, timed_call
from server.gate.caller import Caller, FormReply
from server.gate.words.answers import Answer, Question, failure
from server.gate.words.sentences import crashed
from server.late_parts import LateParts
from server.mcp.identity import caller_of
from server.mcp.listing import Listed
from server.mcp.progress import signs_of_life
from server.mcp.views.pages import meta_of
from tools.problems import Problem

_MODERN = "2026-07-28"
_APPROVAL = "approval"
_TO_ANSWER_SECONDS = 2.0
"""What is left of a call's time to answer it, once nobody has answered the form."""
_NO_FUNCTION = FuncMetadata(arg_model=ArgModelBase)
_log = logging.getLogger(__name__)


class OperationTool(Tool):
    """One operation of the catalogue, served through the gate."""

    _listed: Listed = PrivateAttr()
    _parts: LateParts = PrivateAttr()

    @classmethod
    def of(cls, listed: Listed, parts: LateParts) -> "OperationTool":
        """The tool of an operation, which itself is imported with the parts."""
        tool = cls(
            fn=_never_called,
            name=listed.name,
            title=listed.title,
            description=listed.description,
            parameters=listed.input,
            fn_metadata=_NO_FUNCTION,
            is_async=True,
            context_kwarg=None,
            icons=None,
            meta=meta_of(listed),
            annotations=types.ToolAnnotations.model_validate(listed.hints),
        )
        tool._listed = listed
        tool._parts = parts
        return tool

    @property
    def output_schema(self) -> dict[str, Any]:  # pyright: ignore[reportIncompatibleVariableOverride] - the base caches what it derives from a function; this one has none
        """What an answer looks like."""
        return self._listed.output

    async def run(
        self,
        arguments: dict[str, Any],
        context: Context[Any, Any],
        convert_result: bool = False,  # noqa: FBT001, FBT002 - the base class has it so
    ) -> types.CallToolResult | types.InputRequiredResult:
        """One call, or its second round with the person's answer."""
        try:
            caller = caller_of(context)
            with timed_call(self._parts.settings.approval.more_seconds), signs_of_life(caller.report):
                return await self._run(arguments, context, caller)
        except MCPError:
            raise
        except Exception:  # noqa: BLE001 - the SDK would hand the text of any exception to the model
            _log.exception("%s failed in an unexpected way", self.name)
            return _result(failure(crashed(self._listed)))

    async def _run(
        self, arguments: dict[str, Any], context: Context[Any, Any], caller: Caller
    ) -> types.CallToolResult | types.InputRequiredResult:
        if _is_modern(context):
            return await self._run_modern(arguments, context, caller)
        parts = await self._parts.opened()
        gate, operation = parts.gate, parts.operations[self.name]
        ended = await gate.call(operation, arguments, caller)
        if isinstance(ended, Question):
            reply = await self._ask(ended, context)
            ended = await gate.call(operation, arguments, caller, action_id=ended.action_id, reply=reply)
        return _result(ended)

    async def _run_modern(
        self, arguments: dict[str, Any], context: Context[Any, Any], caller: Caller
    ) -> types.CallToolResult | types.InputRequiredResult:
        """2026-07-28: the question is a result, and the answer comes with the call's second round."""
        action_id, reply = _second_round(context)
        parts = await self._parts.opened()
        operation = parts.operations[self.name]
        ended = await parts.gate.call(operation, arguments, caller, action_id=action_id, reply=reply)
        if not isinstance(ended, Question):
            return _result(ended)
        request = types.ElicitRequest(params=_form(ended))
        # The SDK seals the state, so the moment of asking in it can be trusted in any process.
        state = f"{ended.action_id}@{time.time()}"
        return types.InputRequiredResult(input_requests={_APPROVAL: request}, request_state=state)

    async def _ask(self, question: Question, context: Context[Any, Any]) -> FormReply:
        """2025-11-25 and older: the server asks in mid-call, and does not wait for ever."""
        began = time.time()
        with anyio.move_on_after(left(self._parts.settings.approval.form_timeout_s, keep=_TO_ANSWER_SECONDS)):
            try:
                form = _form(question)
                answer = await context.session.elicit_form(
                    form.message, form.requested_schema, related_request_id=context.request_context.request_id
                )
            except (MCPError, anyio.ClosedResourceError, anyio.BrokenResourceError, ValueError):
                return FormReply(action="silent")
            return _reply(answer, began)
        return FormReply(action="silent")


def _second_round(context: Context[Any, Any]) -> tuple[str | None, FormReply | None]:
    """The action that was asked about and the person's answer; nothing in the first round."""
    answer = (context.input_responses or {}).get(_APPROVAL)
    action_id, _, asked_at = (context.request_state or "").partition("@")
    if not asked_at or not isinstance(answer, types.ElicitResult):
        return None, None
    return action_id, _reply(answer, float(asked_at))


async def _never_called() -> None:
    """The base class wants a function; `run` is overridden."""


def _is_modern(context: Context[Any, Any]) -> bool:
    version = context.protocol_version
    return version is not None and is_version_at_least(version, _MODERN)


def _form(question: Question) -> types.ElicitRequestFormParams:
    if question.proof:
        field: dict[str, Any] = {"type": "string", "title": "Proof", "description": question.proof_hint}
        schema: dict[str, Any] = {"type": "object", "properties": {"proof": field}, "required": ["proof"]}
    else:
        field = {"type": "boolean", "title": "Approve", "description": question.proof_hint, "default": False}
        schema = {"type": "object", "properties": {"approve": field}, "required": ["approve"]}
    return types.ElicitRequestFormParams(message=question.message, requested_schema=schema)


def _reply(answer: types.ElicitResult, began: float) -> FormReply:
    content = answer.content or {}
    typed, agreed = content.get("proof"), content.get("approve")
    if isinstance(typed, int) and not isinstance(typed, bool):
        typed = str(typed)
    return FormReply(
        action=answer.action,
        typed=typed if isinstance(typed, str) else None,
        agreed=agreed if isinstance(agreed, bool) else None,
        took_ms=(time.time() - began) * 1000,
    )


def told_before(problem: Problem) -> types.CallToolResult:
    """A problem that was found before the tool could run."""
    return _result(failure(problem))


def _result(answer: Answer | Question) -> types.CallToolResult:
    """Text and structure hold the same facts: some hosts hand the model only one of them.

    A failure has no structure: clients hold whatever structure there is against the tool's schema of a
    success, and throw away what does not fit (the official TypeScript SDK).
    """
    if isinstance(answer, Question):
        raise TypeError("a question cannot end a call")
    facts = dict(answer.facts)
    text = json.dumps(facts, ensure_ascii=False, separators=(",", ":"))
    content: list[types.ContentBlock] = [types.TextContent(type="text", text=text)]
    if answer.link is not None:
        link = types.ResourceLink(
            type="resource_link", name=answer.link.name, uri=answer.link.uri, size=answer.link.size
        )
        content.append(link)
    structured = None if answer.is_error else facts
    return types.CallToolResult(content=content, structured_content=structured, is_error=answer.is_error)
