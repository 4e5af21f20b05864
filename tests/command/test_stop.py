"""`campaign-ops-mcp stop`: the person at the terminal stops everything, whoever sent it."""

import pytest

from server.command.stop import stop
from tests.batches.stopping import booked, erasings, pauses
from tests.campaigns.playing import people, planned, write_list
from tests.command.terminal import piped, run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import SEND, config_file, fronted
from tests.gate.test_front_owning import TOKENS, Acting, acting_as
from tests.languages.english import english

__all__ = ["acting_as"]

pytestmark = pytest.mark.usefixtures("quick_start")


async def test_it_brakes_at_once_and_erases_what_the_person_types_the_count_of(
    house: House, acting_as: Acting
) -> None:
    acting_as("desk")
    async with fronted(house, Person(), http=TOKENS) as session, fronted(house, http=TOKENS) as silent:
        batch = await booked(session, "限時優惠", 3)
        waits = await silent.facts("send_sms", SEND)
        await session.facts("query_job", {"job_id": "5501"})
        left = await run(house, "stop", typed="\n")
        assert (left.code, await erasings(house)) == (1, [])
        assert await pauses(house) == ["5501", "1183"]
        done = await run(house, "stop", typed="3\n")
        entry = await session.facts("list_actions", {"tool": "erase_sms_booking"})
        nothing = await run(house, "stop")
    assert waits["action_id"] in left.out
    assert "ended, it can be asked for again" in left.out
    assert "still there" in left.out
    assert "1. " in done.out
    assert "is approved.\n" in done.out, "no assistant has to repeat anything"
    assert "× 3 = 「限時優惠」" in done.out
    assert done.out.splitlines()[-2].endswith("erased")
    assert "OMIS lists no launches" in done.out
    assert (done.code, await erasings(house)) == (0, [batch])
    assert entry["total"] == 0, "it was the terminal's, not the token's"
    assert (nothing.code, "Nothing that is known here was to be stopped." in nothing.out) == (0, True)


async def test_from_a_pipe_it_brakes_and_erases_nothing(house: House) -> None:
    async with fronted(house, Person()) as session:
        await booked(session, "限時優惠", 3)
        await session.facts("query_job", {"job_id": "5501"})
        said = await piped(house, "stop", typed="3\n")
        assert (said.code, await erasings(house)) == (1, [])
        assert await pauses(house) == ["5501", "1183"]
    assert "in a real terminal alone" in said.out


async def test_it_speaks_chinese(house: House) -> None:
    async with fronted(house, Person()) as session:
        await booked(session, "限時優惠")
        await session.facts("query_job", {"job_id": "5501"})
        said = await run(house, "stop", typed="1\n", LANGUAGE="zh-TW")
    assert english(said.out) == [], said.out
    assert "限時優惠  已取消" in said.out
    assert said.code == 0


async def test_it_names_the_campaign_that_it_paused(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    write_list(house, people(3))
    async with fronted(house, Person()) as session:
        campaign = (await planned(session))["campaign_id"]
        await session.facts("start_campaign", {"campaign_id": campaign})
        code = await stop(config_file(house, 'language = "zh-TW"\n'))
        after = await session.facts("get_campaign", {"campaign_id": campaign})
    (line,) = (each for each in capsys.readouterr().out.splitlines() if campaign in each)
    assert line.split()[0] == "活動"
    assert (code, after["state"]) == (0, "paused")
