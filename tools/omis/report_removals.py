"""Whoever removed themselves at OMIS wants no text either: the numbers in a removal report are proposed."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress

from tools.counting import many
from tools.desk_operation import Desk
from tools.mobile import from_vendor
from tools.omis.report_content import Content
from tools.omis.report_tables import table_rows
from tools.wire.errors import UnreadableReply

_REMOVALS = "31003"
_TABLES = (".csv", ".xlsx", ".zip")
_MOBILE = re.compile(r"\+8869[0-9]{8}")


async def propose_removed(type_id: str | None, content: Content, desk: Desk) -> str:
    """Propose the mobile numbers of a removal report for blocking; what is said of it, mostly nothing."""
    if type_id != _REMOVALS or content.suffix not in _TABLES:
        return ""
    mobiles = await desk.aside(lambda: mobiles_in(table_rows(content, desk.workbook_rows)))
    fresh = await desk.blocking.propose_removed(mobiles) if mobiles else 0
    proposed = many(fresh, "mobile number is", "mobile numbers are")
    return f"{proposed} proposed for blocking: block_number with opt_outs_of." if fresh else ""


def mobiles_in(rows: Iterable[Sequence[str]]) -> list[str]:
    """Each cell that is a Taiwanese mobile number, as E.164 and once; as far as the table can be read.

    Under which heading they stand is not documented.
    """
    found = dict[str, None]()
    with suppress(UnreadableReply):
        for row in rows:
            found |= dict.fromkeys(filter(_MOBILE.fullmatch, (from_vendor(cell.strip()) for cell in row)))
    return list(found)
