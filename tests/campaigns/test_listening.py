"""A campaign as a resource: read by its owner alone, and told of as it goes on in whatever process."""

import pytest

from server.mcp import subscriptions
from server.mcp.uris import CAMPAIGN_URI
from tests.campaigns.playing import carried_out, people, planned, write_list
from tests.e2e.eras import Era
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_listening import listening, resource
from tests.gate.servers import started, visited


@pytest.fixture(autouse=True)
def _looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "EVERY_SECONDS", 0.05)


async def test_a_campaign_is_told_of_when_it_starts_and_when_it_has_been_sent(house: House, era: Era) -> None:
    async with started(house) as parts, visited(parts, "auto", Person()) as session:
        write_list(house, people(30))
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        uri = CAMPAIGN_URI + named["campaign_id"]
        async with started(house) as elsewhere, listening(elsewhere, era, uri) as heard:
            await session.facts("start_campaign", named)
            await heard.hears(uri)
            assert (await resource(session, uri))["state"] == "running"
            await carried_out(parts, named["campaign_id"])
            await heard.hears(uri)
            found = await resource(session, uri)
            assert (found["state"], found["sent"]) == ("done", 30)
