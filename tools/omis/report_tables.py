"""The rows of a report's content, whatever form it came in."""

from collections.abc import Iterator

from tools.omis.report_content import Content
from tools.omis.report_finding import refused
from tools.wire.html_table import each_html_row
from tools.wire.report_rows import each_report_row, report_encoding


def table_rows(content: Content) -> Iterator[list[str]]:
    """Each row in its order, the heading among them; none are held.

    Raises:
        RefusedError: it is no table that can be read.
        UnreadableReply: it ends to be a table at this row.
    """
    if content.suffix == ".csv":
        return each_report_row(content.body)
    if content.suffix == ".html" and content.rows:
        encoding, start = report_encoding(content.body)
        return each_html_row(content.body[start:].decode(encoding, "replace"))
    raise refused(
        "no_table",
        "The report came as a file without rows that can be read.",
        "Use download_report: it saves the file as it is.",
    )
