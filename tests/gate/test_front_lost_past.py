"""A store that was restored, deleted or replaced sends nothing, until a person accepts the loss."""

import shutil
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from server.command import audit
from server.command.doctor import examine
from server.command.loss import accept_loss
from server.demo.rows import rows_of
from server.gate.caller import local_user
from server.ledger.finishing import Ending, Known, sealed
from server.ledger.past import HeadFile
from server.store.actions import State
from server.store.head_file import Head, read_head
from server.store.key_file import KeyFileError, load_or_create_key
from server.store.outbox import Outbox
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.sql import copied, run_sql, store_of, tampered
from tests.gate.servers import FREE, FREE_SEND, LAUNCH, SEND, Clock, config_file, decide, fronted, posts

Shown = pytest.CaptureFixture[str]
_ACCEPTED = (
    "SELECT json_extract(entry, '$.details.by'), json_extract(entry, '$.details.channel') FROM audit"
    " WHERE json_extract(entry, '$.event') = 'loss_accepted'"
)


async def backed_up(house: House) -> None:
    await copied(store_of(house), house.folder / "backup.sqlite3")


async def removed(house: House) -> None:
    for each in store_of(house).parent.glob("store.sqlite3*"):
        if not each.name.endswith(".lock"):
            each.unlink()


async def restored(house: House) -> None:
    await removed(house)
    shutil.copy(house.folder / "backup.sqlite3", store_of(house))


async def restored_in_place(house: House) -> None:
    """The file stays, its content is the copy's."""
    await copied(house.folder / "backup.sqlite3", store_of(house))


async def of_another_generation(house: House) -> None:
    """All that the head knows of is there, and somebody has accepted a loss on another copy of it."""
    await run_sql(store_of(house), "UPDATE meta SET value = 'another-0' WHERE name = 'generation'")


async def replaced(house: House) -> None:
    """The store of another machine, with the same key."""
    await restored(house)
    await of_another_generation(house)


async def without_head(house: House) -> None:
    (house.folder / "store" / "audit.head").unlink()


async def examined(house: House) -> int:
    account = f'[every8d]\nuid = "sandbox"\npassword = "sandbox"\nbase_url = "{house.url}"'
    return await examine(config_file(house, account))


@pytest.mark.parametrize("lose", [removed, restored, replaced, of_another_generation, without_head])
async def test_what_was_sent_before_the_loss_is_not_sent_again(
    house: House, lose: Callable[[House], Awaitable[None]]
) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    await lose(house)
    async with fronted(house, Person(), policy=FREE) as session:
        for tool, arguments in (("send_sms", FREE_SEND), ("send_sms", SEND), ("terminate_launch", LAUNCH)):
            refused = await session.problem(tool, arguments)
            assert refused["code"] == "past_lost"
            assert "Nothing was" in refused["message"]
            assert "audit accept-loss" in refused["next"]
        assert "refused until a person" in (await session.facts("query_credit"))["warning"]
        assert (await session.facts("pause_launch", LAUNCH))["outcome"] == "done"
    assert await posts(house) == 2


@pytest.mark.parametrize("lose", [removed, restored, replaced])
async def test_a_loss_under_a_running_server_stops_it_too(
    house: House, lose: Callable[[House], Awaitable[None]]
) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND)
        await lose(house)
        first, *later = [(await session.problem("send_sms", FREE_SEND))["code"] for _ in range(3)]
    assert first in ("store_unavailable", "past_lost"), "the second where the reaper met the loss before it"
    assert later == ["past_lost", "past_lost"]
    assert await posts(house) == 1


async def test_rows_that_went_back_in_the_same_file_are_noticed(house: House) -> None:
    """The file keeps its identity; only what is in it is older."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await session.facts("send_sms", FREE_SEND)
        tables = ("recipient_texts", "actions", "usage_days")
        emptied = [f"DELETE FROM {table}" for table in tables]  # noqa: S608 - our own names
        await tampered(store_of(house), *emptied, "DELETE FROM audit WHERE sequence > 1")
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "past_lost"
    assert await posts(house) == 1


async def test_a_loss_is_not_forgotten_by_what_is_still_done(house: House) -> None:
    """An older copy was written into the file of a running server, which goes on with its brakes."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND)
        await restored_in_place(house)
        for _ in range(3):
            await session.told("pause_launch", LAUNCH)
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "past_lost"
        assert session.parts is not None
        await session.parts.journal.remember_head()
    async with fronted(house, policy=FREE) as session:
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "past_lost"
    assert await posts(house) == 4


async def test_nobody_approves_what_a_copy_brought_back(house: House, capsys: Shown) -> None:
    """It may be done already. A no is not taken either: it would be said that nothing is done."""
    async with fronted(house, policy=FREE) as session:
        asked = await session.facts("send_sms", SEND)
        await backed_up(house)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    await restored(house)
    assert await decide(house, approve=asked["action_id"], proof="y") == 1
    assert "was not approved: the store is an older copy" in " ".join(capsys.readouterr().out.split())
    assert await decide(house, deny=asked["action_id"]) == 1
    assert await posts(house) == 1


async def test_the_head_knows_of_a_send_before_it_is_posted(house: House) -> None:
    """A process killed at any moment of the POST leaves a head that misses the claim in an older copy."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        before = read_head(house.folder / "store" / "audit.head")
        await session.facts("send_sms", FREE_SEND)
        after = read_head(house.folder / "store" / "audit.head")
    assert before is not None
    assert after is not None
    assert after.sequence >= before.sequence + 3


async def test_nothing_is_sent_whose_claim_the_head_cannot_name(house: House, capsys: Shown) -> None:
    """A copy of the store from before it would not be known for one. A brake goes on."""
    lock = house.folder / "store" / "audit.head.lock"
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        lock.unlink()
        lock.mkdir()
        refused = await session.problem("send_sms", FREE_SEND)
        assert refused["code"] == "store_unavailable"
        assert "Nothing was sent." in refused["message"]
        assert "head file cannot be written" in refused["message"]
        assert (await session.facts("pause_launch", LAUNCH))["outcome"] == "done"
        assert await examined(house) == 1
        assert "head file cannot be written" in " ".join(capsys.readouterr().out.split())
        lock.rmdir()
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert await posts(house) == 2


async def test_nothing_is_posted_once_naming_its_claim_failed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk fails just then: what was committed is not posted, and may have been for all that is known."""

    def fails(*_: object, **__: object) -> None:
        raise KeyFileError("the disk is gone")

    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        with monkeypatch.context() as broken:
            broken.setattr(HeadFile, "write", fails)
            refused = await session.problem("send_sms", FREE_SEND)
        assert refused["code"] == "store_unavailable"
        assert await posts(house) == 0
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "in_progress"


async def test_after_the_accepted_loss_everything_is_asked_for_a_day(house: House, capsys: Shown) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await session.facts("send_sms", SEND)
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND)
    await restored(house)
    config = config_file(house)
    assert await audit.verify(config, "", sandbox=False) == 1
    assert await accept_loss(config) == 0
    assert await audit.verify(config, "", sandbox=False) == 0
    assert await accept_loss(config) == 0
    ((accepted,),) = await run_sql(store_of(house), _ACCEPTED)
    assert accepted == [local_user(), "terminal"]
    said = capsys.readouterr().out
    assert "an older copy of itself" in said
    assert "Nothing is lost" in said
    person = Person("decline")
    async with fronted(house, person, policy=FREE) as session:
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "declined"
        states = [each["state"] for each in rows_of(await session.facts("list_actions"))]
    assert "may have been done already" in person.asked[0]
    assert states == ["denied", "expired"]
    assert await posts(house) == 1


async def test_the_day_after_an_accepted_loss_is_a_whole_one(house: House) -> None:
    """What was sent in the very moment before the acceptance is 24 hours old when nothing asks any more."""
    clock, person = Clock(datetime.now(UTC).replace(microsecond=900_000)), Person("decline")
    async with fronted(house, person, clock=clock, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND)
        await restored_in_place(house)
        assert session.parts is not None
        assert await session.parts.journal.accept_loss("王小明")
        clock.advance(hours=24, seconds=-0.1)
        assert (await session.problem("send_sms", FREE_SEND))["code"] == "declined"
    assert await posts(house) == 1


async def test_another_process_that_runs_goes_on_after_the_accepted_loss(house: House) -> None:
    async with fronted(house, Person(), policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND)
        await restored(house)
        for _ in range(2):
            await session.problem("send_sms", FREE_SEND)
        assert await accept_loss(config_file(house)) == 0
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert await posts(house) == 2


async def test_a_free_send_whose_claim_meets_an_accepted_loss_is_not_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rule was looked up before a person accepted the loss: from then on everything is asked."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        await session.facts("send_sms", FREE_SEND | {"text": "before"})
        assert session.parts is not None
        book, claim = session.parts.book, session.parts.book.approve_and_claim

        async def after_the_loss(*given: Any, **more: Any) -> Any:
            await restored_in_place(house)
            assert await accept_loss(config_file(house)) == 0
            return await claim(*given, **more)

        monkeypatch.setattr(book, "approve_and_claim", after_the_loss)
        refused = await session.problem("send_sms", FREE_SEND)
    assert refused["message"].startswith("Nothing was sent.")
    assert "accepted just now" in refused["message"]
    assert await posts(house) == 1


async def test_an_outcome_that_waits_stays_where_it_is_while_the_past_is_lost(house: House) -> None:
    """The copy lacks its action: recorded there, the outcome would be gone."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        await backed_up(house)
        done = await session.facts("send_sms", FREE_SEND)
    await restored(house)
    folder = house.folder / "store"
    box, key = Outbox(folder / "outbox"), load_or_create_key(folder / "audit.key")
    known = Known(action_id=done["action_id"], owner="", ending=Ending(state=State.SUCCEEDED, outcome="{}"))
    with box.place():
        box.keep(known.action_id, sealed(known, key))
    async with fronted(house) as session:
        await session.facts("query_credit")
    assert set(box.due()) == {done["action_id"]}


async def test_the_doctor_names_the_loss(house: House, capsys: Shown) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
    await removed(house)
    assert await examined(house) == 1
    assert "accept-loss" in capsys.readouterr().out


async def test_a_head_that_is_behind_is_no_loss(house: House) -> None:
    """A process that was killed left it so."""
    async with fronted(house, policy=FREE) as session:
        await session.facts("query_credit")
        assert session.parts is not None
        await session.parts.journal.remember_head()
        behind = (house.folder / "store" / "audit.head").read_bytes()
        await session.facts("send_sms", FREE_SEND)
    (house.folder / "store" / "audit.head").write_bytes(behind)
    async with fronted(house, policy=FREE) as session:
        assert (await session.facts("send_sms", FREE_SEND))["outcome"] == "done"
    assert await posts(house) == 1


async def test_a_head_of_an_older_version_is_taken_over(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
    head = house.folder / "store" / "audit.head"
    known = read_head(head)
    assert known is not None
    head.write_text(f"{known.sequence} {known.mac}\n")
    await run_sql(store_of(house), "DELETE FROM meta WHERE name = 'generation'")
    async with fronted(house, policy=FREE) as session:
        assert (await session.facts("send_sms", FREE_SEND | {"text": "later"}))["outcome"] == "done"
    assert read_head(head) != Head(known.sequence, known.mac)
