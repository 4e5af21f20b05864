"""Two chats change one campaign, both with a person's yes: the slower hears what has become of it."""

from typing import Any

import pytest

from tests.campaigns.playing import carried_out
from tests.campaigns.test_bookings import NEW_TIME, NOON, SMALL, booked, of, standing
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted

OTHER_TIME = "2030-01-12T09:00:00+08:00"


async def _slower(
    session: Session, monkeypatch: pytest.MonkeyPatch, step: str, first: Facts, second: Facts
) -> Facts:
    """What the second hears, which was approved and had looked when the first was claimed."""
    assert session.parts
    book = session.parts.book
    plain = getattr(book, step)

    async def overtaken(*arguments: Any) -> Any:
        monkeypatch.setattr(book, step, plain)
        faster = await session.facts(step, {**first, "request_id": "first"})
        assert faster["outcome"] == "done"
        return await plain(*arguments)

    monkeypatch.setattr(book, step, overtaken)
    return (await session.told(step, {**second, "request_id": "second"})).facts


@pytest.mark.parametrize("wanted", [NEW_TIME, OTHER_TIME], ids=["same time", "another time"])
async def test_the_slower_of_two_moves_hears_since_when_the_campaign_runs(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch, wanted: str
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL, store={"url": store_url}) as session:
        assert session.parts
        named = {"campaign_id": await booked(house, session)}
        first, second = {**named, "send_at": NEW_TIME}, {**named, "send_at": wanted}
        told = await _slower(session, monkeypatch, "move_campaign", first, second)
        assert told["code"] == "state_changed"
        assert told["message"] == "Nothing was moved. The campaign is running. It begins at 2030-01-11 09:00."
        at_rest = "Nothing: that is the time that was asked for."
        assert (told["next"] == at_rest) is (wanted == NEW_TIME)
        await carried_out(session.parts, named["campaign_id"])
        assert {time[:16]: len(those) for time, those in (await standing(house)).items()} == {
            "2030-01-11T09:00": 30
        }


async def test_the_slower_of_two_cancellations_hears_that_it_is_cancelled_and_nothing_goes_out(
    house: House, store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with fronted(house, Person(), clock=Clock(NOON), **SMALL, store={"url": store_url}) as session:
        named = {"campaign_id": await booked(house, session)}
        told = await _slower(session, monkeypatch, "cancel_campaign", named, named)
        assert (told["state"], told["recipients"], told["points_returned"]) == ("cancelled", 0, 0)
        assert "Not booked any more, erased before or sent: " in told["note"]
        assert "go out" not in told["note"]
        assert (await of(session, named["campaign_id"]))["state"] == "cancelled"
        assert not await standing(house)
