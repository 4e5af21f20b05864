"""Without the store nothing that costs, destroys or changes is done, and looking goes on with a warning."""

from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from server.command.block import add
from server.store import engine, sqlite_driver
from tests.e2e.house import Facts, House
from tests.e2e.person import Person
from tests.faults import front_door as scripted
from tests.faults.front_door import RECEIPT, SEND, SENDING, front_door
from tests.faults.scripted import Exchange, ScriptedVendor, whole
from tests.gate.servers import FREE, FREE_SEND, config_file, fronted, posts
from tools.catalog import every_operation
from tools.operation import Action

BATCH: Facts = {"batch_id": "220478cc-8506-49b2-93b7-2505f651c12e"}
LAUNCH: Facts = {"launch_id": "1182"}
JOB: Facts = {"job_id": "5506"}
REPORT: Facts = {"report_id": "9001"}
CAMPAIGN: Facts = {"campaign_id": "7KQ2-M9XD"}
ONE: Facts = {"recipients": ["0912345678"], "text": "x"}
ARGUMENTS: dict[str, Facts] = {
    "send_sms": ONE,
    "send_sms_deduplicated": ONE,
    "send_sms_with_message_id": {"recipient": "0912345678", "text": "x", "message_id": "1"},
    "send_personalized_sms": {"recipients": [{"mobile": "0912345678", "text": "x"}]},
    "erase_sms_booking": BATCH,
    "erase_mms_booking": BATCH,
    "undo_send": BATCH,
    "retry_safely": {"action_id": "ABCD-EFGH"},
    "delete_report": REPORT,
    "update_report": {**REPORT, "report_types": ["11001"]},
    "update_all_reports": {"start": "2026-01-01T00:00:00", "end": "2026-01-31T23:59:59"},
    **{f"{verb}_launch": LAUNCH for verb in ("pause", "resume", "terminate", "delete")},
    "extend_launch": {**LAUNCH, "expire_at": "2030-01-01T00:00:00+08:00"},
    **{f"{verb}_campaign": CAMPAIGN for verb in ("start", "resume", "cancel")},
    "move_campaign": {**CAMPAIGN, "send_at": "2030-01-01T00:00:00+08:00"},
    **{f"{verb}_job": JOB for verb in ("pause", "resume", "terminate", "delete", "restart")},
}
WITHOUT_A_CASE = {"send_mms"}
"""It needs a file; what it shares with the others is the gate."""


@pytest.fixture
def nowhere(no_settings: Path) -> dict[str, Any]:
    """A store below a file: no folder can be made there."""
    (no_settings / "file").write_text("", encoding="utf-8")
    return {"folder": no_settings / "file" / "store"}


async def test_every_action_is_refused_and_nothing_is_posted(house: House, nowhere: dict[str, Any]) -> None:
    actions = {operation.name for operation in every_operation() if isinstance(operation, Action)}
    assert actions - WITHOUT_A_CASE <= set(ARGUMENTS)
    async with fronted(house, Person(), store=nowhere) as session:
        for name in sorted(actions - WITHOUT_A_CASE):
            problem = await session.problem(name, ARGUMENTS[name])
            assert (name, problem["code"]) == (name, "store_unavailable")
            assert problem["message"].startswith("Nothing was ")
            assert "cannot be used, so none is taken: the " in problem["message"]
            assert "campaign-ops-mcp doctor" in problem["next"]
            assert str(house.folder) not in str(problem)
    assert await house.changes() == []


async def test_looking_goes_on_with_a_warning(house: House, nowhere: dict[str, Any]) -> None:
    async with fronted(house, store=nowhere) as session:
        facts = await session.facts("query_credit")
        launch = await session.facts("query_launch", LAUNCH)
    assert facts["credit"] == 10000
    assert launch["rows"]
    for looked in (facts, launch):
        assert "nothing can be changed for now" in looked["warning"]


async def test_a_store_that_is_back_is_used_again(house: House, nowhere: dict[str, Any]) -> None:
    async with fronted(house, Person(), store=nowhere) as session:
        assert (await session.problem("send_sms", ONE))["code"] == "store_unavailable"
        (house.folder / "file").unlink()
        assert (await session.facts("send_sms", ONE))["outcome"] == "done"
    assert await house.changes() == ["sendsms.ashx"]


async def test_with_another_key_nothing_is_done_since_a_blocked_number_would_not_be_known(
    house: House,
) -> None:
    """The key file was lost, or a second machine has its own: hashes would match nothing any more."""
    key = house.folder / "store" / "audit.key"
    async with fronted(house, policy=FREE) as session:
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert await add(config_file(house), FREE_SEND["recipients"][0], "") == 0
    kept = key.read_bytes()
    key.unlink()
    for _ in range(2):
        async with fronted(house, policy=FREE) as session:
            problem = await session.problem("send_sms", FREE_SEND)
            looked = await session.facts("query_credit")
        assert problem["code"] == "store_unavailable"
        assert "the audit's key is not the one" in problem["message"]
        assert "nothing can be changed" in looked["warning"]
    key.write_bytes(kept)
    async with fronted(house, policy=FREE) as session:
        assert (await session.facts("send_sms", FREE_SEND))["replayed"] is True
    assert await posts(house) == 1


@contextmanager
def lost_in_mid_post(home: Path, vendor: ScriptedVendor) -> Generator[Any]:
    """Somebody else, who holds the store as soon as the vendor is called; their COMMIT lets it go."""
    # The same library as the server's: file locks are the process's, so another one would not see them.
    with closing(sqlite_driver.connect(str(home / "elsewhere"), timeout=1)) as elsewhere:
        other = elsewhere.cursor()

        async def lock(exchange: Exchange) -> None:
            other.execute("ATTACH ? AS store", (str(home / "store" / "store.sqlite3"),))
            other.execute("BEGIN EXCLUSIVE")
            await whole(RECEIPT)(exchange)

        vendor.plays[SENDING] = lock
        yield other


async def test_a_store_that_is_lost_in_mid_post_is_said_in_the_answer(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody else holds the store when the outcome is to be written: the answer tells it all the same."""
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.3)
    with lost_in_mid_post(no_settings, vendor) as other:
        async with front_door(vendor, no_settings) as session:
            told = await session.told("send_sms", SEND)
            again = await session.facts("send_sms", SEND)
            action = await session.facts("get_action", {"action_id": told.facts["action_id"]})
            waiting = list((no_settings / "store" / "outbox").glob("*.due"))
            waiting_content = waiting[0].read_bytes()
            modes = [path.stat().st_mode & 0o777 for path in waiting]
            vendor.plays[SENDING] = whole(RECEIPT.replace("220478cc", "320478cc"))
            other.execute("COMMIT")
            later = await session.facts("send_sms", {**SEND, "text": "x"})
            settled = list((no_settings / "store" / "outbox").glob("*.due"))
    assert told.facts["outcome"] == "done"
    assert told.facts["batch_id"]
    assert "could not record it yet" in told.facts["warning"]
    assert (again["replayed"], again["batch_id"]) == (True, told.facts["batch_id"])
    assert action["state"] == "succeeded"
    assert modes == [0o600]
    assert b"912345678" not in waiting_content
    assert (later["outcome"], settled) == ("done", [])
    assert scripted.posts(vendor) == 2


async def test_an_outcome_that_waits_is_recorded_by_the_next_server_and_a_forged_one_never(
    no_settings: Path, vendor: ScriptedVendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.3)
    outbox = no_settings / "store" / "outbox"
    with lost_in_mid_post(no_settings, vendor) as other:
        async with front_door(vendor, no_settings) as session:
            done = await session.facts("send_sms", SEND)
        other.execute("COMMIT")
    (kept,) = outbox.glob("*.due")
    (outbox / "0000-0000.due").write_bytes(kept.read_bytes())
    kept.write_bytes(kept.read_bytes().replace(b"succeeded", b"failed"))
    async with front_door(vendor, no_settings) as session:
        await session.facts("query_credit")
        action = await session.facts("get_action", {"action_id": done["action_id"]})
        assert action["state"] == "dispatching"
        kept.write_bytes(kept.read_bytes().replace(b"failed", b"succeeded"))
        await session.facts("query_credit")
        action = await session.facts("get_action", {"action_id": done["action_id"]})
    assert (action["state"], action["batch_id"]) == ("succeeded", done["batch_id"])
    assert [path.name for path in outbox.iterdir()] == ["0000-0000.due"]
    assert scripted.posts(vendor) == 1
