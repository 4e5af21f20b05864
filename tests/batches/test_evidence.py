"""`campaign-ops-mcp evidence`: one file of what a number was sent, who agreed, and the audit's lines."""

import hashlib
import hmac
import json
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from server.command.audit import export
from server.command.evidence import write_evidence
from server.demo.rows import rows_of
from tests.batches.aged import ANSWER, ARRIVES, DAYS, NAME, OFF, OWN_WORDS, REPLIES, aged, heard
from tests.batches.stored import stored
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import config_file

FIRST, LAST = "2020-01-01", "2099-12-31"


async def _asked(house: House, number: str, file: Path, first: str = FIRST, last: str = LAST) -> int:
    return await write_evidence(config_file(house), number, first=first, last=last, output=file)


async def _written(
    house: House, number: str, name: str = "complaint.json", last: str = LAST
) -> dict[str, Any]:
    file = house.folder / name
    assert await _asked(house, number, file, last=last) == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    return json.loads(file.read_text("utf-8"))


async def test_the_file_tells_one_persons_story_and_no_other(
    house: House, of_store: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0, store=of_store) as old:
        batch_id = await heard(old)
        await old.session.facts("block_number", {"mobiles": [ARRIVES], "why": "complained"})
        found = await _written(house, ARRIVES)
        (message,) = found["messages"]
        assert message["batch_id"] == batch_id
        assert message["texts"] == [f"您好：{OWN_WORDS}"]
        assert message["name"] == NAME
        assert message["delivery"]["state"] == "delivered"
        assert message["delivery"]["source"] == "the vendor, asked"
        approval = message["approval"]
        assert approval["way"] == "form"
        assert "Recipients: 3" in approval["shown"]
        assert [each["status"] for each in found["reports"]] == ["100"]
        assert found["blocked"]["note"] == "complained"
        other = await _written(house, REPLIES, "other.json")
        assert [each["text"] for each in other["replies"]] == [ANSWER]
        for nobodys in (OFF[1:], REPLIES[1:], ANSWER, "別的", "再一個"):
            assert nobodys not in json.dumps(found, ensure_ascii=False)
    assert "1 message and " in capsys.readouterr().out


async def test_whoever_has_the_key_can_check_each_line_against_the_chain(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0) as old:
        await heard(old)
        proof = (await _written(house, ARRIVES))["audit"]
        capsys.readouterr()
        await export(config_file(house), sandbox=False)
        exported = capsys.readouterr().out.splitlines()
    key = bytes.fromhex((house.folder / "store" / "audit.key").read_text("ascii"))
    assert proof["intact"]
    assert f'"mac":"{proof["head"]["mac"]}"' in exported[proof["head"]["sequence"] - 1]
    events = [_checked(each, key, exported) for each in proof["lines"]]
    assert {"proposed", "approved", "dispatching", "succeeded", "evidence"} <= set(events)


def _checked(each: dict[str, str], key: bytes, exported: list[str]) -> str:
    """The event of a line that is in the chain, with its MAC as the file says that it is made."""
    line, whole = json.loads(each["line"]), each["line"]
    entry = whole[whole.index('"entry":') + len('"entry":') : whole.rindex(',"mac":')]
    said = f"{each['before']}:{line['sequence']}:{entry}"
    assert hmac.new(key, said.encode(), hashlib.sha256).hexdigest() == line["mac"]
    assert whole in exported
    return line["entry"]["event"]


async def test_after_the_retention_the_approval_is_told_and_the_texts_that_were_everybodys(
    house: House,
) -> None:
    async with aged(house, Person()) as old:
        await heard(old)
        old.clock.advance(days=DAYS)
        await old.parts.retention.purge("somebody")
        found = await _written(house, ARRIVES)
    assert found["messages"] == found["reports"] == []
    (send,) = found["sends_without_details"]
    assert (send["texts"], send["approval"]["way"]) == (["您好：%field1%"], "form")
    assert OWN_WORDS not in json.dumps(found, ensure_ascii=False)


async def test_other_days_and_other_numbers_are_empty_and_no_file_is_written_over(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    async with aged(house, Person(), ago=0) as old:
        await heard(old)
        before = f"{old.clock() - timedelta(days=2):%Y-%m-%d}"
        assert (await _written(house, ARRIVES, last=before))["messages"] == []
        kept = (house.folder / "complaint.json").read_bytes()
        assert await _asked(house, ARRIVES, house.folder / "complaint.json") == 1
        assert (house.folder / "complaint.json").read_bytes() == kept
        for first, last in (("yesterday", LAST), (LAST, FIRST)):
            assert await _asked(house, ARRIVES, house.folder / "wrong.json", first, last) == 1
        assert not (house.folder / "wrong.json").exists()
        assert (await stored(old.parts))["audit"].count('"event":"evidence"') == 1
        assert ARRIVES[1:] not in (await stored(old.parts))["audit"]
        assert [row["recipients"] for row in rows_of(await old.session.facts("list_batches"))] == [3]
    assert "there is such a file already" in capsys.readouterr().out
    assert not list(Path.cwd().glob("evidence-*"))
