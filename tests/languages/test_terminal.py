"""With `language = "zh-TW"` every command of the terminal is Chinese, and its columns stand straight."""

import re
import subprocess
from collections.abc import Mapping
from typing import Any

import pytest
from rich.cells import cell_len

from tests.command.terminal import run
from tests.e2e.house import House
from tests.e2e.process import at_the_sandbox
from tests.e2e.sql import store_of, tampered
from tests.gate.servers import FREE, FREE_SEND, LAUNCH, SEND, fronted
from tests.languages.english import english
from tests.quick_start.forked import COMMAND

pytestmark = pytest.mark.usefixtures("quick_start")

CHINESE = {"LANGUAGE": "zh-TW"}
NONE: Mapping[str, str] = {}
MANY: dict[str, Any] = {
    "template": "%field1%。",
    "recipients": [{"mobile": f"09123456{n:02}", "values": [f"第{n}篇"]} for n in range(1, 31)],
}
HELPS = [
    (),
    *(
        (each,)
        for each in (
            "serve",
            "sandbox",
            "demo",
            "tools",
            "doctor",
            "unlock",
            "approvals",
            "sent",
            "credit",
            "policy",
            "opt-outs",
        )
    ),
    *((each,) for each in ("block", "audit", "actions")),
    *(("block", each) for each in ("add", "remove", "list")),
    *(("audit", each) for each in ("verify", "accept-loss", "export")),
    *(("actions", each) for each in ("list", "show", "close")),
]
MISTAKES: dict[tuple[str, ...], str] = {
    ("servr",): "沒有指令 'servr'。您是指 'serve' 嗎？",
    ("audit", "zzz"): "沒有指令 'zzz'。",
    ("--",): "缺少指令。",
    ("--", "--serve"): "沒有指令 '--serve'。",
    ("policy", "--sandbx"): "沒有選項 --sandbx。您是指 --sandbox 嗎？",
    ("policy", "--config"): "--config 用法有誤",
    ("unlock",): "缺少 'vendor'。",
    ("actions", "close", "7KQ2-M9XD"): "缺少 '--as'。",
    ("block", "add", "1", "2"): "多出了這些字：2",
    ("approvals", "--page", "0"): "'--page'：請寫不小於 1 的整數。",
    ("serve", "--port", "x"): "'--port'：請寫 0 到 65535 之間的整數。",
    ("unlock", "nobody"): "沒有這家廠商。",
}
WRONG_SETTINGS = {
    "EVERY8D__BASE_URL": "ftp://x",
    "EVERY8D__PASSWORD": "",
    "OMIS__BASE_URL": "http://elsewhere.example",
    "OMIS__REQUEST_STYLE": "xml_url",
    "OMIS__RESPONSE_MODE": "9",
    "POLICY__POINTS_PER_DAY": "many",
    "POLICY__CALLS_PER_MINUTE": "0",
    "POLICY__DISABLED_TOOLS": "send_smss",
    "POLICY__COUNTRIES": "Taiwan,XX",
    "POLICY__TEST_NUMBERS": "12,0912***678",
    "POLICY__QUIET_HOURS__START": "22",
    "POLICY__READ_ONLY": "perhaps",
    "POLICYX__A": "1",
    "APPROVAL__FORM_TIMEOUT_S": "0",
    "HTTP__TOKENS": "x",
    "HTTP__OWNER_OF_FOREIGN": "nobody",
    "STORE__URL": "mysql://x",
    "STORE__AUDIT_KEY_FILE": "relative",
    "CALLBACKS__TOKEN": "short",
    "TOOLSETS": "sms,telex",
    "LOG_LEVEL": "LOUD",
}


def straight(lines: list[str], column: str) -> set[int]:
    """Where on a screen a column of these lines begins."""
    found = (re.search(column, line) for line in lines)
    return {cell_len(line[: at.start()]) for line, at in zip(lines, found, strict=True) if at is not None}


async def chinese(
    house: House, *command: str, typed: str = "", code: int = 0, settings: Mapping[str, str] = NONE
) -> str:
    """What the command printed; English left in it is told."""
    said = await run(house, *command, typed=typed, **CHINESE, **settings)
    assert english(said.out) == [], said.out
    assert said.code == code, said.out
    return said.out


async def test_what_waits_is_shown_and_decided_in_chinese(house: House) -> None:
    assert "沒有待核准的動作" in await chinese(house, "approvals")
    async with fronted(house) as session:
        erase = (await session.facts("terminate_launch", LAUNCH))["action_id"]
        many = (await session.facts("send_personalized_sms", MANY))["action_id"]
        await session.facts("send_sms", SEND)
        await session.facts("send_sms", {**SEND, "text": "再一次"})
        printed = await chinese(house, "approvals", typed="\nn\nY\n\n")
        for line in (
            "終止 OMIS 任務？",
            "發送個人化簡訊？",
            "輸入 '1182' 核准",
            "暫不處理",
            "已拒絕",
            "已核准",
        ):
            assert line in printed
        assert "目前狀態：「啟動中」" in printed
        assert "沒有動作 ZZZZ-ZZZZ。" in await chinese(house, "approvals", "--deny", "ZZZZ-ZZZZ", code=1)
        both = await chinese(house, "approvals", "--deny", erase, "--approve", erase, code=1)
        assert "未作任何決定" in both
        assert "未核准" in await chinese(house, "approvals", "--approve", erase, code=1)
        assert "不符" in await chinese(house, "approvals", "--approve", erase, "--proof", "x", code=1)
        assert "已核准" in await chinese(house, "approvals", "--approve", erase, "--proof", "1182")
        again = await chinese(house, "approvals", "--approve", erase, "--proof", "1182", code=1)
        assert "已有決定或已逾期" in again
        assert "目前狀態為「已拒絕」" in await chinese(house, "approvals", "--deny", many, code=1)
        assert "內文 1／30：「第1篇。」" in await chinese(house, "approvals", "--texts", many)
        assert "30 種不同的內文，共 2 頁" in await chinese(
            house, "approvals", "--texts", many, "--page", "9", code=1
        )


async def test_the_ledger_is_listed_in_chinese_in_straight_columns(house: House) -> None:
    await house.vendor.control("faults", path="sendSMS.ashx", fault="reset_before", times=1)
    async with fronted(house, policy=FREE) as session:
        unknown = (await session.facts("send_sms", FREE_SEND))["action_id"]
        await session.facts("send_sms", {**FREE_SEND, "text": "另一則"})
        await session.facts("terminate_launch", LAUNCH)
    printed = await chinese(house, "actions", "list")
    *rows, total = printed.splitlines()
    assert total == "共 3 筆動作，列出 3 筆"
    assert {"待核准", "成功", "不明"} == {row.split()[1] for row in rows}
    assert len(straight(rows, r"\d{4}-\d\d-\d\dT")) == len(straight(rows, "send_sms|terminate_launch")) == 1
    assert "沒有這種狀態" in await chinese(house, "actions", "list", "--state", "zzz", code=1)
    assert "只接受" in await chinese(house, "actions", "close", unknown, "--as", "zzz", code=1)
    assert "已結案：失敗" in await chinese(house, "actions", "close", unknown, "--as", "failed")
    assert "未結案任何動作" in await chinese(house, "actions", "close", unknown, "--as", "failed", code=1)


async def test_blocked_numbers_stand_straight_however_they_are_noted(house: House) -> None:
    assert "0912***678 已封鎖。" in await chinese(house, "block", "add", "0912345678", "--note", "來電要求")
    assert "先前已封鎖" in await chinese(house, "block", "add", "0912345678")
    await chinese(house, "block", "add", "0912345679")
    *rows, total = (await chinese(house, "block", "list")).splitlines()
    assert total == "共封鎖 2 個號碼"
    assert len(straight(rows, r"\d{4}-\d\d-\d\dT")) == 1
    assert "未封鎖任何號碼：不是手機號碼" in await chinese(house, "block", "add", "12", code=1)
    assert "已解除封鎖" in await chinese(house, "block", "remove", "0912345678")
    assert "原本就未封鎖" in await chinese(house, "block", "remove", "0912345678", code=1)
    assert "未作任何變更" in await chinese(house, "block", "remove", "12", code=1)


async def test_the_audit_is_told_in_chinese_intact_and_not(house: House) -> None:
    async with fronted(house, policy=FREE) as session:
        await session.facts("send_sms", FREE_SEND)
    assert "稽核紀錄完整" in await chinese(house, "audit", "verify")
    assert "請寫成 NUMBER:MAC" in await chinese(house, "audit", "verify", "--expect-head", "x", code=1)
    assert "沒有遺失" in await chinese(house, "audit", "accept-loss")
    await tampered(store_of(house), "UPDATE actions SET state = 'failed'")
    told = await chinese(house, "audit", "verify", code=1)
    assert "資料庫與稽核紀錄【不符】。" in told
    assert "actions 有 1 列與最後的稽核紀錄不符" in told
    (house.folder / "store" / "audit.head").unlink()
    assert "已接受紀錄遺失：資料庫有紀錄，但缺少稽核末筆檔" in await chinese(house, "audit", "accept-loss")
    await tampered(store_of(house), "UPDATE audit SET entry = replace(entry, 'send', 'said')")
    assert "稽核紀錄【不完整】" in await chinese(house, "audit", "verify", code=1)


async def test_the_policy_is_told_in_chinese(house: House) -> None:
    list_of_numbers = house.folder / "stop.csv"
    list_of_numbers.write_text("mobile\n0912345678\nnobody\n", encoding="utf-8")
    rules = {
        "POLICY__READ_ONLY": "true",
        "POLICY__DISABLED_TOOLS": "send_mms",
        "POLICY__BLOCKED_NUMBERS": "0912345678",
        "POLICY__BLOCKED_NUMBERS_FILE": str(list_of_numbers),
        "POLICY__COUNTRIES": "TW,JP",
        "POLICY__POINTS_PER_DAY": "100",
        "POLICY__RECIPIENTS_PER_CALL": "10",
        "POLICY__TEXTS_PER_RECIPIENT_PER_DAY": "2",
        "POLICY__REQUIRED_SENDER_NAME": "王品",
        "POLICY__ALLOWED_URL_HOSTS": "",
        "POLICY__ALLOWED_PHONE_NUMBERS": "0223456789",
        "POLICY__ALLOWED_EMAIL_DOMAINS": "example.com",
        "POLICY__UNDO_MINUTES": "3",
        "POLICY__QUIET_HOURS__START": "21:00",
        "POLICY__QUIET_HOURS__END": "08:00",
    }
    told = await chinese(house, "policy", settings=rules)
    assert "每日最多 100 點。（環境變數）" in told
    assert "第 3 列不是手機號碼" in told


async def test_the_doctor_is_chinese_in_straight_columns_and_says_what_is_wrong(house: House) -> None:
    lines = (await chinese(house, "doctor")).splitlines()
    assert straight([line for line in lines if "every8d" in line], "登入成功|已連上|與本機") == {18}
    assert all(cell_len(line[: len(line) - len(line[2:].lstrip())]) == 2 for line in lines)
    wrong = {
        "EVERY8D__PASSWORD": "wrong",
        "OMIS__BASE_URL": "http://127.0.0.1:9",
        "FILES__FOLDER": "/nowhere",
    }
    told = await chinese(house, "doctor", code=1, settings=wrong)
    for said in ("密碼錯誤", "連不上主機", "無法建立連線", "/nowhere 無法讀取", "unlock every8d`"):
        assert said in told
    assert "未送出呼叫" in await chinese(house, "doctor", code=1, settings=wrong)
    assert "已恢復" in await chinese(house, "unlock", "every8d")
    assert "並未停止" in await chinese(house, "unlock", "every8d")


async def test_the_doctor_of_the_sandbox_is_chinese_too(house: House) -> None:
    assert "不會真正發送" in await chinese(house, "doctor", "--sandbox")


async def test_every_wrong_setting_is_told_in_chinese(house: House) -> None:
    for command in ("doctor", "policy", "serve"):
        told = await chinese(house, command, code=1 if command == "doctor" else 2, settings=WRONG_SETTINGS)
        assert [name for name in WRONG_SETTINGS if f"CAMPAIGN_OPS_{name}" not in told] == [
            "OMIS__REQUEST_STYLE"
        ]
    assert "檔案無法讀取" in await chinese(house, "policy", "--config", "nowhere.toml", code=2)
    broken = house.folder / "broken.toml"
    broken.write_text("language = ", encoding="utf-8")
    assert "不是有效的" in await chinese(house, "policy", "--config", str(broken), code=2)


async def test_a_store_that_cannot_be_used_is_told_in_chinese(house: House) -> None:
    (house.folder / "store").write_text("no folder", encoding="utf-8")
    assert "資料庫無法" in await chinese(house, "actions", "list", code=2)
    told = await chinese(house, "unlock", "every8d", code=1)
    assert "未作任何變更：" in told


async def test_the_language_of_the_file_counts_for_what_is_wrong_in_it(house: House) -> None:
    file = house.folder / "mine.toml"
    file.write_text('language = "zh-TW"\nzzz = 1\n', encoding="utf-8")
    said = await run(house, "policy", "--config", str(file))
    assert (said.code, said.out) == (2, "mine.toml 中的 zzz：沒有這項設定。請檢查拼字。\n")
    help_text = await run(house, "policy", "--config", "none.toml", f"--config={file}", "--help")
    assert re.search(r"用法：.* policy \[選項\]", help_text.out)


async def test_the_list_of_tools_has_chinese_heads(house: House) -> None:
    printed = (await run(house, "tools", **CHINESE)).out
    assert {cell_len(line) for line in printed.splitlines()} == {max(map(cell_len, printed.splitlines()))}
    assert "項工具" in printed
    assert english(re.sub(r"with\b|JobType|and DOWNLOADLINK", "", printed)) == []


@pytest.mark.parametrize("command", HELPS, ids=" ".join)
def test_every_help_is_chinese(house: House, command: tuple[str, ...]) -> None:
    printed = _started(house, *command, "--help")
    assert "用法：" in printed
    assert english(printed) == []


@pytest.mark.parametrize("command", MISTAKES, ids=" ".join)
def test_every_mistake_on_the_command_line_is_chinese(house: House, command: tuple[str, ...]) -> None:
    printed = _started(house, *command)
    assert MISTAKES[command] in printed
    assert english(printed) == []


def _started(house: House, *command: str) -> str:
    environment = {**at_the_sandbox(house, **CHINESE), "COLUMNS": "80"}
    ran = subprocess.run(
        [COMMAND, *command],
        env=environment,
        cwd=house.folder,
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
    )
    # A quick start is one of another program.
    return re.sub(r"python -m [\w.-]+", "campaign-ops-mcp", ran.stdout + ran.stderr)
