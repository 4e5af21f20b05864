"""A person approves with a passkey in a real browser, whose authenticator is a virtual one."""

import pytest

from server.command.comparison import examined
from server.store.actions import State
from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.browser import shown_page
from tests.e2e.house import House, open_session
from tests.gate.servers import SEND, posts

pytestmark = IN_A_BROWSER
NEEDED = {"passkeys": "required", "human_minimum_ms": 0}


@pytest.mark.parametrize("verified", [True, False])
async def test_a_finger_on_the_authenticator_approves_and_without_it_nothing_is(
    house: House, *, verified: bool
) -> None:
    async with open_session(house.settings(approval=NEEDED), house.era, None) as session:
        assert session.parts is not None
        action_id = (await session.facts("send_sms", SEND))["action_id"]
        async with shown_page(session.parts) as browser:
            found = await in_chromium(
                "passkey.mjs",
                origin=browser.address.origin,
                link=await browser.link(),
                actions=[action_id],
                verified=verified,
            )
        assert found["said"] == []
        assert "laptop" in found["registered"]
        entry = await session.parts.book.get(action_id)
        assert entry is not None
        assert entry.state is (State.APPROVED if verified else State.PROPOSED)
        if verified:
            assert (await session.facts("send_sms", SEND))["outcome"] == "done"
            assert (await examined(session.parts, None)).ok
        else:
            assert "nothing was approved" in found["seen"][0]
    assert await posts(house) == int(verified)
