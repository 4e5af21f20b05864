"""Every sentence of ours in a question has its Chinese."""

import ast
from decimal import Decimal
from pathlib import Path

import pytest

from server.gate.words.chinese import in_chinese
from server.gate.words.questions import render
from tools.omis.verbs import RESUME
from tools.operation import Preview

TOOLS = Path(__file__).resolve().parents[2] / "tools"
EFFECTS = sorted(
    keyword.value.value
    for path in TOOLS.rglob("*.py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    if isinstance(node, ast.Call)
    for keyword in node.keywords
    if keyword.arg == "effect"
    and isinstance(keyword.value, ast.Constant)
    and isinstance(keyword.value.value, str)
)
VERBS = [
    f"{verb} a {noun} of OMIS" for verb in ("Resume", "Terminate", "Delete") for noun in ("launch", "job")
]
SENTENCES = [
    "A URL or phone number in the text must be registered (rule since 2024-11-18).",
    "Carriers block texts without the registered sender name (rule since 2025-11-01).",
    "The text holds characters that cannot be seen: U+200B.",
    "Repeated entries dropped: 2. Nobody gets the same message twice.",
    "Numbers abroad: 1. They cost three times as much, and the account must allow them.",
    "The booking can be erased with erase_sms_booking until 2026-12-01T09:00:00+08:00.",
    "Booked messages that would never be sent: 3 of 3. Points that come back: about 3.0.",
    "Booked messages that would never be sent: 3 of 4.",
    RESUME.warning,
    "A terminated launch cannot be resumed.",
    "The job's record disappears and cannot be brought back.",
    "Different texts that are not shown here: 2. `campaign-ops-mcp approvals --texts` shows all.",
    "This machine's clock and the vendor's are 3 minutes apart: times may mean another moment than said.",
    "3 of these 40 had the same text 2 hours ago (action 7KQ2-M9XD).",
    "1 of these 1 had the same text 1 minute ago (another caller's).",
    "3 of these 40 may have had the same text 5 minutes ago: the outcome of action 7KQ2-M9XD is not known.",
    "3 of these 40 may have had the same text 1 hour ago: the outcome of another caller's send is not known.",
    "3 of these 40 have the same text booked for 2026-12-01T09:00:00+08:00 (action 7KQ2-M9XD).",
    "3 of these 40 have the same text booked for 2026-12-01T09:00:00+08:00 (another caller's).",
    "Earlier sends of the same text that are not listed: 2.",
]


@pytest.mark.parametrize("sentence", [*EFFECTS, *VERBS, "Restart a job of OMIS", *SENTENCES])
def test_a_sentence_of_ours_has_its_chinese(sentence: str) -> None:
    assert not in_chinese(sentence).isascii()


def test_figures_stay_in_the_translation() -> None:
    assert "17" in in_chinese("Repeated entries dropped: 17. Nobody gets the same message twice.")


def test_a_question_in_chinese_has_no_english_sentence_of_ours() -> None:
    preview = Preview(
        effect="Send an SMS",
        nothing="Nothing was sent.",
        recipients=3,
        points=Decimal(3),
        points_left=Decimal(7),
        text="您好",
    )
    assert render(preview, "zh-TW").splitlines() == [
        "發送簡訊？",
        "收件人數: 3",
        "扣點: 3",
        "扣後餘點: 7",
        "時間: 立即",
        "內文: 「您好」",
    ]
