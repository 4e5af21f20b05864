"""How each vendor wants its credentials: the only code that puts a password into a request."""

from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import urlencode
from xml.sax.saxutils import escape

import httpx2 as httpx
from pydantic_core import to_json

from server.settings.settings import Every8dSettings, OmisSettings
from server.vendors.outgoing import Outgoing
from tools.operation import Request

_FORM = "application/x-www-form-urlencoded"


def every8d_request(settings: Every8dSettings, request: Request) -> Outgoing:
    """A POST of EVERY8D: UID and PWD in the form, or in the JSON body of 1.5."""
    login = {"UID": settings.uid, "PWD": settings.password.get_secret_value()}
    url = _url(f"{settings.base_url}/{request.path}")
    written = request.written if request.json is None else to_json(request.json)
    if written is not None:
        body = to_json(login)[:-1] + b"," + written[1:]
        return Outgoing(method="POST", url=url, body=body, content_type="application/json")
    return _form(url, {**login, **request.fields})


def omis_request(settings: OmisSettings, request: Request) -> Outgoing:
    """A call of OMIS in the configured request style (ManageReport and TaskManager, note 10001)."""
    url = _url(f"{settings.base_url}/{request.path}")
    fields = dict(request.fields)
    if settings.request_style == "xml_file":
        upload = {"XmlReqFilePath": ("request.xml", _credentials_xml(settings).encode(), "text/xml")}
        made = httpx.Request("POST", url, data=fields, files=upload)
        return Outgoing(method="POST", url=url, body=made.read(), content_type=made.headers["content-type"])
    fields = {**_login_fields(settings), **fields}
    if settings.password_in_url:
        return Outgoing(method="GET", url=url.copy_with(params=fields))
    return _form(url, fields)


def _form(url: httpx.URL, fields: Mapping[str, str]) -> Outgoing:
    return Outgoing(method="POST", url=url, body=urlencode(fields).encode(), content_type=_FORM)


@lru_cache(maxsize=64)
def _url(written: str) -> httpx.URL:
    """A vendor has a few dozen paths."""
    return httpx.URL(written)


def _login_fields(settings: OmisSettings) -> Mapping[str, str]:
    if settings.request_style == "xml_request":
        return {"XmlRequest": _credentials_xml(settings)}
    if settings.request_style == "xml_url":
        return {"XmlReqUrl": settings.xml_url}
    password = settings.password.get_secret_value()
    return {"ManagerLoginName": settings.login_name, "ManagerPassword": password}


def _credentials_xml(settings: OmisSettings) -> str:
    password = escape(settings.password.get_secret_value())
    return (
        '<?xml version="1.0" encoding="utf-8"?><REQUEST>'
        f"<ManagerLoginName>{escape(settings.login_name)}</ManagerLoginName>"
        f"<ManagerPassword>{password}</ManagerPassword></REQUEST>"
    )
