"""One number's history: what it was sent, what arrived, what it answered, and whose eyes it is for."""

from typing import Any

from server.demo.rows import rows_of
from tests.delivery.receivers import receiving, vendor_of
from tests.e2e.house import House
from tests.gate.servers import FREE, FREE_MOBILE, FREE_NUMBER, FREE_SEND, fronted


async def test_a_number_has_its_messages_states_and_replies(house: House) -> None:
    async with receiving(house, policy=FREE) as (session, url), vendor_of() as http:
        batch_id = (await session.facts("send_sms", FREE_SEND))["batch_id"]
        fields = {"BatchID": batch_id, "RM": FREE_NUMBER, "RT": "20261126120000", "SM": "好的"}
        assert (await http.get(url, params=fields | {"STATUS": "999"})).status_code == 200
        facts: dict[str, Any] = await session.facts("get_number_history", {"mobile": FREE_NUMBER})
    (message,) = rows_of(facts)
    assert (message["words"], message["status_class"], message["batch_id"]) == ("您好", "delivered", batch_id)
    assert message["approved_by"] == "policy"
    assert [reply["text"] for reply in facts["replies"]] == ["好的"]
    assert "blocked_since" not in facts or facts["blocked_since"] is None
    assert FREE_MOBILE not in str(facts)


async def test_a_number_that_nothing_was_sent_to_has_no_history(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
        facts = await session.facts("get_number_history", {"mobile": "0912345999"})
    assert facts["total"] == 0
