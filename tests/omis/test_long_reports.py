"""A report in a ZIP or as a web page: however long it is, it is read without holding up anybody else."""

import io
import zipfile

import pytest

from server.campaigns.workbook_rows import workbook_rows
from tests.traced_memory import traced
from tools.omis.report_content import linked_content
from tools.omis.report_tables import table_rows
from tools.omis.report_zip import unzipped
from tools.operation import Reply
from tools.problems import RefusedError

LONG = b"%PDF-" + bytes(8_000_000)


def packed(content: bytes, way: int = zipfile.ZIP_DEFLATED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", way) as package:
        package.writestr("report.pdf", content)
    return body.getvalue()


def test_what_a_zip_holds_is_unpacked_once_and_never_copied() -> None:
    """To copy 43 MB is one long step, and to unpack them at once is several."""
    body = packed(LONG)
    with traced() as memory:
        found = unzipped(body)
        peak = memory()[1]
    assert found.body == LONG
    assert peak < 1.5 * len(LONG)


@pytest.mark.parametrize("way", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_of_a_few_bytes_never_fills_the_memory(way: int) -> None:
    """Of these ways Python unpacks a whole piece at once, however much it becomes."""
    body = packed(LONG, way)
    with traced() as memory:
        with pytest.raises(RefusedError):
            unzipped(body)
        peak = memory()[1]
    assert peak < len(LONG) / 8


def test_a_long_page_is_read_piece_by_piece_and_no_character_is_lost_between_them() -> None:
    cell, rows = "中" * 701, 8_000
    page = f"<table>{f'<tr><td>{cell}</td></tr>' * rows}</table>".encode()
    with traced() as memory:
        content = linked_content(Reply(status=200, body=page), "https://omis.example/a.html")
        same = sum(row == [cell] for row in table_rows(content, workbook_rows))
        peak = memory()[1]
    assert (content.rows, same) == (rows, rows)
    assert peak < len(page) / 2
