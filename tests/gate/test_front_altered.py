"""What something other than the program wrote into the ledger is refused: nothing of it is posted."""

from typing import Any

import mcp_types as types
import pytest

from server.demo.rows import rows_of
from server.ledger.deciding import Decision
from tests.e2e.eras import ERAS
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.sql import run_sql, store_of
from tests.gate.servers import LAUNCH, SEND, decide, fronted, posts

FOREIGN = "2099-01-01T00:00:00.000000Z"
OTHER: dict[str, Any] = {"recipients": ["0922333444"], "text": "別的"}
APPROVED = f"state = 'approved', decided_by = 'somebody', channel = 'terminal', decided_at = '{FOREIGN}'"


async def edit(house: House, what: str, where: str = "1 = 1") -> None:
    assert await run_sql(store_of(house), f"UPDATE actions SET {what} WHERE {where}") == [1]  # noqa: S608 - our own words


class Meddled(Person):
    """Says yes, after somebody has changed what is asked."""

    def __init__(self, house: House, what: str) -> None:
        super().__init__()
        self._house, self._what = house, what

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        await edit(self._house, self._what)
        return await super().__call__(context, params)


@pytest.mark.parametrize(
    ("tool", "arguments"), [("send_sms", SEND), ("terminate_launch", LAUNCH)], ids=["send", "destroy"]
)
async def test_an_approval_that_nobody_gave_posts_nothing(
    house: House, tool: str, arguments: dict[str, Any]
) -> None:
    async with fronted(house) as session:
        assert (await session.facts(tool, arguments))["outcome"] == "approval_required"
        await edit(house, APPROVED)
        problem = await session.problem(tool, arguments)
        assert problem["code"] == "ledger_altered"
        assert problem["message"].startswith("Nothing was ")
        assert [each["state"] for each in rows_of(await session.facts("list_actions"))] == ["expired"]
    (events,) = await run_sql(store_of(house), "SELECT json_extract(entry, '$.event') FROM audit")
    assert ["altered"] in events
    assert await posts(house) == 0


EDITS = (
    "preview = preview || ' '",
    "preview = '{'",
    "arguments = '{}'",
    "points = 0",
    "recipients = 0",
    "proof = 'x'",
    "risk = 'change'",
    f"expires_at = '{FOREIGN}'",
    "retry_of = 'AAAA-AAAA'",
    "repeats = 'AAAA-AAAA'",
    "out_of_band = 0",
    "seal = ''",
)


async def test_whatever_was_changed_after_the_approval_nothing_is_posted(house: House) -> None:
    async with fronted(house) as session:
        for number, what in enumerate(EDITS):
            send = SEND | {"text": f"您好 {number}"}
            asked = await session.facts("send_sms", send)
            assert session.parts is not None
            decision = Decision(by="a person", channel="terminal")
            assert await session.parts.book.approve(asked["action_id"], decision) is not None
            await edit(house, what, f"id = '{asked['action_id']}'")
            assert (await session.problem("send_sms", send))["code"] == "ledger_altered", what
    assert await posts(house) == 0


async def test_what_was_changed_before_the_approval_cannot_be_approved(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        await edit(house, "preview = preview || ' '")
        assert await decide(house, approve=asked["action_id"], proof="y") == 1
        assert (await session.facts("send_sms", SEND))["action_id"] != asked["action_id"]
    assert await posts(house) == 0


async def test_what_changes_between_the_last_look_and_the_claim_is_not_claimed(house: House) -> None:
    async with fronted(house) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        assert session.parts is not None
        book = session.parts.book
        assert await book.approve(asked, Decision(by="a person", channel="terminal")) is not None
        await edit(house, "points = 0", f"id = '{asked}'")
        assert await book.claim(asked, ()) is None
        assert (await session.facts("get_action", {"action_id": asked}))["state"] == "expired"
    assert await posts(house) == 0


@pytest.mark.parametrize("era", ERAS)
async def test_a_yes_to_what_was_changed_under_the_question_posts_nothing(house: House) -> None:
    async with fronted(house, Meddled(house, "points = 0")) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "ledger_altered"
    assert await posts(house) == 0


async def test_an_approval_is_good_for_one_claim_whatever_the_state_says(house: House) -> None:
    async with fronted(house, Person()) as session:
        done = await session.facts("send_sms", SEND)
        await edit(house, "state = 'approved', owner = '', lease_until = NULL, dispatched_at = NULL")
        assert (await session.problem("send_sms", SEND))["code"] == "ledger_altered"
    assert done["outcome"] == "done"
    assert await posts(house) == 1


async def test_an_approval_is_not_lent_to_another_call(house: House) -> None:
    async with fronted(house) as session:
        asked = await session.facts("send_sms", SEND)
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        wanted = await session.facts("send_sms", OTHER)
        ((_, (key,)),) = await run_sql(store_of(house), "SELECT live_key FROM actions ORDER BY sequence")
        await edit(house, "live_key = NULL", f"id = '{wanted['action_id']}'")
        await edit(house, f"live_key = '{key}'", f"id = '{asked['action_id']}'")
        assert (await session.problem("send_sms", OTHER))["code"] == "store_unavailable"
    assert await posts(house) == 0
