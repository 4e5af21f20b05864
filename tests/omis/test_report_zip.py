"""A report in a ZIP: however long it is, it is unpacked without holding up anybody else."""

import io
import tracemalloc
import zipfile

from tools.omis.report_zip import unzipped

LONG = b"%PDF-" + bytes(8_000_000)


def packed(content: bytes) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("report.pdf", content)
    return body.getvalue()


def test_what_a_zip_holds_is_unpacked_once_and_never_copied() -> None:
    """To copy 43 MB is one long step, and to unpack them at once is several."""
    body = packed(LONG)
    tracemalloc.start()
    try:
        found = unzipped(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert found.body == LONG
    assert peak < 1.5 * len(LONG)
