"""An emoji of several characters reaches people as the one that was typed and agreed to."""

from tests.campaigns.playing import carried_out, people, planned, texts_at_the_vendor, write_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import fronted

FAMILY, NURSE, ON_FIRE = "👨‍👩‍👧‍👦", "👩🏽‍⚕️", "❤️‍🔥"


async def test_an_emoji_of_several_is_planned_shown_and_sent_as_one(house: House) -> None:
    person = Person()
    [row] = people(1)
    write_list(house, [{**row, "姓名": f"王{FAMILY}{NURSE}\u200d"}])
    async with fronted(house, person) as session:
        assert session.parts
        plan = await planned(session, text=f"【測試】{{姓名}}{ON_FIRE}")
        assert not any("cannot be seen" in each for each in plan["warnings"])
        await session.facts("start_campaign", {"campaign_id": plan["campaign_id"]})
        await carried_out(session.parts, plan["campaign_id"])
    sent = f"【測試】王{FAMILY}{NURSE}{ON_FIRE}"
    assert await texts_at_the_vendor(house) == {(row["手機"], sent): 1}
    assert f"{{姓名}}{ON_FIRE}" in person.asked[0]


async def test_a_send_of_an_emoji_of_several_is_asked_about_as_it_goes_out(house: House) -> None:
    person = Person()
    text = f"【測試】{FAMILY}好{NURSE}{ON_FIRE}"
    async with fronted(house, person) as session:
        await session.facts("send_sms", {"recipients": ["0912345678"], "text": text})
    assert text in person.asked[0]
    assert "cannot be seen" not in person.asked[0]
    assert await texts_at_the_vendor(house) == {("+886912345678", text): 1}


async def test_a_joiner_that_joins_nothing_is_told_of_before_a_send(house: House) -> None:
    person = Person()
    async with fronted(house, person) as session:
        await session.facts("send_sms", {"recipients": ["0912345678"], "text": "【測試】王\u200d好"})
    assert "U+200D ZERO WIDTH JOINER" in person.asked[0]
