"""How each vendor wants its credentials: the only code that puts a password into a request."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

import httpx2 as httpx

from server.settings.settings import Every8dSettings, OmisSettings
from tools.operation import Request


def every8d_request(client: httpx.AsyncClient, settings: Every8dSettings, request: Request) -> httpx.Request:
    """A POST of EVERY8D: UID and PWD in the form, or in the JSON body of 1.5."""
    login = {"UID": settings.uid, "PWD": settings.password.get_secret_value()}
    url = f"{settings.base_url}/{request.path}"
    if request.json is not None:
        return client.build_request("POST", url, json={**login, **request.json})
    return client.build_request("POST", url, data={**login, **request.fields})


def omis_request(client: httpx.AsyncClient, settings: OmisSettings, request: Request) -> httpx.Request:
    """A call of OMIS in the configured request style (ManageReport and TaskManager, note 10001)."""
    url = f"{settings.base_url}/{request.path}"
    fields = dict(request.fields)
    if settings.request_style == "xml_file":
        upload = {"XmlReqFilePath": ("request.xml", _credentials_xml(settings).encode(), "text/xml")}
        return client.build_request("POST", url, data=fields, files=upload)
    fields = {**_login_fields(settings), **fields}
    if settings.password_in_url:
        return client.build_request("GET", url, params=fields)
    return client.build_request("POST", url, data=fields)


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
