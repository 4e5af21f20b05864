"""What is said about arguments is ours, whatever was given; what is plainly meant is taken so."""

import re
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

from server.gate.reading import plainly_meant
from server.gate.words.arguments import lines_of
from tests.e2e.good_cases import CASES
from tests.e2e.house import Facts, House
from tests.gate.servers import SEND, fronted
from tools.catalog import every_operation
from tools.desk_operation import AnyOperation
from tools.every8d.personal import Person
from tools.operation import PagedParams

OPERATIONS = every_operation()
PAGED = [each.name for each in OPERATIONS if issubclass(each.params, PagedParams)]
WRONG: list[Any] = [
    *(None, True, False, 0, -1, 2, 1.5, 10**30, float("inf")),
    *("", " ", "x", "x" * 70, "字" * 3000, "\ud800", "a\nb", "2020-02-30", "-", "**", "NaN", "null", "true"),
    *([], [[]], [None], [True], ["x"] * 2000, {}, {"a": 1}, [{}], "[]", "{}", "[" * 5000, '["\\ud800"]'),
    [{"mobile": 1, "values": "x", "text": []}],
    [{"mobile": "0912345678", "values": ["1"] * 9, "send_at": 5, "name": {}, "key": "字", "nam": 1}],
]
THEIRS = re.compile(
    r"[Ii]nput should|valid (string|integer|boolean|list|dict|date)|at (most|least) \d+ (char|item)"
    r"|should (have|be|match)|pydantic|[Uu]nable to parse|[Ee]xtra inputs|[Vv]alue error|[Ff]ield required"
)
OURS = re.compile(r"[\w.\[\]() ]+: .{2,}\S\.", re.DOTALL)
"""The field, and a sentence that ends."""


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.name)
def test_no_wrong_value_of_any_argument_is_answered_in_the_words_of_pydantic(operation: AnyOperation) -> None:
    for name in [*operation.params.model_fields, "no_such"]:
        for wrong in WRONG:
            for line in _lines(operation.params, {name: wrong}):
                assert not THEIRS.search(line), (name, wrong, line)
                assert OURS.fullmatch(line), (name, wrong, line)


def _lines(params: type[BaseModel], arguments: Facts) -> list[str]:
    try:
        params.model_validate(plainly_meant(params, arguments))
    except ValidationError as error:
        return lines_of(params, error)
    return []


async def test_the_words_arrive_through_the_front_door(house: House) -> None:
    wrong: Facts = {
        "text": "字" * 2001,
        "page": True,
        "recipients": [],
        "dry_run": "yes",
        "validity_minutes": 1.5,
    }
    async with fronted(house) as session:
        said = (await session.problem("send_sms", wrong))["message"]
        day = (await session.problem("list_actions", {"day": 20260101, "state": "sent"}))["message"]
    for line in (
        "text: is longer than 2000 characters. Shorten it.",
        "recipients: holds nobody. Give at least one, or count in a dry_run.",
        "dry_run: is neither true nor false. Write one of the two, without quotation marks.",
        "validity_minutes: is no whole number. Write it in digits, as 2.",
    ):
        assert line in said
    assert "day: is no day. Write it as 2026-12-31." in day
    assert "state: is none of 'proposed', 'approved'" in day


@pytest.mark.parametrize(
    "masked", ["+8869****5100", "0912***100", "0912＊＊＊100", "0912-xxx-100", "0912•••100"]
)
async def test_a_masked_recipient_is_answered_by_where_the_number_is(house: House, masked: str) -> None:
    async with fronted(house) as session:
        problem = await session.problem("send_sms", {**SEND, "recipients": [masked]})
    assert "recipients[1]: is masked" in problem["message"]
    assert "from the person or the list" in problem["message"]
    assert "100" not in problem["message"]


async def test_an_unknown_argument_is_answered_with_the_known_ones_the_most_alike_first(house: House) -> None:
    async with fronted(house) as session:
        outer = await session.problem("send_personalized_sms", {"recipients": [], "tmplate": "x"})
        inner = await session.problem("send_personalized_sms", {"recipients": [{"mobil": "x"}]})
        none = await session.problem("query_credit", {"uid": "x"})
    assert (
        "tmplate: no such argument. Leave it out or correct its name; there are: template, "
        in outer["message"]
    )
    assert (
        "recipients[1].mobil: no such argument. Leave it out or correct its name; there are: mobile, "
        in (inner["message"])
    )
    assert all(name in inner["message"] for name in Person.model_fields)
    assert "uid: no such argument; there are none. Leave it out." in none["message"]


@pytest.mark.parametrize("tool", PAGED)
async def test_a_page_beyond_the_end_of_any_list_says_so(house: House, tool: str) -> None:
    async with house.session(
        policy={"test_numbers": ["0912345100", "0912345103"], "test_recipients": 2, "test_points": 5}
    ) as session:
        arguments = await CASES[tool].prepare(house, session)
        first = await session.facts(tool, arguments)
        beyond = await session.facts(tool, {**arguments, "page": first["pages"] + 7})
    assert "warning" not in first
    assert beyond["warning"].startswith(f"Page {first['pages'] + 7} is beyond the end: there is ")
