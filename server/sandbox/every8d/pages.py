"""The EVERY8D endpoints by path, eleven of the document and the tokens, and the shape of what they answer."""

import json
from collections.abc import Callable

from starlette.responses import Response

from server.sandbox.every8d.erase import erase_mms, erase_sms
from server.sandbox.every8d.login import RefusedError
from server.sandbox.every8d.mms import send_mms
from server.sandbox.every8d.param import send_param
from server.sandbox.every8d.query import credit, mms_status, replies, sms_status
from server.sandbox.every8d.send import send_filtered, send_sms, send_with_id
from server.sandbox.every8d.token import account_of, connect
from server.sandbox.state.accounts import Account
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

Endpoint = Callable[[World, Account, VendorCall], str]
JsonEndpoint = Callable[[World, VendorCall], dict[str, object]]

_FORM: dict[str, Endpoint] = {
    "sendsms.ashx": send_sms,
    "mms/sendmms.ashx": send_mms,
    "sendsms4filtermessage.ashx": send_filtered,
    "sendsmswithmsgid.ashx": send_with_id,
    "getdeliverystatus.ashx": sms_status,
    "mms/getdeliverystatus.ashx": mms_status,
    "getreplymessage.ashx": replies,
    "getcredit.ashx": credit,
    "erasebooking.ashx": erase_sms,
    "mms/erasebooking.ashx": erase_mms,
}


def answer_every8d(world: World, name: str, call: VendorCall) -> Response | None:
    """The answer of an endpoint (its path below /API21/HTTP/, lower case); None when there is no such one."""
    if in_json := _JSON.get(name):
        return _answer_json(world, in_json, call)
    endpoint = _FORM.get(name)
    return _answer_form(world, endpoint, call) if endpoint else None


def _answer_form(world: World, endpoint: Endpoint, call: VendorCall) -> Response:
    try:
        text = endpoint(world, account_of(world, call, call.get("UID"), call.get("PWD")), call)
    except RefusedError as refused:
        text = f"{refused.code},{refused.text}"
    return Response(text, media_type=_media_type(text))


def _media_type(text: str) -> str:
    if text.startswith("{"):
        return "application/json; charset=utf-8"
    return "text/xml; charset=utf-8" if text.startswith("<?xml") else "text/plain; charset=utf-8"


def _answer_json(world: World, endpoint: JsonEndpoint, call: VendorCall) -> Response:
    try:
        answer = endpoint(world, call)
    except RefusedError as refused:
        answer = {"Result": False, "Status": str(refused.code), "Msg": refused.text}
    return Response(json.dumps(answer, ensure_ascii=False), media_type="application/json; charset=utf-8")


def _param(world: World, call: VendorCall) -> dict[str, object]:
    return {"Result": True, "Status": "0", "Msg": send_param(world, call)}


_JSON: dict[str, JsonEndpoint] = {"sendparamsms.ashx": _param, "connectionhandler.ashx": connect}
