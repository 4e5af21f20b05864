"""What a plan warns of before anybody starts it, in few tokens."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.campaigns.books import book, row, sheet
from tests.campaigns.playing import people, planned, write_list
from tests.clients.tokens import tokens_of
from tests.console.at_page import PLAN, pressed, signed_in
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import Clock, fronted
from tools.campaigns.cautions import unfilled

NOON = datetime(2026, 3, 2, 4, 0, tzinfo=UTC)
HOURS = {"quiet_hours": {"start": "21:00", "end": "09:00", "time_zone": "Asia/Taipei"}}


async def test_links_a_missing_name_and_a_value_that_is_missing_are_told(house: House) -> None:
    write_list(house, [*people(2), {"手機": "0912345999", "姓名": ""}])
    async with fronted(house, clock=Clock(NOON)) as session:
        told = await planned(session, text="{姓名}您好，見 https://shop.example/x")
        named = await planned(session, text="【測試】{姓名}您好")
    assert [each[:30] for each in told["warnings"]] == [
        "A URL or phone number in the t",
        "Carriers block texts without t",
        "A placeholder has no value for",
    ]
    assert len(named["warnings"]) == 1


async def test_what_costs_another_part_is_told_with_a_cheaper_wording(house: House) -> None:
    write_list(house, people(3))
    async with fronted(house) as session:
        told = await planned(session, text="【測試】{姓名}您好！！" + "好" * 60)
    assert (told["points"], told["cheaper"]) == (6, "【測試】{姓名}您好！" + "好" * 60)
    (over,) = [each for each in told["warnings"] if "too many for 1" in each]
    assert "客戶" not in over


async def test_who_gets_a_third_text_in_a_week_is_counted(house: House) -> None:
    mobiles = [each["手機"] for each in people(3)]
    async with fronted(house, Person()) as session:
        for text, to in (("一", mobiles), ("二", mobiles[:2])):
            await session.facts("send_sms", {"recipients": to, "text": text})
        await session.facts("list_batches")
        write_list(house, people(3))
        plan = await planned(session)
        same = await planned(session, text="一")
    assert "For 2 it is at least text number 3 within 7 days." in plan["warnings"]
    assert "3 had this text within 24 hours: they are left out when it is sent." in same["warnings"]


async def test_texts_at_night_and_quiet_hours_are_told(house: House) -> None:
    write_list(house, people(3))
    async with fronted(house, clock=Clock(NOON)) as session:
        late = await planned(session, send_at="2026-03-02T20:30:00+08:00", per_hour=2)
    assert "Between 21:00 and 08:00 go out: 2 texts." in late["warnings"]
    async with fronted(house, clock=Clock(NOON.replace(hour=14)), policy=HOURS) as session:
        # It is 22:00: the plan can be made, and its start asks for the hours.
        plan = await planned(session)
        told = await session.problem("start_campaign", {"campaign_id": plan["campaign_id"]})
        booked = await session.problem(
            "plan_campaign",
            {"name": "夜", "list": "due.csv", "text": "【測試】您好", "send_at": "2026-03-03T22:30:00+08:00"},
        )
    assert any("not from 21:00 to 09:00" in each for each in plan["warnings"])
    assert (told["code"], booked["code"]) == ("policy_refused", "policy_refused")


async def test_what_goes_out_at_once_at_night_is_told_by_the_plan_and_asked_about(house: House) -> None:
    write_list(house, people(3))
    clock, person = Clock(NOON), Person("decline")
    async with fronted(house, person, clock=clock) as session:
        by_day = await planned(session)
        clock.advance(seconds=9.5 * 3_600)
        late = await planned(session)
        await session.told("start_campaign", {"campaign_id": by_day["campaign_id"]})
    assert "Between 21:00 and 08:00 go out: 3 texts." in late["warnings"]
    assert not any("21:00" in each for each in by_day["warnings"])
    assert "it is night in Taiwan" in person.asked[-1]


async def test_a_latest_end_without_a_beginning_is_refused(house: House) -> None:
    write_list(house, people(3))
    asked = {
        "name": "提醒",
        "list": "due.csv",
        "text": "【測試】您好",
        "done_by": "2026-03-02T18:00:00+08:00",
    }
    async with fronted(house, clock=Clock(NOON)) as session:
        told = await session.problem("plan_campaign", asked)
    assert "send_at: a latest end needs a time to begin." in told["message"]


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({"list": "gone.csv"}, "list: there is no plain file"),
        ({"text": "【測試】{稱謂}您好"}, "text: a {column} in it names no column"),
        ({"consent": "同意"}, "consent: the list has no column"),
    ],
)
async def test_what_is_wrong_with_a_list_is_named_by_the_plans_own_argument(
    house: House, asked: dict[str, str], field: str
) -> None:
    write_list(house, people(3))
    async with fronted(house) as session:
        plan = {"name": "提醒", "list": "due.csv", "text": "【測試】您好", **asked}
        told = await session.problem("plan_campaign", plan)
    assert field in told["message"]


OTHERWISE = [
    "[姓名]",
    "<姓名>",
    "＜姓名＞",
    "｛姓名｝",
    "［ 姓名 ］",
    "%姓名%",
    "«姓名»",
    "【姓名】",
    "95%折，%姓名%",
]


@pytest.mark.parametrize("named", OTHERWISE)
async def test_a_column_that_is_named_as_other_programs_name_it_is_told(house: House, named: str) -> None:
    write_list(house, people(2))
    told = "The text names a column without {}"
    async with fronted(house, clock=Clock(NOON)) as session:
        wrong = await planned(session, text=f"【測試】{named}您好")
        right = await planned(session, text="【測試】{姓名}您好 [重要]")
        checked = await session.facts("check_message", {"text": f"【測試】{named}您好", "list": "due.csv"})
    assert [each for each in wrong["warnings"] if each.startswith(told)]
    assert not [each for each in right["warnings"] if each.startswith(told)]
    assert [each for each in checked["notes"] if each.startswith(told)]


def test_a_column_is_known_in_other_brackets_in_small_and_in_large_letters() -> None:
    assert unfilled("Dear [NAME]", ["Name"])
    assert not unfilled("Dear [NAMES]", ["Name"])


async def test_fillings_that_look_the_same_are_shown_once(house: House) -> None:
    write_list(house, people(3))
    person = Person("decline")
    async with fronted(house, person) as session:
        plan = await planned(session)
        await session.told("start_campaign", {"campaign_id": plan["campaign_id"]})
    assert "#1" in person.asked[-1]
    assert "#2" not in person.asked[-1]


async def test_what_nobody_looked_at_in_a_list_is_told(house: House) -> None:
    rows = [row(2, "王", "0912345678"), row(3, "李", "0912345678"), row(4, "張", "0912345679/0912345680")]
    hidden = '<cols><col min="1" max="1" hidden="1"/></cols>'
    first = sheet(row(1, "姓名", "手機"), *rows, before=hidden)
    put_list(house, "due.xlsx", book(first, sheet(), states=("visible", "hidden")))
    async with fronted(house, clock=Clock(NOON)) as session:
        told = await planned(session, list="due.xlsx")
    assert told["warnings"] == [
        "Hidden sheets were not read. Ask the person whether one is meant.",
        "A column in use is hidden in the sheet. Ask the person whether it is meant.",
        "Of several numbers in a cell none is taken: a person chooses in the file.",
        "Unlike the row that counts in a field: 1 row, 3.",
    ]


async def test_who_had_as_many_texts_today_as_the_limit_allows_is_counted_by_the_plan(house: House) -> None:
    write_list(house, people(3))
    had = [each["手機"] for each in people(2)]
    told: list[list[str]] = []
    for limit in (1, 2):
        policy = {"texts_per_recipient_per_day": limit}
        async with fronted(house, Person(), clock=Clock(NOON), policy=policy) as session:
            if limit == 1:
                await session.facts("send_sms", {"recipients": had, "text": "一"})
            told.append((await planned(session))["warnings"])
    said = "2 had as many texts today as the limit allows: sent today, it leaves them out."
    assert (said in told[0], said in told[1]) == (True, False)


@pytest.mark.parametrize(
    ("cap", "said", "chinese"),
    [
        ("recipients_per_day", "recipients a day leaves 2", "每日收件人數上限只剩 2"),
        ("points_per_day", "points a day leaves 2", "每日點數上限只剩 2"),
        ("points_per_month", "points a month leaves 2", "每月點數上限只剩 2"),
    ],
)
async def test_a_cap_that_will_refuse_the_start_is_told_by_the_plan_with_what_is_left(
    house: House, cap: str, said: str, chinese: str
) -> None:
    write_list(house, people(3))
    async with fronted(house, Person(), clock=Clock(NOON), policy={cap: 5}) as session:
        await session.facts("send_sms", {"recipients": ["0912345100", "0912345111"], "text": "一"})
        early = await planned(session)
        await session.facts("send_sms", {"recipients": ["0912345122"], "text": "二"})
        late = await planned(session)
        refused = await session.problem("start_campaign", {"campaign_id": late["campaign_id"]})
    async with signed_in(house, clock=Clock(NOON), policy={cap: 5}, language="zh-TW") as (_, browser):
        page = await pressed(browser, "/campaigns/new", "規劃", PLAN)
    assert not [each for each in early["warnings"] if "cap" in each]
    (told,) = [each for each in late["warnings"] if "cap" in each]
    assert (told, len(told) < 80) == (f"A start now would be refused: the cap on {said}.", True)
    assert told == late["warnings"][0]
    assert chinese in page.text
    assert (refused["code"], cap in refused["message"]) == ("policy_refused", True)


@pytest.mark.parametrize(
    "text", ["{姓名}您好 https://shop.example/x " + "好" * 300, "{姓名}" + "😀" * 100], ids=["links", "emoji"]
)
async def test_a_plan_is_told_in_few_tokens_whatever_there_is_to_say(house: House, text: str) -> None:
    rows: list[dict[str, Any]] = [
        *({**each, "手機": each["手機"].replace("+886", "")} for each in people(40)),
        {"手機": "+12025550143", "姓名": ""},
        {"手機": "+886920000200", "姓名": "李" * 30},
        {"手機": "02-2345-6789", "姓名": "王"},
        {"手機": "0912345678/0912345679", "姓名": "王"},
        {"手機": "9E+08", "姓名": "王"},
        {"手機": "abc", "姓名": "王"},
        {"手機": "0912345678#1", "姓名": "王"},
        {"手機": "0912345678", "姓名": "a|b"},
    ]
    write_list(house, rows)
    caps = {"points_per_day": 1, "points_per_month": 1, "recipients_per_day": 1}
    async with fronted(house, policy=caps) as session:
        told = await planned(session, text=text)
    assert await tokens_of(told) <= 600
