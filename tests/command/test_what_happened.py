"""`actions show`, `sent` and `credit`: what happened, told to a person."""

from datetime import timedelta

import pytest

from server.command import action, actions, credit, sent
from server.command.forget import forget
from server.demo.rows import rows_of
from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.gate.servers import (
    FREE,
    FREE_NUMBER,
    FREE_SEND,
    LAUNCH,
    Clock,
    config_file,
    decide,
    fronted,
    posts,
)
from tests.languages.english import english
from tools.taipei import as_taipei, iso

pytestmark = pytest.mark.usefixtures("quick_start")

POLICY = {**FREE, "test_recipients": 5, "test_points": 50}
SEND = {"recipients": ["0912345678", "0922333444"], "text": "三月通知，請回電 0933222111"}
CHINESE = 'language = "zh-TW"\n'
Shown = pytest.CaptureFixture[str]


async def test_an_action_is_shown_whole(house: House, capsys: Shown) -> None:
    async with fronted(house) as session:
        action_id = (await session.facts("send_sms", SEND))["action_id"]
        assert await decide(house, approve=action_id, proof="y") == 0
        done = await session.facts("send_sms", SEND)
    capsys.readouterr()
    assert await action.show(config_file(house), action_id.lower(), 1, sandbox=False) == 0
    shown = capsys.readouterr().out
    for told in (
        f"{action_id}  send_sms  succeeded",
        "Send an SMS?",
        "Numbers: 0912***678 to 0922***444",
        "Text 1 of 1: 「三月通知",
        "asked for by local:",
        "(in a terminal)",
        "given to the vendor",
        "Points reserved: 2",
        "Points charged: 2",
        f"The vendor's id: {done['batch_id']}",
        "The vendor answered: 「",
    ):
        assert told in shown, told
    events = [line.split()[2] for line in shown.split("in the audit")[1].splitlines()[1:]]
    assert events == ["proposed", "out_of_band", "approved", "dispatching", "succeeded"]
    assert shown.count("三月通知") == 1
    assert "0912345678" not in shown


async def test_an_action_is_shown_in_chinese_and_an_unknown_id_is_said(house: House, capsys: Shown) -> None:
    async with fronted(house, Person("decline")) as session:
        await session.problem("send_sms", SEND)
        (row,) = rows_of(await session.facts("list_actions"))
    config = config_file(house, CHINESE)
    assert await action.show(config, row["action_id"], 1, sandbox=False) == 0
    shown = capsys.readouterr().out
    assert f"{row['action_id']}  send_sms  已拒絕" in shown
    assert "拒絕：local:" in shown
    assert "（在對話的表單）" in shown
    assert await action.show(config, row["action_id"], 9, sandbox=False) == 1
    assert await action.show(config, "ZZZZ-ZZZZ", 1, sandbox=False) == 1
    assert english(shown + capsys.readouterr().out) == []


async def test_a_change_about_which_nobody_was_asked_is_shown_with_what_it_acted_on(
    house: House, capsys: Shown
) -> None:
    async with fronted(house) as session:
        action_id = (await session.facts("pause_launch", LAUNCH))["action_id"]
    assert await action.show(config_file(house, CHINESE), action_id, 1, sandbox=False) == 0
    _, *lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "編號：1182"
    assert english("\n".join(lines)) == []


async def test_an_action_is_shown_when_its_number_was_forgotten(house: House, capsys: Shown) -> None:
    async with fronted(house, policy=POLICY) as session:
        action_id = (await session.facts("send_sms", FREE_SEND))["action_id"]
    assert await forget(config_file(house), FREE_NUMBER, yes=True) == 0
    capsys.readouterr()
    assert await action.show(config_file(house), action_id, 1, sandbox=False) == 0
    shown = capsys.readouterr().out
    assert "Text 1 of 1: 「您好」" in shown
    assert "0912***100" not in shown


async def test_the_list_says_what_each_was_about_and_what_was_erased(house: House, capsys: Shown) -> None:
    send_at = iso(Clock()() + timedelta(hours=3))
    async with fronted(house, Person(), policy=POLICY) as session:
        booked = await session.facts("send_sms", {**FREE_SEND, "text": "取消這則", "send_at": send_at})
        await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
    assert await actions.show(config_file(house), "", sandbox=False) == 0
    (line,) = (each for each in capsys.readouterr().out.splitlines() if booked["action_id"] in each)
    assert "erased" in line
    assert line.endswith("取消這則")


async def test_the_ledger_is_told_without_the_key_of_the_records(house: House, capsys: Shown) -> None:
    async with fronted(house, policy=POLICY) as session:
        await session.facts("send_sms", FREE_SEND)
        await session.facts("list_actions")
    (house.folder / "store" / "numbers.key").unlink()
    # Somebody's words stand in a list: nothing goes without a person after it.
    async with fronted(house, Person(), policy=POLICY) as session:
        later = (await session.facts("send_sms", {**FREE_SEND, "text": "之後"}))["action_id"]
    assert await actions.show(config_file(house), "", sandbox=False) == 0
    assert capsys.readouterr().out.endswith("2 of 2 actions\n")
    assert await action.show(config_file(house), later, 1, sandbox=False) == 0
    assert f"{later}  send_sms  succeeded" in capsys.readouterr().out


async def test_the_time_of_a_booking_is_not_told_as_that_of_its_erasing(house: House, capsys: Shown) -> None:
    send_at = iso(Clock()() + timedelta(hours=3))
    async with fronted(house, Person(), policy=POLICY) as session:
        booked = await session.facts("send_sms", {**FREE_SEND, "send_at": send_at})
        await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
    assert await action.show(config_file(house), booked["action_id"], 1, sandbox=False) == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.strip("─ ").endswith("erased")
    timed = [line.split("  ")[1] for line in lines if line.startswith("20")]
    assert timed[-1] == "succeeded"


async def test_what_went_out_on_a_day_is_listed_with_its_sum(house: House, capsys: Shown) -> None:
    send_at = iso(Clock()() + timedelta(hours=3))
    async with fronted(house, Person(), policy=POLICY) as session:
        await session.facts("send_sms", FREE_SEND)
        booked = await session.facts("send_sms", {**FREE_SEND, "text": "取消這則", "send_at": send_at})
        await session.facts("erase_sms_booking", {"batch_id": booked["batch_id"]})
    async with fronted(house) as session:
        await session.told("send_sms", {"recipients": ["0987654321"], "text": "沒有人核准"})
    assert await sent.sent(config_file(house), "today") == 0
    *rows, total = capsys.readouterr().out.splitlines()
    today = as_taipei(Clock()()).date()
    assert [row.split()[2] for row in rows] == ["sent", "erased"]
    assert total == f"{today}: 2 sends to 2 recipients, 1 points (less 1 that came back)"
    assert await sent.sent(config_file(house, CHINESE), f"{today}") == 0
    shown = capsys.readouterr().out
    assert f"{today}：2 批，共 2 人，1 點（已扣除退回的 1 點）" in shown
    assert english(shown) == []
    assert await sent.sent(config_file(house), "yesterday") == 0
    assert capsys.readouterr().out == f"{today - timedelta(days=1)}: 0 sends to 0 recipients, 0 points\n"
    assert await sent.sent(config_file(house), "someday") == 1
    assert "That is no day" in capsys.readouterr().out


async def test_the_points_left_are_asked_through_the_gate(house: House) -> None:
    told = await run(house, "credit")
    assert (told.code, "10,000 points left" in told.out, "OMIS" in told.out) == (0, True, True)
    audit = await run(house, "audit", "export")
    assert '"tool":"query_credit"' in audit.out
    wrong = await run(house, "credit", EVERY8D__PASSWORD="wrong", LANGUAGE="zh-TW")
    assert wrong.code == 1
    assert await posts(house) == 0


async def test_without_an_account_there_are_no_points(house: House, capsys: Shown) -> None:
    assert await credit.credit(config_file(house)) == 1
    assert "No account is configured." in capsys.readouterr().out
