"""A person approves with passkeys in a real browser, whose authenticators are virtual ones."""

from typing import Any

from server.command.comparison import examined
from server.parts import Parts
from server.store.actions import State
from server.store.passkeys import evidence_of
from tests.clients.chromium import IN_A_BROWSER, in_chromium
from tests.console.browser import shown_page
from tests.e2e.house import House, open_session
from tests.gate.servers import SEND, posts

pytestmark = IN_A_BROWSER
NEEDED = {"passkeys": "required", "human_minimum_ms": 0}
TEXTS = ["不動手指", "用筆電", "用手機", "筆電掉了"]


async def test_a_finger_on_either_authenticator_approves_and_without_it_nothing_is(house: House) -> None:
    async with open_session(house.settings(approval=NEEDED), house.era, None) as session:
        parts = session.parts
        assert parts is not None
        sends = [{**SEND, "text": text} for text in TEXTS]
        asked = [(await session.facts("send_sms", each))["action_id"] for each in sends]
        steps: list[dict[str, Any]] = [
            {"register": "laptop"},
            {"approve": asked[0], "with": "laptop", "verified": False},
            {"approve": asked[1], "with": "laptop"},
            {"register": "phone", "agree": "laptop"},
            {"approve": asked[2], "with": "phone"},
            {"lose": "laptop"},
            {"approve": asked[3], "with": "phone"},
        ]
        async with shown_page(parts) as browser:
            found = await in_chromium(
                "passkey.mjs", origin=browser.address.origin, link=await browser.link(), steps=steps
            )
        first, unverified, _, second, *_ = found["seen"]
        assert found["said"] == []
        assert ("laptop" in first, "phone" in first) == (True, False)
        assert ("laptop" in second, "phone" in second) == (True, True)
        assert "nothing was approved" in unverified
        entries = [await parts.book.get(each) for each in asked]
        assert [entry and entry.state for entry in entries] == [State.PROPOSED, *[State.APPROVED] * 3]
        outcomes = [(await session.facts("send_sms", each))["outcome"] for each in sends]
        assert outcomes == ["approval_required", "done", "done", "done"]
        assert (await examined(parts, None)).ok
        laptop, phone = await parts.passkeys.held()
        signers = [await _signer(parts, each) for each in asked[1:]]
        assert signers == [laptop.credential, phone.credential, phone.credential]
    assert await posts(house) == 3


async def _signer(parts: Parts, action_id: str) -> str:
    evidence = await parts.journal.read(lambda conn, _: evidence_of(conn, action_id))
    assert evidence is not None
    return evidence.credential
