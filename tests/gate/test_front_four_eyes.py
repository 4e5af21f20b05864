"""With four eyes, who asked for something is not who approves it, by whichever way."""

import pytest

from server.command.approvals import ApprovalsDesk
from server.command.terminal import Terminal
from server.console.deciding import Said, decide
from server.console.signing import Signing
from server.console.site import Site
from server.gate.caller import local_user
from server.ledger.deciding import Deciding, Decision
from server.ledger.refusals import FourEyesError
from server.settings.page_address import Address
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import SEND, posts, started, visited
from tests.gate.servers import decide as in_a_terminal

FOUR = {"four_eyes": True}


async def test_who_asked_is_shown_no_form_and_told_that_somebody_else_has_to(house: House) -> None:
    person = Person()
    async with started(house, approval=FOUR) as parts, visited(parts, house.era, person) as session:
        asked = await session.facts("send_sms", SEND)
    assert (asked["outcome"], person.asked) == ("approval_required", [])
    assert "somebody else has to" in asked["message"]
    assert await posts(house) == 0


async def test_who_asked_approves_neither_in_the_terminal_nor_on_the_page(house: House) -> None:
    async with started(house, approval=FOUR) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        page = await decide(parts, asked, Said(answer="approve", by=local_user()))
        with pytest.raises(FourEyesError):
            await parts.book.approve(asked, Decision(by=local_user(), channel="terminal"))
        again = await session.facts("send_sms", SEND)
    assert "somebody else has to" in page.refusal
    assert again["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_somebody_else_approves_and_the_same_call_goes_through(house: House) -> None:
    async with started(house, approval=FOUR) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert (await decide(parts, asked, Said(answer="approve", by="local:another"))).refusal == ""
        done = await session.facts("send_sms", SEND)
    assert done["outcome"] == "done"


async def test_who_asked_can_still_say_no(house: House) -> None:
    async with started(house, approval=FOUR) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert await in_a_terminal(house, deny=asked) == 0
        assert (await session.facts("get_action", {"action_id": asked}))["state"] == "denied"


async def test_the_ledger_alone_says_whose_yes_never_counts(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobodys(*_: object) -> FourEyesError:
        return FourEyesError()

    monkeypatch.setattr(Deciding, "never_counts", nobodys)
    person = Person()
    async with started(house) as parts, visited(parts, house.era, person) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        entry = await parts.book.get(asked)
        assert entry is not None
        site = Site(parts, Address(port=1))
        offer = await Signing(site).offer(entry, "local:another")
        desk = ApprovalsDesk(book=parts.book, terminal=Terminal("en"), settings=parts.settings, elsewhere="")
        assert "somebody else has to" in desk.hindrance(entry)
        with pytest.raises(FourEyesError):
            await parts.book.approve(asked, Decision(by="local:another", channel="terminal"))
    assert offer is not None
    assert "somebody else has to" in str(offer.hindrance)
    assert person.asked == []
