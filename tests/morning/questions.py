"""An operator's questions: what an assistant does with each, and what a right answer holds."""

from datetime import timedelta
from getpass import getuser

import anyio
import anyio.lowlevel

from server.demo.rows import rows_of
from tests.e2e.house import Facts
from tests.gate.servers import visited
from tests.morning.office import (
    ARRIVES,
    DEAD,
    EVERYBODY,
    LEAVES,
    OFF,
    TODAYS,
    WAITING,
    YESTERDAYS,
    Office,
    Question,
)
from tools.taipei import TAIPEI


async def points_left(office: Office) -> bool:
    facts = await office.ask("query_credit")
    return 9_900 < facts["credit"] < 10_000


async def who_failed(office: Office) -> bool:
    facts = await office.ask("summarize_delivery", refresh=True)
    failed = {row["code"]: row["numbers"] for row in rows_of(facts) if row["state"].startswith("failed")}
    return facts["conclusion"].startswith("2 of 4 arrived (50%); 2 failed") and failed == {
        101: ["0912***101"],
        103: ["0912***103"],
    }


async def to_those_who_failed(office: Office) -> bool:
    batch = f"failed:{office.batches['today']}"
    facts = await office.ask("send_sms", recipients=[batch], text="補寄：請繳費")
    # Who failed for good is left out.
    return facts["outcome"] == "done" and facts["sent"] == 1 and OFF[1:] not in str(facts)


async def sent_yesterday(office: Office) -> bool:
    yesterday = (office.clock().astimezone(TAIPEI) - timedelta(days=1)).date()
    (row,) = rows_of(await office.ask("list_batches", day=str(yesterday)))
    return row["words"] == YESTERDAYS and row["recipients"] == 4


async def one_number(office: Office) -> bool:
    facts = await office.ask("get_number_history", mobile=LEAVES)
    return facts["total"] == 2 and [reply["text"] for reply in facts["replies"]] == ["退訂"]


async def block_who_asked(office: Office) -> bool:
    said = await office.ask("get_reply_summary", refresh=True)
    facts = await office.ask("block_number", opt_outs_of="all")
    return said["opt_outs"] == 1 and facts["blocked"] == 1


async def pause_and_resume(office: Office) -> bool:
    paused = await office.ask("pause_launch", launch_id="1184")
    resumed = await office.ask("resume_launch", launch_id="1184")
    return (paused["outcome"], resumed["outcome"]) == ("done", "done")


async def extend(office: Office) -> bool:
    facts = await office.ask("extend_launch", launch_id="1181", expire_at="2026-12-31T18:00:00+08:00")
    return facts["outcome"] == "done"


async def tomorrow_at_ten(office: Office) -> bool:
    ten = (office.clock().astimezone(TAIPEI) + timedelta(days=1)).replace(hour=10, minute=0, second=0)
    facts = await office.ask("send_sms", recipients=[ARRIVES], text="明天見", send_at=ten.isoformat())
    office.batches["booked"] = facts["batch_id"]
    return facts["outcome"] == "done"


async def what_runs(office: Office) -> bool:
    facts = await office.ask("list_in_flight", refresh=True)
    running = {row["id"]: row["state"] for row in rows_of(facts) if row["what"] in ("launch", "job")}
    return running["1184"] == "waiting for the next start" and "OMIS lists no launches" in facts["conclusion"]


async def send_to_the_list(office: Office) -> bool:
    _write_list(office)
    plan = await office.ask("plan_campaign", name="提醒", list="due.csv", text="{姓名}您好，{日期}到期")
    started = await office.ask("start_campaign", campaign_id=plan["campaign_id"])
    return (plan["recipients"], plan["excluded"]["duplicate"], started["outcome"]) == (8, 1, "done")


async def five_first(office: Office) -> bool:
    _write_list(office)
    plan = await office.ask("plan_campaign", name="試發", list="due.csv", text="【試】{姓名}您好", trial=5)
    started = await office.ask("start_campaign", campaign_id=plan["campaign_id"])
    return started["outcome"] == "done" and "5 go first" in office.person.asked[-1]


def _write_list(office: Office) -> None:
    folder = office.house.folder / "images"
    folder.mkdir(exist_ok=True)
    rows = [f"客戶{number},09{20_000_200 + number:08d},2026/12/{number + 1}" for number in range(8)]
    (folder / "due.csv").write_text("\n".join(["姓名,手機,日期", *rows, rows[0]]), encoding="utf-8")


async def stop(office: Office) -> bool:
    facts = await office.ask("stop_everything")
    ends = {row["what"]: row["ended"] for row in rows_of(facts)}
    return facts["outcome"] == "done" and ends["approval"] == "voided" and ends["launch"] == "paused"


async def blocked(office: Office) -> bool:
    facts = await office.ask("list_blocked")
    return facts["total"] == 1 and rows_of(facts)[0]["mobile"] == "0922***100"


async def this_month(office: Office) -> bool:
    facts = await office.ask("get_points_statement")
    return facts["points"] >= 8 and facts["differences"] == []


async def the_same_again(office: Office) -> bool:
    facts = await office.ask("send_sms", recipients=EVERYBODY, text=TODAYS)
    return facts["replayed"] is True and facts["batch_id"] == office.batches["today"]


async def restart(office: Office) -> bool:
    await office.house.vendor.control("credit", login="sandbox", points=20_000)
    facts = await office.ask("restart_job", job_id="5514")
    return facts["outcome"] == "done"


async def vendor_silent(office: Office) -> bool:
    await office.house.vendor.control("faults", path="sendSMS.ashx", fault="reset_after", times=1)
    facts = await office.ask("send_sms", recipients=[ARRIVES], text="到了嗎")
    known = await office.ask("reconcile_action", action_id=facts["action_id"])
    return facts["outcome"] == "unknown" and "state" in known


async def maintenance(office: Office) -> bool:
    await office.house.vendor.control("faults", path="getCredit.ashx", fault="html", times=1)
    facts = await office.ask("query_credit")
    return facts["retryable"] is True


async def two_compared(office: Office) -> bool:
    first = await office.ask("summarize_delivery", batch_id=office.batches["yesterday"], refresh=True)
    second = await office.ask("summarize_delivery", batch_id=office.batches["today"])
    return first["counts"]["delivered"] == second["counts"]["delivered"] == 2


async def all_of_a_number(office: Office) -> bool:
    facts = await office.ask("get_number_history", mobile=DEAD)
    return facts["total"] == 2 and {row["status_code"] for row in rows_of(facts)} == {103}


async def what_was_approved(office: Office) -> bool:
    facts = await office.ask("get_action", action_id=office.batches["today's action"])
    return facts["state"] == "succeeded" and TODAYS in str(facts) and facts["recipients"] == 4


async def opens_of_a_job(office: Office) -> bool:
    facts = await office.ask("read_report", report_id="job:5508", report_type="20003")
    return facts["conclusion"].startswith("Opened: 2 recipients") and facts["report_id"] == "9002"


async def what_waits(office: Office) -> bool:
    await _left_open(office)
    facts = await office.ask("list_actions", state="proposed")
    (row,) = rows_of(facts)
    return row["words"] == WAITING


async def who_did_it(office: Office) -> bool:
    principal = f"local:{getuser()}"
    facts = await office.ask("list_actions", batch_id=office.batches["today"])
    (row,) = rows_of(facts)
    return (row["by"], row["decided_by"]) == (principal, f"{principal} (form)")


async def _left_open(office: Office) -> None:
    """Another host shows no form: its question waits for the terminal."""
    assert office.session.parts is not None
    async with visited(office.session.parts, office.house.era) as formless:
        await formless.told("send_sms", {"recipients": [ARRIVES], "text": WAITING})


async def three_thousand_people(office: Office) -> bool:
    facts = await office.ask("send_sms", count=3_000, text="週年慶全面八折", dry_run=True)
    preview = facts["preview"]
    return preview["points"] == 3_000 and preview["points_left"] == preview["credit"] - 3_000


async def split_where(office: Office) -> bool:
    facts = await office.ask("send_sms", count=1, text="好" * 70 + "多了", dry_run=True)
    preview = facts["preview"]
    return preview["parts"] == 2 and "「多了」" in " ".join(preview["warnings"])


async def cancel_tomorrows(office: Office) -> bool:
    tomorrow = (office.clock().astimezone(TAIPEI) + timedelta(days=1)).date()
    rows = rows_of(await office.ask("list_actions", state="succeeded"))
    (booked,) = (row for row in rows if row.get("send_at", "").startswith(str(tomorrow)))
    erased = await office.ask("erase_sms_booking", batch_id=booked["batch_id"])
    return erased["outcome"] == "done" and booked["batch_id"] == office.batches["booked"]


async def refreshed(office: Office) -> bool:
    begun = await office.ask("update_report", report_id="9001", report_types=["11001", "11003"])
    facts: Facts = {}
    async with anyio.create_task_group() as group:
        group.start_soon(_refresh_ends, office)
        facts = await office.ask("watch_reports", report_id="9001")
    return begun["outcome"] == "done" and facts["conclusion"].startswith("Ready")


async def _refresh_ends(office: Office) -> None:
    """Once the assistant waits for it."""
    while not any(fields.get("Option") == "4" for fields in await office.house.looks()):
        await anyio.lowlevel.checkpoint()
    await office.pass_time(seconds=61)


async def delete_report(office: Office) -> bool:
    facts = await office.ask("delete_report", report_id="9004")
    return facts["outcome"] == "done"


QUESTIONS = (
    Question(number=1, said="還剩幾點？", answered=points_left),
    Question(number=2, said="Did this morning's batch arrive, who failed and why?", answered=who_failed),
    Question(number=3, said="重送給失敗的人", answered=to_those_who_failed),
    Question(number=4, said="What did we send yesterday?", answered=sent_yesterday),
    Question(number=6, said="誰回覆退訂？把他們擋掉。", answered=block_who_asked),
    # The reply is known once somebody asked for it: here the question before did.
    Question(number=5, said="這個號碼收到什麼、回了什麼？", answered=one_number),
    Question(number=8, said="Pause launch 1184, then resume it", answered=pause_and_resume),
    Question(number=9, said="Extend launch 1181 to 31 December 18:00", answered=extend),
    Question(number=10, said="明天早上十點發這一則", answered=tomorrow_at_ten),
    Question(number=27, said="Which launches run?", answered=what_runs),
    Question(number=19, said="Who is blocked?", answered=blocked),
    Question(number=20, said="這個月花了多少點？", answered=this_month),
    Question(number=22, said="The same text again, by mistake", answered=the_same_again),
    Question(number=23, said="Restart job 5514", answered=restart),
    Question(number=24, said="Did it go? (the vendor is silent)", answered=vendor_silent),
    Question(number=25, said="The vendor is under maintenance", answered=maintenance),
    Question(number=16, said="E-mail opens of job 5508", answered=opens_of_a_job),
    Question(number=21, said="What waits for approval?", answered=what_waits),
    Question(number=30, said="Who in the office did it?", answered=who_did_it),
    Question(number=18, said="比較這兩檔的成效", answered=two_compared),
    Question(number=26, said="發給這個號碼的全部紀錄", answered=all_of_a_number),
    Question(number=29, said="What exactly did I approve?", answered=what_was_approved),
    Question(number=17, said="Refresh it and tell me when it is ready", answered=refreshed),
    Question(number=28, said="Delete report 9004", answered=delete_report),
    Question(number=12, said="Send this reminder to due.xlsx, with name and date", answered=send_to_the_list),
    Question(number=13, said="先發五個人試試", answered=five_first),
    Question(number=14, said="What would 3,000 people cost?", answered=three_thousand_people),
    Question(number=15, said="這則會拆成兩則嗎？哪裡多了？", answered=split_where),
    Question(number=11, said="取消明天的預約", answered=cancel_tomorrows),
    Question(number=7, said="全部停下來！", answered=stop),
)
