"""A campaign is started by answering a text, as any send of a known price."""

from tests.campaigns.playing import people, planned, write_list
from tests.e2e.house import House
from tests.gate.approvers_phone import ASKED, Phone
from tests.gate.servers import fronted


async def test_a_campaign_is_started_by_the_code_that_the_phone_answers(house: House) -> None:
    phone = Phone(house)
    write_list(house, people(12))
    async with fronted(house, approval=ASKED) as session:
        named = {"campaign_id": (await planned(session))["campaign_id"]}
        assert (await session.facts("start_campaign", named))["outcome"] == "approval_required"
        [text] = await phone.texts()
        assert text.startswith("12 texts, 12 pts")
        await phone.answer(await phone.code())
        assert (await session.facts("start_campaign", named))["outcome"] == "done"
        assert (await session.facts("get_campaign", named))["state"] == "running"
