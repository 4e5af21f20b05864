"""The three XML ways of giving an OMIS page its fields (000_ and 001_, 註解 10001), and the login."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit
from xml.parsers import expat

from server.sandbox.callback_target import is_loopback
from server.sandbox.http_out import Outgoing, exchange
from server.sandbox.omis.answers import OmisError
from server.sandbox.state.accounts import Manager
from server.sandbox.vendor_call import Pairs, VendorCall
from server.sandbox.world import World

INCORRECT = (102, "Incorrect Request")
_EXCEPTION = (100, "Exception")
_DEPTH_OF_FIELDS = 2
_FOUND = 200


async def with_xml_fields(call: VendorCall) -> VendorCall:
    """The call with the fields of its XML behind its own. Raises OmisError 100 or 102."""
    extra: Pairs = ()
    if call.get("XmlRequest"):
        extra += _read_fields(call.get("XmlRequest").encode())
    for upload in call.uploads:
        if upload.field.lower() == "xmlreqfilepath":
            _require_xml_name(upload.filename)
            extra += _read_fields(upload.content)
    if url := call.get("XmlReqUrl"):
        extra += _read_fields(await _fetch(url))
    return replace(call, fields=call.fields + extra)


def _require_xml_name(name: str) -> None:
    if not name.lower().endswith(".xml"):
        raise OmisError(*INCORRECT)


async def _fetch(url: str) -> bytes:
    """Only from this machine: the sandbox calls no stranger."""
    _require_xml_name(urlsplit(url).path)
    reply = await exchange(Outgoing(url=url)) if is_loopback(url) else None
    if reply is None or reply.status != _FOUND:
        raise OmisError(*_EXCEPTION)
    return reply.content


def _read_fields(document: bytes) -> Pairs:
    """The children of REQUEST as fields; a DTD is refused, since it could grow without end."""
    fields: list[tuple[str, str]] = []
    path: list[str] = []

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        if len(path) == _DEPTH_OF_FIELDS:
            fields.append((name, ""))

    def end(_: str) -> None:
        path.pop()

    def text(data: str) -> None:
        if len(path) == _DEPTH_OF_FIELDS:
            name, before = fields.pop()
            fields.append((name, before + data))

    def refuse(*_: Any) -> None:
        raise OmisError(*_EXCEPTION)

    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(document, True)  # noqa: FBT003 - expat takes it by place only
    except expat.ExpatError:
        raise OmisError(*_EXCEPTION) from None
    return tuple((name, value.strip()) for name, value in fields)


def log_in(world: World, call: VendorCall) -> Manager:
    """The login of a call. Raises OmisError 102 (none is documented) or 1000."""
    manager = world.managers.get(call.get("ManagerLoginName").lower())
    if manager is None or manager.password != call.get("ManagerPassword"):
        raise OmisError(*INCORRECT)
    if not manager.licensed:
        raise OmisError(1000, "No Licence at Page")
    return manager
