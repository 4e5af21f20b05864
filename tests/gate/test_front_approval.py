"""Asking the person by a form, in both eras: what counts as a yes, and what never does."""

from typing import Any, Literal

import anyio
import mcp_types as types
import pytest

from server.demo.rows import rows_of
from tests.e2e.eras import ERAS
from tests.e2e.house import Facts, House, Session
from tests.e2e.person import Person
from tests.gate.servers import LAUNCH, SEND, decide, fronted, posts

HUMAN: dict[str, Any] = {"human_minimum_ms": 300}
THINKS = 0.4
TERMINATE = "terminate_launch"
MANY: dict[str, Any] = {"recipients": ["0912345678", "0912345679", "0912345680"], "text": "您好"}

both_eras = pytest.mark.parametrize("era", ERAS)
pytestmark = both_eras


class Answering(Person):
    """Answers with exactly this content, whatever was asked."""

    def __init__(self, content: dict[str, Any]) -> None:
        super().__init__()
        self.given = content

    def _content(self, params: types.ElicitRequestFormParams) -> dict[str, Any]:
        return self.given


class Silent(Person):
    """Leaves with the form open: what is in its scope is cancelled, and nothing is answered."""

    def __init__(self) -> None:
        super().__init__()
        self.leaving = anyio.CancelScope()

    async def __call__(self, context: Any, params: types.ElicitRequestParams) -> types.ElicitResult:
        self.leaving.cancel()
        await anyio.sleep_forever()
        raise AssertionError("a form that nobody answers")


async def _frozen(session: Session, state: str) -> Facts:
    """The one action of the ledger, which stands in that state."""
    (entry,) = rows_of(await session.facts("list_actions"))
    assert entry["state"] == state
    return await session.facts("get_action", {"action_id": entry["action_id"]})


async def test_a_yes_sends_once(house: House) -> None:
    person = Person(thinks_for=THINKS)
    async with fronted(house, person, approval=HUMAN) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
        assert (await _frozen(session, "succeeded"))["decided_by"].endswith("(form)")
    assert (len(person.asked), await posts(house)) == (1, 1)


async def test_a_no_sends_nothing_and_stays_on_record(house: House) -> None:
    async with fronted(house, Person("decline", thinks_for=THINKS), approval=HUMAN) as session:
        problem = await session.problem("send_sms", SEND)
        entry = await _frozen(session, "denied")
    assert problem["code"] == "declined"
    assert problem["message"] == "Nothing was sent. The person declined."
    assert (entry["preview"]["text"], entry["preview"]["points"]) == ("您好", 1)
    assert await posts(house) == 0


async def test_a_box_that_is_not_ticked_is_a_no(house: House) -> None:
    async with fronted(house, Answering({"approve": False})) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "declined"
    assert await posts(house) == 0


async def test_a_decline_costs_a_slot(house: House) -> None:
    """Two slots: the call and the person's no. The third is not there, so nobody is asked again."""
    person = Person("decline")
    async with fronted(house, person, policy={"calls_per_minute": 2}) as session:
        assert (await session.problem("send_sms", SEND))["code"] == "declined"
        later = await session.problem("send_sms", SEND)
    assert (later["code"], len(person.asked)) == ("rate_limited", 1)
    assert later["message"].startswith("Nothing was sent.")
    assert "CAMPAIGN_OPS_POLICY__CALLS_PER_MINUTE" in later["next"]


async def test_the_id_is_typed_for_what_cannot_be_undone(house: House) -> None:
    person = Person(typed=" １１８2 ")
    async with fronted(house, person) as session:
        assert (await session.facts(TERMINATE, LAUNCH))["outcome"] == "done"
    assert "Id: 1182" in person.asked[0]
    assert await posts(house) == 1


WRONG_PROOFS = ["", "1183", "yes", "118", "11822", "true", "1182 1182"]


async def test_a_wrong_proof_does_nothing(house: House) -> None:
    person = Answering({})
    async with fronted(house, person) as session:
        for typed in WRONG_PROOFS:
            person.given = {"proof": typed}
            problem = await session.problem(TERMINATE, LAUNCH)
            assert (problem["code"], problem["retryable"]) == ("proof_mismatch", True)
            assert problem["message"].startswith("Nothing was terminated.")
        denied = await session.facts("list_actions", {"state": "denied"})
    assert denied["total"] == len(person.asked) == len(WRONG_PROOFS)
    assert await posts(house) == 0


@pytest.mark.parametrize(
    ("threshold", "typed", "code"),
    [
        ({"typed_above_recipients": 2}, "3", ""),
        ({"typed_above_recipients": 2}, "4", "proof_mismatch"),
        ({"typed_above_points": 2}, "3", ""),
        ({"typed_above_points": 2}, "", "proof_mismatch"),
    ],
    ids=str,
)
async def test_the_number_of_recipients_is_typed_above_a_threshold(
    house: House, threshold: Facts, typed: str, code: str
) -> None:
    async with fronted(house, Person(typed=typed), approval=threshold) as session:
        told = await session.told("send_sms", MANY)
    assert told.facts.get("code", "") == code
    assert await posts(house) == (0 if code else 1)


async def test_at_the_threshold_a_tick_is_enough(house: House) -> None:
    limits = {"typed_above_recipients": 3, "typed_above_points": 3}
    async with fronted(house, Answering({"approve": True}), approval=limits) as session:
        assert (await session.facts("send_sms", MANY))["outcome"] == "done"


@pytest.mark.parametrize("answer", ["accept", "decline", "cancel"])
async def test_what_no_human_could_answer_so_fast_is_decided_elsewhere(
    house: House, answer: Literal["accept", "decline", "cancel"]
) -> None:
    """A host that answers by itself neither approves nor refuses: a person still can."""
    person = Person(answer)
    async with fronted(house, person, approval=HUMAN) as session:
        asked = await session.facts("send_sms", SEND)
        assert asked["outcome"] == "approval_required"
        assert asked["message"].startswith("Nothing was sent.")
        # The host is not asked again: it would answer again.
        assert (await session.facts("send_sms", SEND))["action_id"] == asked["action_id"]
        assert await posts(house) == 0
        assert await decide(house, approve=asked["action_id"], proof="y") == 0
        done = await session.facts("send_sms", SEND)
    assert (done["outcome"], done["action_id"]) == ("done", asked["action_id"])
    assert (len(person.asked), await posts(house)) == (1, 1)


async def test_a_form_that_stays_open_too_long_is_decided_elsewhere(house: House) -> None:
    """Modern clients come back late, older ones are left waiting: neither approves."""
    person = Person(thinks_for=0.3)
    async with fronted(house, person, approval={"form_timeout_s": 0.1}) as session:
        asked = await session.facts("send_sms", SEND)
        await _frozen(session, "proposed")
    assert asked["outcome"] == "approval_required"
    assert await posts(house) == 0


async def test_a_client_that_vanishes_in_mid_question_leaves_the_question(house: House) -> None:
    """The proposal stays for a person at a terminal; nothing is sent meanwhile."""
    person = Silent()
    with person.leaving:
        async with fronted(house, person) as session:
            await session.told("send_sms", SEND)
    assert await posts(house) == 0
    async with fronted(house) as session:
        entry = await _frozen(session, "proposed")
        assert await decide(house, approve=entry["action_id"], proof="y") == 0
        assert (await session.facts("send_sms", SEND))["outcome"] == "done"
    assert await posts(house) == 1


async def test_nobody_to_ask_and_no_other_place_refuses(house: House) -> None:
    async with fronted(house, approval={"out_of_band": False}) as session:
        problem = await session.problem("send_sms", SEND)
        await _frozen(session, "denied")
    assert problem["code"] == "approval_unavailable"
    assert problem["message"].startswith("Nothing was sent.")
    assert await posts(house) == 0


async def test_the_settings_can_ask_in_the_terminal_alone(house: House) -> None:
    person = Person()
    async with fronted(house, person, approval={"mode": "out_of_band_only"}) as session:
        assert (await session.facts("send_sms", SEND))["outcome"] == "approval_required"
    assert (person.asked, await posts(house)) == ([], 0)
