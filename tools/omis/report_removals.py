"""Whoever removed themselves at OMIS wants no text either: the numbers in a removal report are proposed."""

import re
from functools import partial

from tools.counting import many
from tools.desk_operation import Desk
from tools.mobile import from_vendor
from tools.omis.report_content import Content
from tools.wire.errors import UnreadableReply
from tools.wire.report_rows import read_report_rows

_REMOVALS = "31003"
_MOST_ROWS = 100_000
_MOBILE = re.compile(r"\+8869[0-9]{8}")


async def propose_removed(type_id: str | None, content: Content, desk: Desk) -> str:
    """Propose the mobile numbers of a removal report for blocking; what is said of it, mostly nothing."""
    if type_id != _REMOVALS or content.suffix != ".csv":
        return ""
    mobiles = await desk.aside(partial(mobiles_in, content.body))
    fresh = await desk.blocking.propose_removed(mobiles) if mobiles else 0
    proposed = many(fresh, "mobile number is", "mobile numbers are")
    return f"{proposed} proposed for blocking: block_number with opt_outs_of." if fresh else ""


def mobiles_in(body: bytes) -> list[str]:
    """Each cell that is a Taiwanese mobile number, as E.164 and once; of the table's first MiB.

    Under which heading they stand is not documented.
    """
    try:
        rows = read_report_rows(body, _MOST_ROWS).preview
    except UnreadableReply:
        return []
    cells = (from_vendor(cell.strip()) for row in rows for cell in row)
    return list(dict.fromkeys(cell for cell in cells if _MOBILE.fullmatch(cell)))
