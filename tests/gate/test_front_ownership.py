"""An action belongs to its principal and to its account; a vendor's own words count as read."""

from tests.e2e.good_cases_desk import unknown_send
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import FREE, FREE_SEND, fronted, posts

_LEGACY = {"uid": "legacy", "password": "legacy"}


async def test_a_send_of_another_account_is_not_retried_since_that_accounts_filter_does_not_know_it(
    house: House,
) -> None:
    async with fronted(house, Person()) as session:
        arguments = await unknown_send(house, session)
    sent = await posts(house)
    account = {**_LEGACY, "base_url": house.url}
    async with fronted(house, Person(), every8d=account) as session:
        refused = await session.problem("retry_safely", arguments)
    assert refused["code"] == "other_account"
    assert "Nothing was sent." in refused["message"]
    assert await posts(house) == sent


async def test_after_a_vendors_refusal_in_its_own_words_test_numbers_are_asked_for_too(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        refused = await session.problem("query_launch", {"launch_id": "nosuchlaunch"})
        assert refused["vendor_text_untrusted"]
        told = await session.facts("send_sms", FREE_SEND)
    assert told["outcome"] == "approval_required"
    assert await posts(house) == 0
