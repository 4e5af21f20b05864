"""Who calls: the local user over stdio, the token's subject over HTTP; and whether they can be asked."""

from itertools import count
from typing import Any

from mcp.server.auth.middleware.auth_context import get_access_token
from mcp.server.mcpserver.context import Context
from mcp_types.version import is_version_at_least

from server.gate.caller import Caller, local_user, token_principal
from server.logs.logs import redact
from server.store.sessions import Session
from tools.cleaning import clean

_MODERN = "2026-07-28"
_LONGEST_NAME = 60


def caller_of(context: Context[Any, Any]) -> Caller:
    """The caller behind a request."""
    who = principal()

    steps = count(1)

    async def report(message: str) -> None:
        # The protocol wants a progress that grows with each notification.
        await context.report_progress(next(steps), None, message)

    return Caller(
        principal=who,
        session=session().session,
        can_ask=can_ask(context),
        through=through(context),
        report=report,
    )


def through(context: Context[Any, Any]) -> str:
    """What the client calls itself, cleaned and short."""
    params = context.session.client_params
    told = "" if params is None else f"{params.client_info.name} {params.client_info.version}"
    return redact(clean(told, limit=_LONGEST_NAME)).strip()


def session() -> Session:
    """What a call belongs to: everything of its principal.

    A stateless request has no session of its own. Over stdio each start of a host is a new process, but the
    same person, whose notes and chats hold what was read before.
    """
    who = principal()
    return Session(who, who)


def principal() -> str:
    """Who calls: the local user, or the subject of the token that came with the request."""
    token = get_access_token()
    return token_principal(token.subject or token.client_id) if token is not None else local_user()


def can_ask(context: Context[Any, Any]) -> bool:
    """Whether a form can be shown: the client declared it, and the era has a way to deliver it."""
    capabilities = context.client_capabilities
    declared = capabilities.elicitation if capabilities else None
    if declared is None or (declared.form is None and declared.url is not None):
        return False
    version = context.protocol_version
    modern = version is not None and is_version_at_least(version, _MODERN)
    return modern or context.session.can_send_request
