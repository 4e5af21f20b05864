"""The mobile numbers in a report's table: under which heading they stand is not documented."""

import re

from tools.mobile import from_vendor
from tools.wire.errors import UnreadableReply
from tools.wire.report_rows import read_report_rows

_MOST_ROWS = 100_000
_MOBILE = re.compile(r"\+8869[0-9]{8}")


def mobiles_in(body: bytes) -> list[str]:
    """Each cell that is a Taiwanese mobile number, as E.164 and once; of the table's first MiB."""
    try:
        rows = read_report_rows(body, _MOST_ROWS).preview
    except UnreadableReply:
        return []
    cells = (from_vendor(cell.strip()) for row in rows for cell in row)
    return list(dict.fromkeys(cell for cell in cells if _MOBILE.fullmatch(cell)))
