"""The receiver of EVERY8D 2.1: delivery reports and replies that the vendor pushes to us.

The vendor signs nothing, so the secret is the last part of the URL. HTTP 200 is only answered once the event
is committed: everything else is sent again, up to ten times.
"""

import hashlib
import hmac
import json
import logging
import socket

import anyio
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.http_door import Listener, listening_socket
from server.logs.logs import without_secrets
from server.parts import Parts
from server.settings.settings import CallbacksSettings
from server.store.errors import StoreUnavailableError
from tools.cleaning import clean
from tools.every8d.callbacks import read_callback_fields, read_event
from tools.mobile import mask_mobile
from tools.taipei import compact

MAX_BODY = 64 * 1024
PATH = "/callbacks/every8d"
_log = logging.getLogger(__name__)

_TRY_AGAIN_SECONDS = 2.0


def callback_app(parts: Parts) -> Starlette:
    """The application that takes the vendor's calls."""
    token = parts.settings.callbacks.token.get_secret_value().encode()

    async def receive(request: Request) -> Response:
        given = request.path_params["token"].encode()
        if not token or not hmac.compare_digest(given, token):
            return PlainTextResponse("not found", status_code=404)
        encoded = await _encoded(request)
        if encoded is None:
            return PlainTextResponse("too large", status_code=413)
        return await _keep(parts, encoded)

    return Starlette(routes=[Route(PATH + "/{token}", receive, methods=["GET", "POST"])])


async def _encoded(request: Request) -> bytes | None:
    """The fields as they came: of the query, and of the form when it is a POST."""
    parts = [request.scope["query_string"]]
    if request.method == "POST":
        body = b""
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY:
                return None
        parts.append(body)
    return b"&".join(part for part in parts if part)


async def _keep(parts: Parts, encoded: bytes) -> Response:
    try:
        fields = read_callback_fields(encoded)
    except ValueError:
        return PlainTextResponse("not a report", status_code=400)
    if not fields.get("BATCHID") or not fields.get("STATUS"):
        return PlainTextResponse("not a report", status_code=400)
    try:
        await _record(parts, fields)
    except StoreUnavailableError:
        _log.warning("a delivery report could not be recorded; the vendor will send it again")
        return PlainTextResponse("try again", status_code=503)
    return PlainTextResponse("OK")


async def _record(parts: Parts, fields: dict[str, str]) -> None:
    """Keep it once, however often it comes and however its number and times are written.

    The number is kept as a keyed hash and masked.
    """
    event = read_event(fields)
    code = fields["STATUS"].strip() if event.status_code is None else str(event.status_code)
    values = {
        "batch_id": _kept(event.batch_id, 64),
        "record": _kept(event.message_key, 64),
        "status": _kept(code, 16),
        "message_id": _kept(event.message_id, 64),
        "text": _kept(fields.get("SM", ""), 1_000),
        "reference": _kept(event.subject, 200),
    }
    when = fields.get("RT", "") if event.reported_at is None else compact(event.reported_at)
    identity = json.dumps([*values.values(), event.mobile, when])
    more = {
        "key": hashlib.sha256(identity.encode()).hexdigest(),
        "mobile": mask_mobile(without_secrets(event.mobile)),
        "reported_at": event.reported_at,
        "sent_at": event.sent_at,
        "charge": _kept(fields.get("CHARGE", "").strip(), 16),
    }
    await parts.book.keep_event({**values, **more}, event.mobile)


def _kept(written: str, limit: int) -> str:
    """What the store takes of a text: cleaned, short, and without a password that the vendor echoes."""
    return clean(without_secrets(written), limit=limit)


async def serve_callbacks(parts: Parts) -> None:
    """Listen for the vendor's calls until cancelled; as long as the port is another's, wait for it."""
    settings = parts.settings.callbacks
    web = Listener(callback_app(parts), lifespan="off")
    bound = await _listening(settings)
    try:
        _log.info("receiving delivery reports on port %s", settings.port)
        await web.serve(sockets=[bound])
    finally:
        # A cancelled `serve` leaves this to us.
        with anyio.CancelScope(shield=True):
            await web.shutdown(sockets=[bound])


async def _listening(wanted: CallbacksSettings) -> socket.socket:
    """The listening socket.

    Every host on a machine starts a server of its own: the first has the port and keeps what comes for all of
    them, in the store that they share. When it ends, the next one takes over.
    """
    told = False
    while True:
        try:
            return listening_socket(wanted.host, wanted.port)
        except OSError as error:
            if not told:
                why = error.strerror or type(error).__name__
                _log.warning(
                    "no delivery reports here as long as %s:%s cannot be had: %s",
                    wanted.host,
                    wanted.port,
                    why,
                )
            told = True
        await anyio.sleep(_TRY_AGAIN_SECONDS)
