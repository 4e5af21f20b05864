"""`campaign-ops-mcp audit verify` after somebody changed finished rows of the SQLite file by hand."""

import pytest

from tests.command.support import run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.support import SEND, fronted

EDITS = {
    "the state": "UPDATE actions SET state = 'failed'",
    "the key of the call": "UPDATE actions SET live_key = NULL",
    "the points": "UPDATE actions SET points_final = NULL",
    "the batch": "UPDATE actions SET batch_id = 'x'",
    "no points": "UPDATE actions SET points = 'none at all'",
}


@pytest.mark.parametrize("statement", EDITS.values(), ids=EDITS)
async def test_an_edit_of_what_was_sent_is_found(house: House, statement: str) -> None:
    async with fronted(house, Person()) as session:
        sent = await session.facts("send_sms", SEND)
    assert (await run(house, "audit", "verify")).code == 0
    await run_sql(store_of(house), statement)
    said = await run(house, "audit", "verify")
    assert said.code == 1
    assert "1 rows of actions that are not as the audit's last entry about them says" in said.out
    assert sent["action_id"] in said.out
