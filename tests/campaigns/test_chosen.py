"""What a list hides, or holds twice, is asked about: nothing of it is sent because nobody looked."""

from typing import Any

import pytest

from tests.campaigns.books import book, row, sheet
from tests.campaigns.playing import planned
from tests.campaigns.read import read
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House, Session
from tests.gate.servers import fronted

HEADING, WANG, LI = row(1, "姓名", "手機"), row(2, "王", "0912345678"), row(3, "李", "0987654321")
HIDDEN = row(4, "張", "0912345679", more=' hidden="1"')
FILTER = '<autoFilter ref="A1:B4"><filterColumn colId="0"><filters/></filterColumn></autoFilter>'


def put(house: House, *sheets: str, **more: Any) -> None:
    put_list(house, "due.xlsx", book(*sheets, **more))


async def plan_of(session: Session, **asked: Any) -> dict[str, Any]:
    return await planned(session, list="due.xlsx", **asked)


async def refused(session: Session, **asked: Any) -> str:
    wanted = {"name": "提醒", "list": "due.xlsx", "text": "【測試】{姓名}您好"}
    problem = await session.problem("plan_campaign", {**wanted, **asked})
    assert problem["code"] == "invalid_arguments"
    return f"{problem['message']} {problem['next']}"


@pytest.mark.parametrize(("after", "told"), [("", "the sheet hides 1"), (FILTER, "a filter hides 1")])
async def test_hidden_rows_are_asked_about_before_anything_is_planned(
    house: House, after: str, told: str
) -> None:
    put(house, sheet(HEADING, WANG, LI, HIDDEN, after=after))
    async with fronted(house) as session:
        said = await refused(session)
        assert "hidden" in said
        assert told in said
        assert "include, else leave_out" in said
        assert (await session.facts("list_campaigns"))["total"] == 0
        assert (await plan_of(session, hidden="include"))["recipients"] == 3
        left = await plan_of(session, hidden="leave_out")
        assert (left["recipients"], left["excluded"]) == (2, {"hidden_row": 1})


async def test_a_list_that_hides_nothing_asks_nothing(house: House) -> None:
    put(house, sheet(HEADING, WANG, LI), sheet(row(1, "說明", "寄發前請確認")))
    async with fronted(house) as session:
        assert (await plan_of(session))["recipients"] == 2


async def test_of_several_sheets_with_numbers_a_person_chooses(house: House) -> None:
    put(house, sheet(HEADING, WANG, LI), sheet(HEADING, WANG), sheet(), names=("三月", "四月", "空"))
    async with fronted(house) as session:
        said = await refused(session)
        assert "numbers stand in 2 sheets of the workbook (「三月」, 「四月」)" in said
        assert (await plan_of(session, sheet="四月"))["recipients"] == 1
        told = await session.facts("read_list", {"file": "due.xlsx"})
        assert told["sheet"] == "三月"
        assert "Numbers stand in 2 sheets; one was read. Ask which one is meant." in told["notes"]
        named = await session.facts("read_list", {"file": "due.xlsx", "sheet": "三月"})
        assert not any("sheets" in note for note in named["notes"])


def test_the_only_sheet_with_numbers_is_read_whichever_is_on_top() -> None:
    content = book(sheet(row(1, "說明", "寄發前請確認")), sheet(HEADING, WANG), names=("說明", "名單"))
    found = read(content)
    assert (found.reading.read_as.sheet, found.reading.read_as.rivals) == ("名單", ())
    assert found.accepted == [[2, "+886912345678"]]


async def test_a_sheet_that_is_headed_like_a_list_is_never_passed_over_for_another(house: House) -> None:
    put(house, sheet(HEADING, row(2, "王", "02-2345-6789")), sheet(HEADING, LI), names=("名單", "測試"))
    async with fronted(house) as session:
        assert "in 2 sheets" in await refused(session)


async def test_a_hidden_sheet_is_planned_only_where_a_person_wants_it(house: House) -> None:
    put(house, sheet(HEADING, WANG), sheet(HEADING, LI), names=("新", "舊"), states=("visible", "veryHidden"))
    async with fronted(house) as session:
        assert (await plan_of(session))["recipients"] == 1
        assert "hidden in the workbook" in await refused(session, sheet="舊")
        assert "hidden in the workbook" in await refused(session, sheet="舊", hidden="leave_out")
        assert (await plan_of(session, sheet="舊", hidden="include"))["longest"] == ["【測試】李您好，明天見"]


async def test_who_says_no_in_one_row_is_not_planned_for_a_later_one(house: House) -> None:
    put_list(
        house, "due.csv", "手機,同意,姓名\n0912345678,否,王\n0912345678,是,王\n0987654321,是,李\n".encode()
    )
    async with fronted(house) as session:
        plan = await planned(session, consent="同意")
    assert (plan["recipients"], plan["excluded"]) == (1, {"opted_out": 2})
