"""What a program can and cannot do that runs commands as the person's own user."""

import pytest

from tests.command.terminal import run
from tests.console.authenticator import Authenticator
from tests.console.test_passkeys import OTHER, desk
from tests.e2e.house import House
from tests.e2e.sql import store_of, tampered
from tests.gate.servers import SEND, fronted, posts

pytestmark = pytest.mark.usefixtures("quick_start")
REQUIRED = {"passkeys": "required"}


async def test_with_the_usual_settings_it_approves_in_a_terminal_that_it_makes_itself(house: House) -> None:
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        said = await run(house, "approvals", "--approve", asked, "--proof", "y")
        done = await session.facts("send_sms", SEND)
    assert (said.code, done["outcome"]) == (0, "done")
    assert await posts(house) == 1


async def test_where_none_is_registered_a_program_is_believed_to_be_a_passkey_but_not_after_a_reset(
    house: House,
) -> None:
    async with desk(house) as at:
        asked = await at.asked()
        assert (await at.answer(asked, at.passkey)).status == 200
        assert (await run(house, "passkeys", "reset", "--yes")).code == 0
        another = Authenticator(origin=at.browser.address.origin, name=b"passkey-two-0123")
        assert (await at.register(another)).status == 200
        told = await at.session.told("send_sms", SEND)
        page = await at.browser.get(f"/approvals/{await at.asked('send_sms', OTHER)}")
    assert told.facts.get("outcome") != "done"
    assert "nothing is approved with one until" in page.text
    assert await posts(house) == 0


async def test_it_approves_nothing_in_a_terminal_that_it_makes_itself(house: House) -> None:
    async with fronted(house, approval=REQUIRED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        said = await run(
            house, "approvals", "--approve", asked, "--proof", "y", APPROVAL__PASSKEYS="required"
        )
        again = await session.facts("send_sms", SEND)
    assert (said.code, f"{asked} was not approved" in said.out) == (1, True)
    assert again["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_what_it_approves_under_settings_of_its_own_is_not_carried_out_by_the_server(
    house: House,
) -> None:
    async with fronted(house, approval=REQUIRED) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        said = await run(house, "approvals", "--approve", asked, "--proof", "y", APPROVAL__PASSKEYS="off")
        told = await session.told("send_sms", SEND)
    assert (said.code, f"{asked} is approved" in said.out) == (0, True)
    assert told.facts.get("outcome") != "done"
    assert await posts(house) == 0


async def test_a_row_that_it_writes_itself_is_not_carried_out(house: House) -> None:
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        sql = "UPDATE actions SET state = 'approved', channel = 'terminal', decided_by = 'local:lin'"
        await tampered(store_of(house), sql)
        refused = await session.problem("send_sms", SEND)
    assert asked
    assert refused["code"] == "ledger_altered"
    assert await posts(house) == 0
