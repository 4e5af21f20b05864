"""Every answer of every tool obeys the schema that its client was given, whatever came of the call.

`told` holds each structured answer against the served output schema, and finds errors to be text alone.
"""

from typing import Any

import anyio
import pytest

from server.mcp.deriving import derived_schemas
from server.mcp.schema import ENVELOPE
from tests.e2e.good_case import Arguments
from tests.e2e.good_cases import CASES
from tests.e2e.house import Facts, House, Session, change_of
from tests.e2e.person import Person
from tools.catalog import every_operation
from tools.operation import Action, OwnAction, Risk

ACTIONS = [each for each in every_operation() if isinstance(each, Action)]
AnyAction = Action[Any, Any]
SEND: Arguments = {"recipients": ["0912345100"], "text": "您好"}
RISKY = {each.name for each in ACTIONS if each.risk in (Risk.SPEND, Risk.DESTROY)}


_posts = dict[str, tuple[str, int]]()
"""`_the_post` of each tool, the same in both eras."""


async def _the_post(house: House, session: Session, tool: str) -> tuple[str, int]:
    """The vendor's page that the tool posts to, and how often it looks at that page before."""
    arguments = await CASES[tool].prepare(house, session)
    await house.forget_log()
    assert (await session.facts(tool, arguments))["outcome"] == "done"
    log = await house.vendor.log()
    changes = [change_of(entry) for entry in log]
    (page,) = filter(None, changes)
    of_the_page = [change for entry, change in zip(log, changes, strict=True) if _page(entry) == page]
    return page, of_the_page.index(page)


def _page(entry: Facts) -> str:
    return str(entry["path"]).rsplit("/", 1)[-1].lower()


# A step of a campaign posts nothing: its claim and its outcome are one transaction.
@pytest.mark.parametrize("tool", [each.name for each in ACTIONS if not isinstance(each, OwnAction)])
async def test_an_unknown_outcome_is_an_answer_of_its_schema_also_when_it_is_told_again(
    house: House, tool: str
) -> None:
    if tool not in _posts:
        async with house.session(Person(), store={"folder": house.folder / "first"}) as session:
            _posts[tool] = await _the_post(house, session, tool)
        await house.vendor.control("reset")
    page, looks = _posts[tool]
    async with house.session(Person()) as session:
        arguments = await CASES[tool].prepare(house, session)
        await house.vendor.control("faults", path=page, after=looks, fault="reset_after")
        first = await session.facts(tool, arguments)
        assert first["outcome"] == "unknown"
        if tool in RISKY:
            again = await session.facts(tool, arguments)
            assert (again["outcome"], again["action_id"]) == ("unknown", first["action_id"])


async def test_a_call_that_is_being_carried_out_is_an_answer_of_its_schema(house: House) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="slow", seconds=0.3)
    found: list[Facts] = []

    async with house.session(Person()) as session, anyio.create_task_group() as group:

        async def send() -> None:
            found.append(await session.facts("send_sms", SEND))

        group.start_soon(send)
        while await house.changes() == []:  # noqa: ASYNC110 - the vendor's log announces nothing
            await anyio.sleep(0.01)
        found.append(await session.facts("send_sms", SEND))
    assert [facts["outcome"] for facts in found] == ["in_progress", "done"]


@pytest.mark.parametrize("operation", ACTIONS, ids=lambda operation: operation.name)
def test_no_result_has_a_field_that_its_envelope_has_for_something_else(operation: AnyAction) -> None:
    """A `note` is one wherever it comes from; anything else would be taken for the envelope's."""
    assert operation.result.model_fields.keys() & {*ENVELOPE, "outcome"} <= {"note"}


@pytest.mark.parametrize("operation", ACTIONS, ids=lambda operation: operation.name)
def test_every_fact_of_a_result_is_outlined_unless_the_call_itself_holds_it(operation: AnyAction) -> None:
    outlined = derived_schemas(operation)["output"]["properties"]
    untold = operation.result.model_fields.keys() - outlined.keys()
    assert untold <= operation.params.model_fields.keys() | {"action", "accepted", "note"}
