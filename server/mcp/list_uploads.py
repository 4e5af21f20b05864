"""`POST /lists`: a list of recipients, as it is in the body, for whoever the token says."""

from collections.abc import AsyncGenerator

from mcp.server.transport_security import TransportSecurityMiddleware, TransportSecuritySettings
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.campaigns.problems import more_bytes_than
from server.gate.caller import local_user, token_principal
from server.gate.list_intake import take_list
from server.mcp.http_tokens import NamedTokens
from server.parts import Parts
from server.store.errors import StoreUnavailableError
from tools.problems import Problem, RefusedError

PATH = "/lists"
_STATUS = {
    "list_too_large": 413,
    "unreadable_list": 422,
    "no_folder": 503,
    "unwritable": 503,
    "too_many_lists": 409,
    "rate_limited": 429,
    "read_only": 403,
}


def with_lists(app: ASGIApp, parts: Parts, security: TransportSecuritySettings) -> ASGIApp:
    """The application, and beside it the path for lists."""
    door = _Door(parts, security)

    async def serve(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] != PATH:
            await app(scope, receive, send)
            return
        answer = await door.answer(Request(scope, receive))
        await answer(scope, receive, send)

    return serve


class _Door:
    """Lets lists in."""

    def __init__(self, parts: Parts, security: TransportSecuritySettings) -> None:
        self._parts = parts
        self._checked = TransportSecurityMiddleware(security)
        tokens = parts.settings.http.tokens
        self._tokens = NamedTokens(tokens) if tokens else None

    async def answer(self, request: Request) -> Response:
        """What the request comes to."""
        if (refusal := await self._checked.validate_request(request)) is not None:
            return refusal
        principal = await self._principal(request)
        if principal is None:
            return _told(401, _NOBODY, {"WWW-Authenticate": "Bearer"})
        if request.method != "POST":
            return _told(405, _POST_ALONE, {"Allow": "POST"})
        if request.headers.get("content-type", "").startswith("multipart/"):
            return _told(415, _PLAIN_BODY)
        try:
            return await self._taken(request, principal)
        except RefusedError as error:
            return _told(_STATUS[error.problem.code], error.problem)
        except StoreUnavailableError:
            return _told(503, _NO_STORE)
        except ClientDisconnect:
            return _told(400, _BROKEN_OFF)

    async def _principal(self, request: Request) -> str | None:
        """Whose token it is; the local user where no tokens are set, as for every call over HTTP."""
        if self._tokens is None:
            return local_user()
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        held = await self._tokens.verify_token(token.strip()) if scheme.lower() == "bearer" else None
        return None if held is None else token_principal(held.client_id)

    async def _taken(self, request: Request, principal: str) -> Response:
        most, said = self._parts.settings.lists.max_bytes, request.headers.get("content-length", "")
        if said.isdigit() and int(said) > most:
            raise more_bytes_than(most)
        kept = await take_list(self._parts.context, self._parts.uploads, principal, _pieces(request))
        facts = {"list": kept.name, "bytes": kept.size, "sha256": kept.sha256, "next": _NEXT}
        return JSONResponse(facts, status_code=201)


async def _pieces(request: Request) -> AsyncGenerator[bytes]:
    async for piece in request.stream():
        if piece:
            yield piece


def _told(status: int, problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    facts = {"code": problem.code, "message": problem.message, "next": problem.next}
    return JSONResponse(facts, status_code=status, headers=headers)


_NEXT = "read_list checks it and plan_campaign plans from it, under this name."
_NOBODY = Problem(
    code="unauthorized",
    message="The list was not taken: no token of this server came with it.",
    next="Send Authorization: Bearer with the token that the MCP client uses.",
)
_POST_ALONE = Problem(
    code="method_not_allowed", message="Nothing was done.", next="POST the file as the body."
)
_PLAIN_BODY = Problem(
    code="unsupported",
    message="The list was not taken: it came in a form.",
    next="Send the file itself as the body: curl --data-binary @due.xlsx.",
)
_NO_STORE = Problem(
    code="store_unavailable",
    message="The store is unavailable: that the list was taken could not be written down.",
    next="Send it again later.",
)
_BROKEN_OFF = Problem(
    code="broken_off", message="The list was not taken: it broke off.", next="Send it again."
)
