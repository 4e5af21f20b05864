"""A list of rows leaves as arrays, and says what a list of objects would: masked, cleaned, nothing lost."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Annotated, Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, SkipValidation

from server.demo.rows import rows_of
from server.gate.masking import present
from server.gate.text_fields import outside_fields
from server.mcp.schema import LEADING, result_schema
from server.mcp.table_schema import SHARED
from tests.e2e.json_schema import check_schema
from tools.cleaning import hidden_characters
from tools.operation import Result
from tools.values import CELLS, MobileNumber, OutsideText, PersonName, Points, Table, Timestamp

TOLD = Table(key="status_code", told=("status",))
WORDS = {100: "delivered", 103: "not assigned", None: "no code"}


class Model(Result):
    """A row as most lists have it."""

    mobile: MobileNumber
    name: PersonName = ""
    text: OutsideText = ""
    status_code: int | None = None
    status: str = ""
    at: Timestamp | None = None
    seen: Timestamp | None = None
    points: Points | None = None
    flag: bool = False
    other: Annotated[dict[str, OutsideText], CELLS] = Field(default_factory=dict[str, str])


class Light(NamedTuple):
    """The same row as long lists have it."""

    mobile: MobileNumber
    name: PersonName
    text: OutsideText
    status_code: int | None
    status: str
    at: Timestamp | None
    seen: Timestamp | None
    points: Points | None
    flag: bool
    other: Annotated[dict[str, OutsideText], CELLS]


class Models(Result):
    """A table of models."""

    total: int = 0
    listed: Annotated[list[Model], TOLD]


class Lights(Result):
    """A table of light rows."""

    total: int = 0
    listed: Annotated[list[Light], SkipValidation, TOLD]


def light(row: Model) -> Light:
    return Light(*(getattr(row, name) for name in Light._fields))


def models(rows: list[Model]) -> Result:
    return Models(listed=rows)


def lights(rows: list[Model]) -> Result:
    return Lights(listed=[light(row) for row in rows])


BOTH = pytest.mark.parametrize("listing", [models, lights], ids=["models", "light rows"])
TIMES = st.datetimes(datetime(2026, 3, 2), datetime(2026, 3, 4), timezones=st.just(UTC)) | st.none()  # noqa: DTZ001 - hypothesis adds the zone
NUMBERS = st.from_regex(r"\+8869[0-9]{8}", fullmatch=True)
ROWS = st.lists(
    st.builds(
        Model,
        mobile=NUMBERS,
        name=st.text(max_size=5),
        text=st.text(max_size=12),
        status_code=st.sampled_from([100, 103, None]),
        status=st.just(""),
        at=TIMES,
        seen=TIMES,
        points=st.sampled_from([Decimal(1), Decimal("2.5"), None]),
        flag=st.booleans(),
        other=st.dictionaries(st.text(max_size=3), st.text(max_size=4), max_size=2),
    ).map(lambda row: row.model_copy(update={"status": WORDS[row.status_code]})),
    max_size=6,
)


@BOTH
@given(rows=ROWS, show_numbers=st.booleans())
def test_a_table_says_what_each_of_its_rows_would_say_alone(
    listing: Callable[[list[Model]], Result],
    rows: list[Model],
    show_numbers: bool,  # noqa: FBT001 - drawn
) -> None:
    shown = present(listing(rows), show_numbers=show_numbers)
    alone = [present(row, show_numbers=show_numbers) for row in rows]
    facts: dict[str, Any] = shown.facts
    assert [_whole(row, facts) for row in rows_of(facts)] == [_said(each.facts) for each in alone]
    assert shown.outside == any(each.outside for each in alone)


def _said(facts: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in facts.items() if value not in ("", {}, [])}


def _whole(row: dict[str, Any], facts: dict[str, Any]) -> dict[str, object]:
    """The row with its times as they would stand without the table, and without what is empty."""
    for name in ("at", "seen"):
        if name in row:
            day = f"{facts['day']}T" if "day" in facts else ""
            row[name] = f"{day}{row[name].replace(' ', 'T')}{facts['zone']}"
    return _said(row)


@BOTH
@given(text=st.text(), number=NUMBERS)
def test_no_number_and_no_hidden_character_leaves_in_a_column(
    listing: Callable[[list[Model]], Result], text: str, number: str
) -> None:
    written = f"{text} ;0{number[4:]}; {text}"
    rows = [Model(mobile=number, name=written, text=written, other={written: written})] * 2
    facts: dict[str, Any] = present(listing([*rows, Model(mobile=number)]), show_numbers=False).facts
    said = [str(cell) for row in facts["rows"] for cell in row]
    assert not any(number[4:] in cell or hidden_characters(cell) for cell in said)
    assert any(f";0{number[4:7]}***{number[-3:]};" in cell for cell in said)


@BOTH
def test_what_all_rows_share_is_said_once_and_what_none_has_is_left_out(
    listing: Callable[[list[Model]], Result],
) -> None:
    at = datetime(2026, 3, 2, 1, tzinfo=UTC)
    rows = [
        Model(mobile=f"+88691234567{n}", status_code=100, status="delivered", at=at, points=Decimal(1))
        for n in range(3)
    ]
    facts = present(listing(rows), show_numbers=True).facts
    assert facts == {
        "total": 0,
        "columns": ["mobile"],
        "rows": [["+886912345670"], ["+886912345671"], ["+886912345672"]],
        "every_row": {"status_code": 100, "at": "09:00:00", "points": 1, "flag": False},
        "day": "2026-03-02",
        "zone": "+08:00",
        "legend": {"100": {"status": "delivered"}},
    }


@BOTH
def test_rows_that_are_all_alike_are_still_as_many(listing: Callable[[list[Model]], Result]) -> None:
    facts: dict[str, Any] = present(listing([Model(mobile="+886912345678")] * 4), show_numbers=False).facts
    assert len(facts["rows"]) == 4


@BOTH
@given(rows=ROWS)
def test_a_table_obeys_its_schema(listing: Callable[[list[Model]], Result], rows: list[Model]) -> None:
    result = listing(rows)
    facts = present(result, show_numbers=False).facts
    schema = result_schema(type(result))
    check_schema(facts, schema)
    assert facts.keys() - SHARED - LEADING == schema["properties"].keys()


def test_marks_are_found_in_both_kinds_of_rows() -> None:
    expected = ["listed[].name", "listed[].text", "listed[].other{key}", "listed[].other{}"]
    assert outside_fields(Models) == outside_fields(Lights) == expected
