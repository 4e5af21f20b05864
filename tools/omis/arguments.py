"""The ids that OMIS's tools take, and how every request to its pages begins."""

import re
from typing import Annotated

from pydantic import Field

from tools.omis.codes import Page
from tools.omis.redirects import redirect_fields
from tools.operation import OmisOptions, Request
from tools.values import IDENTIFIER

_ID = r"^[0-9A-Za-z-]{1,32}$"
_WRITTEN = re.compile(_ID)

LaunchId = Annotated[str, IDENTIFIER, Field(pattern=_ID, description="Launch id (任務編號).")]
JobId = Annotated[str, IDENTIFIER, Field(pattern=_ID, description="Job id (寄送編號).")]
ReportId = Annotated[
    str, IDENTIFIER, Field(pattern=_ID, description="Report id (報表編號), from list_reports.")
]


def can_be_named(written: str) -> bool:
    """Whether a launch or job of this id can be acted on."""
    return _WRITTEN.fullmatch(written) is not None


def request(page: Page, options: OmisOptions, **fields: str) -> Request:
    """A call of a page, with the redirects of the settings. The server adds the account."""
    return Request(vendor="omis", path=f"WebAPI/{page}.aspx", fields=fields | redirect_fields(options))
