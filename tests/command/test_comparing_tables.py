"""`campaign-ops-mcp audit verify` after somebody edited a table that guards, by hand."""

import pytest

from server.command import audit
from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import FREE, FREE_SEND, config_file, fronted

pytestmark = pytest.mark.usefixtures("quick_start")

EDITS = {
    "usage_days": "UPDATE usage_days SET points = 0",
    "recipient_texts": "DELETE FROM recipient_texts",
    "sent_texts": "UPDATE sent_texts SET until = '2020-01-01T00:00:00.000000Z'",
    "blocked_numbers": "DELETE FROM blocked_numbers",
    "session_facts": "UPDATE session_facts SET outside_text_at = '2020-01-01T00:00:00.000000Z'",
    "vendor_locks": "DELETE FROM vendor_locks",
    "meta": "DELETE FROM meta WHERE name = 'audit_key'",
}


async def test_an_edit_of_each_table_that_guards_is_found_and_the_table_is_named(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with fronted(house, policy=FREE | {"test_numbers": ["0912345999"]}) as session:
        sent = await session.facts("send_sms", FREE_SEND | {"recipients": ["0912345999"]})
        await house.vendor.advance(61)
        await session.facts("get_sms_replies", {"batch_id": sent["batch_id"]})
    async with fronted(house, every8d={"password": "wrong"}) as session:
        await session.problem("query_credit")
    assert (await run(house, "block", "add", "0912345678")).code == 0
    config = config_file(house)
    assert await audit.verify(config, "", sandbox=False) == 0
    capsys.readouterr()
    for table, statement in EDITS.items():
        (changed,) = await run_sql(store_of(house), statement)
        assert changed == 1, table
        assert await audit.verify(config, "", sandbox=False) == 1
        assert f"row of {table} that " in capsys.readouterr().out
    said = await run(house, "audit", "verify")
    assert said.code == 1
    assert all(f"row of {table} that " in said.out for table in EDITS)
