"""What a downloaded report is, seen from its bytes: content types and file names are not documented."""

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tools.omis.answers import error_code
from tools.omis.codes import refusal
from tools.omis.groups import groups_of
from tools.operation import Reply
from tools.problems import Problem, RefusedError
from tools.wire.csv_table import first_rows
from tools.wire.errors import UnreadableReply
from tools.wire.text import decode_text, looks_like_html
from tools.wire.xml_body import is_xml, read_xml

_OK = 200
_PREVIEW_ROWS = 10
_BINARY = {
    b"%PDF-": (".pdf", "application/pdf"),
    b"PK\x03\x04": (".zip", "application/zip"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A report's bytes and what they are. `rows` is None unless it is a table."""

    body: bytes
    suffix: str
    content_type: str
    rows: int | None = None
    preview: list[list[str]] = field(default_factory=list[list[str]])


def linked_content(reply: Reply, link: str) -> Content:
    """The content behind a DOWNLOADLINK.

    A web page is a report only if the link names one (ReportCheckType 1 makes HTML files); otherwise it is
    the error page of a server that says 200 to everything.

    Raises:
        RefusedError: an error came instead of a report.
    """
    if reply.status != _OK:
        raise _failed("The download link did not give a file.")
    return _content(reply, html=urlsplit(link).path.lower().endswith((".html", ".htm")))


def told_content(reply: Reply) -> Content:
    """The content that came instead of a list (ResponseMode 2 and 3).

    Raises:
        RefusedError: an error came instead of a report.
    """
    return _content(reply, html=False)


def _content(reply: Reply, *, html: bool) -> Content:
    if not reply.body.strip():
        raise _failed("The report came without content.")
    for magic, (suffix, content_type) in _BINARY.items():
        if reply.body.startswith(magic):
            return Content(body=reply.body, suffix=suffix, content_type=content_type)
    try:
        text = decode_text(reply.body, reply.content_type)
    except UnreadableReply:
        return Content(body=reply.body, suffix=".bin", content_type="application/octet-stream")
    if looks_like_html(text):
        if html:
            return Content(body=reply.body, suffix=".html", content_type="text/html")
        raise _failed("A web page came instead of the report.")
    if is_xml(text):
        raise _xml_error(reply)
    return _table(reply.body, text)


def _table(body: bytes, text: str) -> Content:
    try:
        preview = first_rows(text, _PREVIEW_ROWS)
    except UnreadableReply:
        return Content(body=body, suffix=".bin", content_type="application/octet-stream")
    rows = _row_count(text)
    return Content(body=body, suffix=".csv", content_type="text/csv", rows=rows, preview=preview)


def _row_count(text: str) -> int:
    """Rows that are not empty; a line break inside quotation marks opens no row."""
    rows, quotes = 0, 0
    for line in text.splitlines():
        rows += quotes % 2 == 0 and bool(line.strip())
        quotes += line.count('"')
    return rows


def _xml_error(reply: Reply) -> RefusedError:
    try:
        groups = groups_of(read_xml(reply.body, reply.content_type))
    except UnreadableReply:
        groups = []
    for group in groups:
        if (code := error_code(group)) is not None:
            return refusal("ManageReport", code, group.get("errormsg", ""), nothing="Nothing was downloaded.")
    return _failed("XML came instead of the report.")


def _failed(message: str) -> RefusedError:
    return RefusedError(
        Problem(
            code="download_failed",
            message=f"{message} Nothing was saved.",
            next="Use list_reports for a fresh link, or update_report to have the report made again.",
            retryable=True,
        )
    )
