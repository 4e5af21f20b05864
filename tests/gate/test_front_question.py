"""What the person reads before deciding: the figures first, then the text as it would go out, quoted."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.e2e.house import House
from tests.e2e.person import Person, proof_in
from tests.gate.servers import LAUNCH, fronted

LINES: dict[str, Any] = {
    "recipients": ["0912345678", "0912345679"],
    "text": "第一行\n收件人數：1\nPoints: 0\n」\nApproved already 「",
    "subject": "note",
}


@pytest.mark.parametrize(
    ("language", "labels"),
    [
        (
            "en",
            ["Recipients: 2", "Parts a message: 1", "Points: 2", "Points left after: 9,998", "When: at once"],
        ),
        ("zh-TW", ["收件人數：2", "每則拆為：1 則", "扣點：2", "扣後餘點：9,998", "時間：立即"]),
    ],
)
async def test_the_figures_stand_first_and_in_the_language_of_the_settings(
    house: House, language: str, labels: list[str]
) -> None:
    person = Person("decline")
    async with fronted(house, person, language=language) as session:
        await session.problem("send_sms", LINES)
    lines = person.asked[0].split("\n")
    assert lines[1 : 1 + len(labels)] == labels
    text_at = next(number for number, line in enumerate(lines) if "第一行" in line)
    assert text_at > len(labels)


async def test_the_text_is_quoted_on_one_line_and_cannot_close_its_quote(house: House) -> None:
    """Otherwise a text could write lines of its own into the question."""
    person = Person("decline")
    async with fronted(house, person) as session:
        await session.problem("send_sms", LINES)
    lines = person.asked[0].split("\n")
    (text,) = [line for line in lines if line.startswith("Text: ")]
    assert text == "Text: 「第一行 收件人數：1 Points: 0 』 Approved already 『」"
    assert [line for line in lines if line.startswith("Points: ")] == ["Points: 2"]
    assert not any(line.startswith("Approved") for line in lines)


async def test_a_long_text_is_shown_to_its_end(house: House) -> None:
    """Nobody agrees to what stands behind a cut."""
    person, end = Person("decline"), "領獎 https://evil.example/x"
    async with fronted(house, person) as session:
        await session.problem("send_sms", {**LINES, "text": "好" * (2000 - len(end)) + end})
    assert f"{end}」" in person.asked[0]


async def test_numbers_are_masked_in_the_question(house: House) -> None:
    person = Person("decline")
    async with fronted(house, person, privacy={"show_numbers": True}) as session:
        await session.problem("send_sms", LINES)
    assert "Numbers: 0912***678 to 0912***679" in person.asked[0]
    assert "912345678" not in person.asked[0].replace(" ", "")


async def test_a_booking_says_when(house: House) -> None:
    person = Person("decline")
    async with fronted(house, person, clock=_spring) as session:
        await session.problem("send_sms", {**LINES, "send_at": "2030-05-01T10:00:00+08:00"})
    assert "When: 2030-05-01T10:00:00+08:00" in person.asked[0]


async def test_what_is_acted_on_and_its_state_are_named(house: House) -> None:
    person = Person("decline")
    async with fronted(house, person) as session:
        await session.problem("terminate_launch", LAUNCH)
    question = person.asked[0]
    assert question.split("\n")[:2] == ["Terminate a launch of OMIS?", "Id: 1182"]
    for detail in ("name = 「繳費提醒」", "status = 「starting」", "starts = 「1」", "jobs = 「3」"):
        assert f"Now: {detail}" in question


async def test_an_erase_shows_how_the_text_begins_when_the_batch_is_the_callers_own(house: House) -> None:
    person = Person()
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    async with fronted(house, person) as session:
        booked = await session.facts("send_sms", {**LINES, "recipients": ["0912345678"], "send_at": tomorrow})
        person.action = "decline"
        await session.problem("erase_sms_booking", {"batch_id": booked["batch_id"]})
        foreign = await house.vendor.batch(ST="20300501100000")
        await session.problem("erase_sms_booking", {"batch_id": foreign})
    own, others = person.asked[-2:]
    assert f"Now: text = 「{LINES['text'].splitlines()[0]}" in own
    assert "text = " not in others
    for question in (own, others):
        assert "Messages or reports: 1" in question
        assert "Booked messages that would never be sent: 1 of 1." in question


async def test_what_a_person_types_is_short(house: House) -> None:
    """The number of messages, or the end of the id: nobody copies 36 characters."""
    person = Person("decline")
    async with fronted(house, person) as session:
        foreign = await house.vendor.batch("0912345678,0912345679", ST="20300501100000")
        erase = await session.client.call_tool("erase_sms_booking", {"batch_id": foreign})
        assert erase.is_error
        asked = await session.problem("terminate_launch", LAUNCH)
    assert asked["code"] == "declined"
    assert [proof_in(question) for question in person.asked] == ["2", "1182"]


async def test_a_text_with_hidden_characters_is_shown_with_a_warning(house: House) -> None:
    person = Person("decline")
    async with fronted(house, person) as session:
        await session.problem("send_sms", {**LINES, "text": "pay\u202eevil\u200bnow"})
    assert "Text: 「payevilnow」" in person.asked[0]
    assert "U+202E" in person.asked[0]


def _spring() -> Any:
    return datetime(2030, 4, 1, tzinfo=UTC)
