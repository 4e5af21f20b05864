"""Lists that nobody writes: those who failed or did not answer, and those who did not open an e-mail."""

import io
from collections.abc import Awaitable, Callable

import pytest

from server.campaigns.reading import ListReading, ListWanted
from server.settings.settings import ListsSettings
from tests.campaigns.playing import carried_out, planned, write_list
from tests.e2e.good_cases_lists import put_list
from tests.e2e.house import House, Session
from tests.e2e.person import Person
from tests.gate.servers import fronted
from tools.lists.columns import Wanted
from tools.lists.mailed import Addresses, Mailed
from tools.lists.tally import Tally

ARRIVES, OFF, DEAD, SILENT = "0912345100", "0912345101", "0912345103", "0912345000"
Begin = Callable[[House, Session], Awaitable[str]]
WISH = {"name": "提醒", "list": "due.csv", "text": "【測試】您好"}
AGAIN = {"text": "【測試】再試一次"}


async def sent(house: House, session: Session) -> str:
    """A batch to four people, of whom three have a known end."""
    facts = await session.facts("send_sms", {"recipients": [ARRIVES, OFF, DEAD, SILENT], "text": "您好"})
    await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
    return facts["batch_id"]


async def campaign(house: House, session: Session) -> str:
    """A campaign to the same four."""
    assert session.parts
    write_list(house, [{"手機": each, "姓名": "王"} for each in (ARRIVES, OFF, DEAD, SILENT)])
    id_ = (await planned(session))["campaign_id"]
    await session.facts("start_campaign", {"campaign_id": id_})
    await carried_out(session.parts, id_)
    await house.vendor.http.post("/_sandbox/clock", json={"advance_seconds": 3600})
    return id_


async def numbers(house: House, session: Session, id_: str) -> list[str]:
    """Whom a planned campaign reaches once it is started."""
    assert session.parts
    await house.forget_log()
    await session.facts("start_campaign", {"campaign_id": id_})
    await carried_out(session.parts, id_)
    batches = (await house.vendor.state())["batches"]
    return sorted(
        message["mobile"]
        for batch in batches
        for message in batch["messages"]
        if message["text"] == AGAIN["text"]
    )


@pytest.mark.parametrize("begin", [sent, campaign])
async def test_those_who_failed_in_a_batch_or_campaign_are_a_list_without_the_dead_and_the_unknown(
    house: House, begin: Begin
) -> None:
    async with fronted(house, Person()) as session:
        plan = await planned(session, list=f"failed:{await begin(house, session)}", **AGAIN)
        assert (plan["recipients"], plan["excluded"]) == (1, {"failed_for_good": 1})
        assert await numbers(house, session, plan["campaign_id"]) == ["+886" + OFF[1:]]


@pytest.mark.parametrize("begin", [sent, campaign])
async def test_those_who_did_not_answer_are_a_list(house: House, begin: Begin) -> None:
    async with fronted(house, Person()) as session:
        id_ = await begin(house, session)
        plan = await planned(session, list=f"no_reply:{id_}", **AGAIN)
        assert plan["recipients"] == 1
        await house.vendor.control("reply", mobile=ARRIVES, text="好的")
        refused = await session.problem(
            "plan_campaign", {"name": "再", "list": f"no_reply:{id_}", "text": "【測試】第三次"}
        )
        assert refused["code"] == "nobody_left"


async def test_who_is_in_a_list_by_reference_is_frozen_with_its_plan(house: House) -> None:
    async with fronted(house, Person()) as session:
        plan = await planned(session, list=f"no_reply:{await campaign(house, session)}", **AGAIN)
        await house.vendor.control("reply", mobile=ARRIVES, text="好的")
        assert await numbers(house, session, plan["campaign_id"]) == ["+886" + ARRIVES[1:]]


async def test_a_reference_has_neither_columns_nor_sheets_nor_strangers(house: House) -> None:
    async with fronted(house, Person()) as session:
        wanted = {"name": "再", "list": f"failed:{await campaign(house, session)}", **AGAIN}
        for more in (
            {"text": "【測試】{姓名}"},
            {"sheet": "A"},
            {"hidden": "include"},
            {"not_opened": "job:1"},
        ):
            assert (await session.problem("plan_campaign", {**wanted, **more}))["code"] == "invalid_arguments"
        for unknown in ("failed:ZZZZ-ZZZZ", "failed:00000000-0000-0000-0000-000000000000"):
            problem = await session.problem("plan_campaign", {**wanted, "list": unknown})
            assert problem["code"] == "not_found"


MAILED = ["地址,手機,姓名"] + [f"Customer{n}@Example.com,09123456{n:02d},王" for n in range(1, 10)]


async def test_who_did_not_open_the_e_mail_or_has_none_gets_a_text(house: House) -> None:
    put_list(house, "due.csv", "\n".join([*MAILED, ",0912345690,李"]).encode())
    async with fronted(house, Person()) as session:
        # The sandbox's report names three who removed themselves, two of whom opened it before.
        plan = await planned(session, not_opened="9002")
        assert (plan["recipients"], plan["excluded"]) == (7, {"opted_out": 3})
        missing = await session.problem("plan_campaign", {**WISH, "not_opened": "9001"})
        assert (missing["code"], missing["next"][:24]) == ("not_found", "Find one with list_repor")
        put_list(house, "due.csv", "手機,姓名\n0912345690,李\n".encode())
        lacking = await session.problem("plan_campaign", {**WISH, "not_opened": "9002"})
        assert "not_opened: the list has no column of e-mail addresses" in lacking["message"]


def test_what_one_row_says_of_an_e_mail_holds_for_the_persons_other_rows() -> None:
    mailed = Mailed(
        opened=Addresses(["a@x.tw"]), machines=Addresses(["m@x.tw", ""]), removed=Addresses(["r@x.tw"])
    )
    lines = [
        "Email,手機",
        "A@X.tw,0912345001",
        "王 <m@x.tw>,0912345002",
        "r@x.tw,0912345003",
        "other@x.tw,0912345001",
        ",0912345004",
    ]
    wanted = ListWanted(columns=Wanted(), mailed=mailed)
    reading = ListReading(io.BytesIO("\n".join(lines).encode()), wanted, ListsSettings())
    tally = Tally()
    (left,) = tally.take(list(reading.judged()), {})
    assert left.mobile == "+886912345004"
    assert {str(reason): rows.first for reason, rows in tally.reasons.items()} == {
        "opened": [2, 5],
        "opened_by_machine": [3],
        "opted_out": [4],
    }
