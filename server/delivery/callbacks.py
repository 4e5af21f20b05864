"""The receiver of EVERY8D 2.1: delivery reports and replies that the vendor pushes to us.

The vendor signs nothing, so the secret is the last part of the URL. HTTP 200 is only answered once the event
is committed: everything else is sent again, up to ten times.
"""

import contextlib
import hashlib
import json
import logging
import socket
from collections.abc import Mapping
from functools import partial

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from server.delivery.door import Door
from server.delivery.intake import Intake
from server.http_door import Listener, listening_socket, once_free
from server.ledger.records import Reported
from server.logs.logs import without_secrets
from server.parts import Parts
from server.settings.settings import CallbacksSettings
from server.store.errors import StoreUnavailableError
from server.store.quarantine import UNREADABLE
from tools.cleaning import clean
from tools.every8d.callbacks import REPLY, mobile_of, moment_of, read_callback_fields, status_of
from tools.mobile import mask_mobile
from tools.taipei import compact

MAX_BODY = 64 * 1024
_log = logging.getLogger(__name__)

_KEPT = Response()
"""Without a body, which the vendor ignores: it would be a packet, and a tenth of the time, of its own."""
_NOT_FOUND = PlainTextResponse("not found", status_code=404)
_ANOTHER_METHOD = PlainTextResponse("GET or POST was expected", status_code=405)
_TOO_LARGE = PlainTextResponse("too large", status_code=413)
_NO_REPORT = PlainTextResponse("not a report", status_code=400)
_TRY_AGAIN = PlainTextResponse("try again", status_code=503)


def callback_app(parts: Parts, intake: Intake | None = None, door: Door | None = None) -> ASGIApp:
    """The application that takes the vendor's calls."""
    reports, at = intake or Intake(parts.book.keep_events), door or door_of(parts)
    approver = parts.book.phone.number

    async def answer(scope: Scope, receive: Receive) -> Response:
        try:
            if not await at.opens(scope):
                return _NOT_FOUND
        except StoreUnavailableError:
            return _unavailable()
        if scope["method"] not in ("GET", "POST"):
            return _ANOTHER_METHOD
        encoded = await _encoded(scope, receive)
        kept = _TOO_LARGE if encoded is None else await _keep(reports, encoded, approver)
        if kept in (_TOO_LARGE, _NO_REPORT):
            at.count(UNREADABLE)
        return kept

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (await answer(scope, receive))(scope, receive, send)

    return app


def door_of(parts: Parts) -> Door:
    """The door by these settings."""
    return Door(parts.memory.keeper, parts.callback_tokens, parts.settings.callbacks.allowed_addresses)


async def _encoded(scope: Scope, receive: Receive) -> bytes | None:
    """The fields as they came: of the query, and of the form when it is a POST."""
    parts = [scope["query_string"]]
    if scope["method"] == "POST":
        body = b""
        async for chunk in Request(scope, receive).stream():
            body += chunk
            if len(body) > MAX_BODY:
                return None
        parts.append(body)
    return b"&".join(part for part in parts if part)


async def _keep(reports: Intake, encoded: bytes, approver: str) -> Response:
    try:
        fields = read_callback_fields(encoded)
    except ValueError:
        return _NO_REPORT
    if not fields.get("BATCHID") or not fields.get("STATUS"):
        return _NO_REPORT
    try:
        await reports.keep(reported(_without_code(fields, approver)))
    except StoreUnavailableError:
        return _unavailable()
    return _KEPT


def _unavailable() -> Response:
    _log.warning("a delivery report could not be recorded; the vendor will send it again")
    return _TRY_AGAIN


def _without_code(fields: Mapping[str, str], approver: str) -> Mapping[str, str]:
    """A report on what was texted to the approver's phone, without the text: it may hold a code, which nobody
    else is to read.
    """
    if not approver or mobile_of(fields.get("RM", "")) != approver or status_of(fields["STATUS"])[0] == REPLY:
        return fields
    return {**fields, "SM": ""}


def reported(fields: Mapping[str, str]) -> Reported:
    """What is kept of it: the same, however its number and times are written."""
    code, _ = status_of(fields["STATUS"])
    mobile, reported_at = mobile_of(fields.get("RM", "")), moment_of(fields.get("RT", ""))
    values = {
        "batch_id": _kept(fields["BATCHID"].strip(), 64),
        "record": _kept(fields.get("MR", "").strip(), 64),
        "status": _kept(fields["STATUS"].strip() if code is None else str(code), 16),
        "message_id": _kept(fields.get("MSGID", "").strip(), 64),
        "text": _kept(fields.get("SM", ""), 1_000),
        "reference": _kept(fields.get("SUBJECT", ""), 200),
    }
    when = fields.get("RT", "") if reported_at is None else compact(reported_at)
    identity = json.dumps([*values.values(), mobile, when])
    more = {
        "key": hashlib.sha256(identity.encode()).hexdigest(),
        "mobile": mask_mobile(without_secrets(mobile)),
        "reported_at": reported_at,
        "sent_at": moment_of(fields.get("ST", "")),
        "charge": _kept(fields.get("CHARGE", "").strip(), 16),
    }
    return Reported({**values, **more}, mobile)


def _kept(written: str, limit: int) -> str:
    """What the store takes of a text: cleaned, short, and without a password that the vendor echoes."""
    return clean(without_secrets(written), limit=limit) if written else ""


async def serve_callbacks(parts: Parts) -> None:
    """Listen for the vendor's calls until cancelled; as long as the port is another's, wait for it."""
    settings = parts.settings.callbacks
    intake, door = Intake(parts.book.keep_events), door_of(parts)
    web = Listener(callback_app(parts, intake, door), lifespan="off")
    bound = await _listening(settings)
    try:
        _log.info("receiving delivery reports on port %s", settings.port)
        async with anyio.create_task_group() as beside:
            beside.start_soon(door.keep_telling)
            await web.serve(sockets=[bound])
            beside.cancel_scope.cancel()
    finally:
        # A cancelled `serve` leaves this to us.
        with anyio.CancelScope(shield=True):
            await web.shutdown(sockets=[bound])
            await intake.close()
            with contextlib.suppress(StoreUnavailableError):
                await door.tell()


async def _listening(wanted: CallbacksSettings) -> socket.socket:
    """The listening socket; the server that has it keeps what comes for all, in the store that they share."""

    def tell(error: OSError) -> None:
        why = error.strerror or type(error).__name__
        _log.warning(
            "no delivery reports here as long as %s:%s cannot be had: %s", wanted.host, wanted.port, why
        )

    return await once_free(partial(listening_socket, wanted.host, wanted.port), tell)
