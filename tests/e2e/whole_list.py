"""A list read to its end, as its answers say how to go on."""

import re
from collections.abc import AsyncGenerator, Mapping
from typing import Any

from tests.e2e.house import Facts, Session

_GO_ON = re.compile(r"Go on with page=(\d+), page_size=(\d+)\.")


async def every_page(
    session: Session, tool: str, arguments: Mapping[str, Any], page_size: int
) -> AsyncGenerator[Facts]:
    """Each answer of the list, until nothing is left."""
    page = 1
    while True:
        facts = await session.facts(tool, {**arguments, "page": page, "page_size": page_size})
        yield facts
        if told := _GO_ON.search(facts.get("warning", "")):
            page, page_size = int(told[1]), int(told[2])
        elif page >= facts["pages"]:
            return
        else:
            page += 1
