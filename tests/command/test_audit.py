"""`campaign-ops-mcp audit` after somebody changed the SQLite file by hand."""

import json
import re

import pytest

from server.command import audit
from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.sql import store_of, tampered
from tests.gate.servers import SEND, config_file, fronted

pytestmark = pytest.mark.usefixtures("quick_start")

Shown = pytest.CaptureFixture[str]

TAMPERED = {
    "an edit": "UPDATE audit SET entry = replace(entry, 'send_sms', 'send_mms') WHERE sequence = 2",
    "another MAC": "UPDATE audit SET mac = replace(mac, substr(mac, 1, 1), 'g') WHERE sequence = 2",
    "a deletion": "DELETE FROM audit WHERE sequence = 2",
    "the first one deleted": "DELETE FROM audit WHERE sequence = 1",
    "a cut": "DELETE FROM audit WHERE sequence > 2",
    "everything cut": "DELETE FROM audit",
    "a swap": "UPDATE audit SET sequence = sequence - 5 WHERE sequence IN (2, 3);"
    "UPDATE audit SET sequence = -sequence WHERE sequence < 0",
}


async def _history(house: House) -> None:
    async with fronted(house, Person()) as session:
        await session.facts("send_sms", SEND)
        await session.facts("query_credit")


async def _tamper(house: House, statements: str) -> None:
    await tampered(store_of(house), *statements.split(";"))


async def test_what_was_written_is_intact_and_its_head_is_told(house: House, capsys: Shown) -> None:
    await _history(house)
    config = config_file(house)
    assert await audit.verify(config, "", sandbox=False) == 0
    found = re.search(r"(\d+) entries, head (\d+:[0-9a-f]{64})", capsys.readouterr().out)
    assert found is not None
    assert int(found[1]) >= 4
    assert await audit.verify(config, found[2], sandbox=False) == 0
    assert await audit.verify(config, found[2][:-1] + "g", sandbox=False) == 1
    assert await audit.verify(config, "nonsense", sandbox=False) == 1


@pytest.mark.parametrize("statements", TAMPERED.values(), ids=TAMPERED)
async def test_each_way_to_tamper_is_found(house: House, capsys: Shown, statements: str) -> None:
    await _history(house)
    await _tamper(house, statements)
    assert await audit.verify(config_file(house), "", sandbox=False) == 1
    assert "The audit is NOT intact" in capsys.readouterr().out


async def test_a_cut_is_found_against_a_noted_head_even_without_the_head_file(
    house: House, capsys: Shown
) -> None:
    await _history(house)
    config = config_file(house)
    await audit.verify(config, "", sandbox=False)
    noted = capsys.readouterr().out.split()[-1]
    await _tamper(house, TAMPERED["a cut"])
    (house.folder / "store" / "audit.head").unlink()
    assert await audit.verify(config, noted, sandbox=False) == 1
    assert "the end is missing" in capsys.readouterr().out


async def test_an_entry_after_a_cut_does_not_hide_it(house: House, capsys: Shown) -> None:
    """The server goes on writing on the shortened chain; the head that was remembered is still missed."""
    await _history(house)
    await _tamper(house, TAMPERED["a cut"])
    async with fronted(house, Person()) as session:
        for _ in range(8):
            await session.facts("query_credit")
    assert await audit.verify(config_file(house), "", sandbox=False) == 1


async def test_export_and_verify_are_commands_with_exit_codes(house: House) -> None:
    """The export is JSON lines without numbers and texts."""
    await _history(house)
    said = await run(house, "audit", "export")
    assert said.code == 0
    lines = [json.loads(line) for line in said.out.splitlines()]
    happened = [line["entry"]["event"] for line in lines]
    assert happened[:5] == ["proposed", "approved", "dispatching", "succeeded", "looked"]
    assert [line["sequence"] for line in lines] == list(range(1, len(lines) + 1))
    assert "912345678" not in said.out
    assert "您好" not in said.out
    await _tamper(house, TAMPERED["an edit"])
    assert (await run(house, "audit", "verify")).code == 1
