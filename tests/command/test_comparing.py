"""`campaign-ops-mcp audit verify` after another program changed the ledger."""

import subprocess
from typing import Any

import pytest
from mcp import StdioServerParameters
from mcp.client import Client

from server.command import audit
from tests.command.terminal import run
from tests.e2e.house import House, Session, innermost
from tests.e2e.person import Person
from tests.e2e.process import COMMAND, at_the_sandbox
from tests.e2e.sql import copied, run_sql, store_of, tampered
from tests.gate.servers import FREE, FREE_SEND, SEND, config_file, fronted

pytestmark = pytest.mark.usefixtures("quick_start")

Shown = pytest.CaptureFixture[str]
INSERTED, EDITED, DELETED = "inserted", "edited", "deleted"
_COPY = "CREATE TEMP TABLE made AS SELECT * FROM actions WHERE state = 'succeeded'"
_ANEW = "UPDATE made SET id = 'AAAA-AAAA', live_key = NULL, sequence = {place}"
_BACK = "INSERT INTO actions SELECT * FROM made"
_FORGOTTEN = [f"DELETE FROM {table} WHERE 1 = 1" for table in ("recipient_texts", "sent_texts", "actions")]  # noqa: S608 - our own names
TAMPERED: dict[str, tuple[str, list[str]]] = {
    "done becomes failed": (EDITED, ["UPDATE actions SET state = 'failed' WHERE state = 'succeeded'"]),
    "denied becomes unknown": (EDITED, ["UPDATE actions SET state = 'unknown' WHERE state = 'denied'"]),
    "what waits is expired": (EDITED, ["UPDATE actions SET state = 'expired' WHERE state = 'proposed'"]),
    "the same call is new again": (EDITED, ["UPDATE actions SET live_key = NULL WHERE state = 'succeeded'"]),
    "it cost nothing": (EDITED, ["UPDATE actions SET points_final = 0 WHERE state = 'succeeded'"]),
    "no number at all": (EDITED, ["UPDATE actions SET points = 'none at all'"]),
    "another day": (EDITED, ["UPDATE actions SET day = '2001-01-01'"]),
    "a truth became another": (EDITED, ["UPDATE actions SET out_of_band = 7"]),
    "bytes for a text": (EDITED, ["UPDATE actions SET outcome = x'00ff'"]),
    "all of it deleted": (DELETED, _FORGOTTEN),
    "one inserted": (INSERTED, [_COPY, _ANEW.format(place=1_000), _BACK]),
    "one inserted before all others": (INSERTED, [_COPY, _ANEW.format(place=-(2**63)), _BACK]),
    "one under another id": (DELETED, ["UPDATE actions SET id = 'AAAA-AAAA' WHERE state = 'denied'"]),
}


async def test_what_another_program_does_to_a_running_servers_ledger_is_found(house: House) -> None:
    server = StdioServerParameters(
        command=COMMAND,
        args=["serve"],
        env=at_the_sandbox(house, APPROVAL__HUMAN_MINIMUM_MS="0"),
        cwd=house.folder,
    )
    try:
        async with Client(server, mode=house.era, elicitation_callback=Person()) as client:
            sent = await Session(client=client).facts("send_sms", SEND)
            with pytest.raises(subprocess.CalledProcessError):
                await run_sql(store_of(house), "DELETE FROM actions")
            assert (await run(house, "audit", "verify")).code == 0
            await run_sql(store_of(house), "UPDATE actions SET state = 'failed'")
            said = await run(house, "audit", "verify")
    except BaseExceptionGroup as group:
        raise innermost(group) from None
    assert said.code == 1
    assert "The store is NOT as the audit says" in said.out
    assert sent["action_id"] in said.out


async def test_every_kind_of_change_is_found_and_named(house: House, capsys: Shown) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        done: dict[str, Any] = await session.facts("send_sms", FREE_SEND)
    async with fronted(house, Person("decline")) as session:
        await session.problem("send_sms", SEND)
    async with fronted(house) as session:
        await session.facts("send_sms", SEND | {"text": "等一下"})
    store, kept = store_of(house), house.folder / "kept.sqlite3"
    await copied(store, kept)
    config = config_file(house)
    for name, (what, statements) in TAMPERED.items():
        assert await audit.verify(config, "", sandbox=False) == 0, name
        capsys.readouterr()
        await tampered(store, *statements)
        assert await audit.verify(config, "", sandbox=False) == 1, name
        said = capsys.readouterr().out
        assert f"something else {what}" in said.replace("other than this program ", "else "), (name, said)
        assert done["action_id"] in said or "AAAA-AAAA" in said or "WHERE" in statements[0], (name, said)
        await copied(kept, store)


async def test_triggers_that_somebody_took_away_are_told_and_the_doctor_puts_them_back(
    house: House, capsys: Shown
) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("send_sms", SEND)
    await tampered(store_of(house))
    assert await audit.verify(config_file(house), "", sandbox=False) == 1
    assert "actions_are_kept, audit_is_kept, audit_is_as_written are gone" in capsys.readouterr().out
    assert "are gone" in (await run(house, "doctor")).out
    assert await audit.verify(config_file(house), "", sandbox=False) == 0
    (events,) = await run_sql(store_of(house), "SELECT json_extract(entry, '$.event') FROM audit")
    assert ["triggers_restored"] in events
