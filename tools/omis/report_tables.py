"""The rows of a report's content, whatever form it came in."""

from collections.abc import Callable, Iterator

from tools.omis.report_content import Content
from tools.omis.report_finding import refused
from tools.omis.report_zip import unzipped
from tools.wire.html_table import each_html_row
from tools.wire.report_rows import each_report_row, report_encoding, report_text

WorkbookRows = Callable[[bytes], Iterator[list[str]]]
"""What reads the rows of a workbook (XLSX): the server's, since a file of strangers must do it no harm."""
_KINDS = {
    ".pdf": "a PDF, which has no rows",
    ".xls": "a workbook of Excel before 2007",
    ".zip": "a ZIP within a ZIP",
    ".html": "a web page without a table",
}


def table_rows(content: Content, workbook_rows: WorkbookRows) -> Iterator[list[str]]:
    """Each row in its order, the heading among them; none are held. A ZIP is read as the one file in it.

    Raises:
        RefusedError: it is no table that can be read.
        UnreadableReply: it ends to be a table at this row.
    """
    if content.suffix == ".zip":
        content = unzipped(content.body)
    if content.suffix == ".csv":
        return each_report_row(content.body)
    if content.suffix == ".xlsx":
        return workbook_rows(content.body)
    if content.suffix == ".html" and content.rows:
        encoding, start = report_encoding(content.body)
        return each_html_row(report_text(content.body, encoding, start))
    raise refused(
        "no_table",
        f"The report came as {_KINDS.get(content.suffix, 'a file without rows that can be read')}.",
        "Use download_report: it saves the file as it is.",
    )
