"""What a downloaded report is, seen from its bytes: content types and file names are not documented."""

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from tools.omis.answers import error_code
from tools.omis.codes import refusal
from tools.omis.groups import groups_of
from tools.operation import Reply
from tools.problems import Problem, RefusedError
from tools.wire.errors import UnreadableReply
from tools.wire.html_table import html_rows
from tools.wire.report_rows import read_report_rows, report_encoding, report_text
from tools.wire.text import looks_like_html
from tools.wire.xml_body import is_xml, read_xml

_OK = 200
_PREVIEW_ROWS = 10
_OPENING = 1024 * 1024
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BINARY = {
    b"%PDF-": (".pdf", "application/pdf"),
    b"\xd0\xcf\x11\xe0": (".xls", "application/vnd.ms-excel"),
}
_ERROR_ROWS = 2
_ERROR_NAMES = frozenset(("errorcode", "errormsg", "record"))
_UNCOUNTED = "The rows could not be counted: the file does not read as a table to its end."
_IS_HTML = "The server calls it a spreadsheet; it is a web page with a table, and saved as one."


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A report's bytes and what they are. `rows` is None unless it is a table."""

    body: bytes
    suffix: str
    content_type: str
    rows: int | None = None
    preview: list[list[str]] = field(default_factory=list[list[str]])
    note: str = ""


def linked_content(reply: Reply, link: str) -> Content:
    """The content behind a DOWNLOADLINK.

    A web page is a report only if the link names one (ReportCheckType 1 makes HTML files); otherwise it is
    the error page of a server that says 200 to everything.

    Raises:
        RefusedError: an error came instead of a report.
    """
    if reply.status != _OK:
        raise _failed("The download link did not give a file.")
    return _content(reply, names_html=urlsplit(link).path.lower().endswith((".html", ".htm")))


def told_content(reply: Reply) -> Content:
    """The content that came instead of a list (ResponseMode 2 and 3).

    Raises:
        RefusedError: an error came instead of a report.
    """
    return _content(reply, names_html=False)


def _content(reply: Reply, *, names_html: bool) -> Content:
    if not reply.body or reply.body.isspace():
        raise _failed("The report came without content.")
    binary = _binary(reply.body)
    if binary is not None:
        return binary
    try:
        encoding, start = report_encoding(reply.body)
    except UnreadableReply:
        return Content(body=reply.body, suffix=".bin", content_type="application/octet-stream")
    opening = reply.body[start : start + _OPENING].decode(encoding, "ignore")
    if looks_like_html(opening) or opening.lstrip().lower().startswith("<table"):
        return _page(reply, report_text(reply.body, encoding, start), names_html=names_html)
    if is_xml(opening) or opening.lstrip().startswith("<!"):
        raise _xml_error(reply)
    if _is_json(reply.body, opening):
        raise _failed("JSON came instead of the report.")
    return _table(reply.body)


def _binary(body: bytes) -> Content | None:
    for magic, (suffix, content_type) in _BINARY.items():
        if body.startswith(magic):
            return Content(body=body, suffix=suffix, content_type=content_type)
    if not body.startswith(b"PK\x03\x04"):
        return None
    if _is_xlsx(body):
        return Content(body=body, suffix=".xlsx", content_type=_XLSX)
    return Content(body=body, suffix=".zip", content_type="application/zip")


def _is_xlsx(body: bytes) -> bool:
    """Whether a ZIP file holds a workbook; its content is not unpacked."""
    try:
        names = zipfile.ZipFile(io.BytesIO(body)).namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return False
    return "[Content_Types].xml" in names and any(name.startswith("xl/") for name in names)


def _page(reply: Reply, text: Iterator[str], *, names_html: bool) -> Content:
    """A web page: a report that a link names as one, or a table under a spreadsheet's type; else an error."""
    preview, count = html_rows(text, _PREVIEW_ROWS)
    sheet = "excel" in reply.content_type.lower() or "spreadsheet" in reply.content_type.lower()
    if not names_html and not (sheet and count):
        raise _failed("A web page came instead of the report.")
    return Content(
        body=reply.body,
        suffix=".html",
        content_type="text/html",
        rows=count or None,
        preview=preview,
        note=_IS_HTML if sheet else "",
    )


def _is_json(body: bytes, opening: str) -> bool:
    if not opening.lstrip().startswith(("{", "[")):
        return False
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _table(body: bytes) -> Content:
    try:
        rows = read_report_rows(body, _PREVIEW_ROWS)
    except UnreadableReply:
        return Content(body=body, suffix=".bin", content_type="application/octet-stream")
    if rows.count == 1 and len(rows.preview[0]) == 1:
        raise _failed("A single line of text came instead of the report.")
    if rows.count == len(rows.preview) == _ERROR_ROWS:
        _refuse_error(rows.preview)
    return Content(
        body=body,
        suffix=".csv",
        content_type="text/csv",
        rows=rows.count,
        preview=rows.preview,
        note=_UNCOUNTED if rows.count is None else "",
    )


def _refuse_error(rows: list[list[str]]) -> None:
    """An answer in CSV that has nothing but an error: OMIS answers in that form too."""
    heading = [cell.strip().lower() for cell in rows[0]]
    if not _ERROR_NAMES.issuperset(heading):
        return
    told = dict(zip(heading, rows[1], strict=False))
    if (code := error_code(told)) is not None:
        raise refusal("ManageReport", code, told.get("errormsg", ""), nothing="Nothing was downloaded.")


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
