"""What a person begins on a page: the tool's own call. What needs a yes goes to its approval's page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import RedirectResponse

from server.call_time import timed_call
from server.console.site import Site
from server.gate.words.answers import Answer
from tools.problems import Problem, RefusedError


async def begin(site: Site, request: Request, tool: str, back: str, **arguments: Any) -> RedirectResponse:
    """Call the tool, and lead to what waits for a yes, or to `back` where it is done.

    Raises:
        RefusedError: it was not done.
    """
    parts = site.parts
    with timed_call(parts.settings.approval.more_seconds):
        ended = await parts.gate.call(parts.operations[tool], arguments, site.caller(request))
    if not isinstance(ended, Answer):
        raise TypeError("a caller that cannot be asked gets no question")
    facts = ended.facts
    if ended.is_error:
        raise RefusedError(Problem(code=facts["code"], message=facts["message"], next=facts["next"]))
    waits = facts.get("outcome") == "approval_required"
    return RedirectResponse(f"/approvals/{facts['action_id']}" if waits else back, status_code=303)
