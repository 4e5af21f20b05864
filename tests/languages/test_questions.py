"""A question is rendered from the frozen preview in the language of the settings, also days later."""

import copy
from decimal import Decimal

from server.gate.masking import present
from server.gate.words.questions import render
from tools.operation import Preview
from tools.sentence import Sentence, plural, sentence

WARNING = sentence(
    "{some} of these {all} had the same text {time} ago ({action}).",
    some=3,
    all=40,
    time=plural("{count} hour", "{count} hours", 2),
    action=sentence("another caller's send"),
)
PREVIEW = Preview(
    effect=sentence("Send an SMS"),
    nothing="Nothing was sent.",
    recipients=3,
    points=Decimal(3),
    points_left=Decimal(7),
    text="您好",
    warnings=(WARNING,),
)
IN_CHINESE = [
    "發送簡訊？",
    "收件人數：3",
    "扣點：3",
    "扣後餘點：7",
    "時間：立即",
    "內文：「您好」",
    "注意：這 40 則中有 3 則在 2 小時前已發送相同內文（其他使用者的發送）。",
]


def test_a_question_that_was_kept_as_json_is_said_in_either_language() -> None:
    kept = Preview.model_validate_json(PREVIEW.model_dump_json())
    assert kept == PREVIEW
    assert render(kept, "zh-TW").splitlines() == IN_CHINESE
    assert render(kept, "en").splitlines()[-1] == (
        "Note: 3 of these 40 had the same text 2 hours ago (another caller's send)."
    )


def test_a_question_that_an_earlier_version_kept_is_said_too() -> None:
    kept = '{"effect":"Send an SMS","nothing":"Nothing was sent.","warnings":["No such sentence."]}'
    lines = render(Preview.model_validate_json(kept), "zh-TW").splitlines()
    assert lines == ["發送簡訊？", "注意：No such sentence."]


def test_a_word_of_ours_in_what_is_acted_on_is_said_and_their_words_are_not() -> None:
    preview = PREVIEW.model_copy(update={"details": {"status": "paused", "name": "paused", "note": "status"}})
    lines = [line for line in render(preview, "zh-TW").splitlines() if line.startswith("目前")]
    assert lines == ["目前狀態：「已暫停」", "目前名稱：「paused」", "目前note：「status」"]


def test_the_assistant_reads_english_text_whatever_the_language() -> None:
    facts = present(PREVIEW, show_numbers=False).facts
    assert facts["effect"] == "Send an SMS"
    assert [type(each) for each in (facts["effect"], *facts["warnings"])] == [str, str]  # type: ignore[misc]


def test_a_copy_of_a_sentence_is_one() -> None:
    copied = copy.deepcopy(WARNING)
    assert isinstance(copied, Sentence)
    assert copied.values == WARNING.values
