"""The rows of a workbook that is no list: a report that came as XLSX."""

import io
from collections.abc import Iterator

from server.campaigns.xlsx_package import Package
from server.campaigns.xlsx_sheet import SheetRows
from server.campaigns.xlsx_workbook import Workbook
from tools.lists.cells import text_of, unformatted
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply


def workbook_rows(body: bytes) -> Iterator[list[str]]:
    """Each row of the first sheet that is shown, its numbers without their formats: programs read them.

    Hidden rows are rows of it too.

    Blocks, so call it in a thread.

    Raises:
        UnreadableReply: it is damaged, at its beginning or at this row.
    """
    try:
        workbook = Workbook(Package(io.BytesIO(body)))
        shown = [sheet for sheet in workbook.sheets if not sheet.hidden]
        for sheet in shown[:1]:
            for row in SheetRows(workbook, sheet).rows():
                yield [text_of(unformatted(cell)) for cell in row.cells]
    except RefusedError:
        raise UnreadableReply("The report is a workbook, and it is damaged.") from None
