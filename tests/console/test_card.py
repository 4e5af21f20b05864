"""The card of an action says all that a person has to know, from the frozen preview and the ledger."""

from datetime import timedelta

import pytest

from server.console.approval_card import Card, Page, card_of, recipients_page, texts_page
from server.console.comparing import Piece
from server.console.gathering import known_of
from server.languages.catalogue import in_language
from server.ledger.deciding import Decision
from server.parts import Parts
from tests.e2e.house import House
from tests.gate.servers import LAUNCH, SEND, Clock, started, visited
from tools.lookalikes import lookalikes
from tools.operation import Preview

FORTY: list[str] = [f"09123456{n:02}" for n in range(40, 80)]
MARKED_UP = "<script>alert(1)</script> 親愛的您好"


async def _card(parts: Parts, action_id: str) -> Card:
    entry = await parts.book.get(action_id)
    assert entry is not None
    return card_of(await known_of(parts, entry))


def _said(card: Card) -> dict[str, str]:
    return {line.key: str(line.said) for line in (*card.facts, *card.asked)}


async def test_the_button_says_the_act_with_its_numbers_in_both_languages(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = await session.facts("send_sms", {"recipients": FORTY, "text": "您好"})
        card = await _card(parts, asked["action_id"])
        ending = await _card(parts, (await session.facts("terminate_launch", LAUNCH))["action_id"])
    assert str(card.act) == "Send 40 messages for 40 points"
    assert in_language(card.act, "zh-TW") == "發送 40 則，扣 40 點"
    assert str(ending.act) == "Terminate a launch of OMIS (id 1182)"
    assert ending.proof == "1182"
    assert "4 characters" in ending.hint
    assert ending.compared is None


async def test_what_is_asked_is_told_whole(house: House) -> None:
    clock = Clock()
    async with started(house, clock=clock) as parts, visited(parts, house.era) as session:
        asked = await session.facts("send_sms", {"recipients": FORTY, "text": "您好"})
        said = _said(await _card(parts, asked["action_id"]))
    at, until = clock() + timedelta(hours=8), clock() + timedelta(hours=8, minutes=10)
    assert said["recipients"] == "Recipients: 40"
    assert said["points"] == "Points: 40"
    assert said["points-left"] == "Points left after: 9,960"
    assert said["when"] == "When: at once"
    assert said["numbers"] == "Numbers: 0912***640 to 0912***679"
    assert said["asked-by"].endswith(f"at {at:%H:%M:%S}")
    assert said["expires"].split()[-1] == f"{until:%H:%M:%S}" or f"{until:%Y-%m-%d %H:%M}" in said["expires"]
    assert said["through"].startswith("Through 「mcp ")
    assert "No text from outside" in said["outside"]


async def test_every_text_and_everybody_who_gets_one_come_by_pages(house: House) -> None:
    people = [{"mobile": mobile, "values": [f"第{n}篇"]} for n, mobile in enumerate(FORTY * 2, 1)]
    different = [*people[:40], *({"mobile": f"09223456{n:02}", "values": [f"第{n}件"]} for n in range(20))]
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = await session.facts(
            "send_personalized_sms", {"recipients": different, "template": "%field1%。"}
        )
        entry = await parts.book.get(asked["action_id"])
        assert entry is not None
        known = await known_of(parts, entry)
    preview = Preview.model_validate_json(entry.preview)
    texts = [texts_page(known.recalled, preview, number) for number in (1, 2, 3)]
    assert [(page.pages, len(page.rows)) for page in texts] == [(3, 20)] * 3
    assert texts[1].rows[0] == (21, "第21篇。")
    everybody = [recipients_page(known.recalled, number, show_numbers=False) for number in (1, 3, 99)]
    assert [(page.number, len(page.rows)) for page in everybody] == [(1, 25), (3, 10), (3, 10)]
    assert everybody[1].rows[-1] == (60, "0922***619 第19件。")
    assert recipients_page(known.recalled, 3, show_numbers=True).rows[-1] == (60, "+886922345619 第19件。")


@pytest.mark.parametrize(
    ("number", "pages", "near"),
    [
        (1, 1, (1,)),
        (2, 4, (1, 2, 3, 4)),
        (1, 40_000, (1, 2, 3, 0, 40_000)),
        (200, 400, (1, 0, 198, 199, 200, 201, 202, 0, 400)),
    ],
)
def test_of_many_pages_some_are_led_to(number: int, pages: int, near: tuple[int, ...]) -> None:
    assert Page(number=number, pages=pages, rows=()).near == near


async def test_what_differs_from_the_last_send_like_it_is_shown(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        first = (await session.facts("send_sms", {**SEND, "text": "親愛的會員 Sale 10:00"}))["action_id"]
        assert str((await _card(parts, first)).compared.headline) == "The first one of its kind."  # type: ignore[union-attr]
        assert await parts.book.approve(first, Decision(by="me", channel="console"))
        await session.facts("send_sms", {**SEND, "text": "親愛的會員 Sale 10:00"})
        asked = await session.facts("send_sms", {"recipients": FORTY, "text": "親愛的會友 Sale 11:00"})
        compared = (await _card(parts, asked["action_id"])).compared
    assert compared is not None
    assert first in compared.headline
    assert [str(each) for each in compared.figures] == [
        "Recipients: 1 then, 40 now",
        "Points: 1 then, 40 now",
    ]
    assert [piece for piece in compared.pieces if piece.kind != "same"] == [
        Piece(kind="removed", text="員"),
        Piece(kind="added", text="友"),
        Piece(kind="removed", text="10"),
        Piece(kind="added", text="11"),
    ]


async def test_which_outside_text_was_read_before_is_told(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        await session.facts("query_credit")
        await session.facts("query_launch", LAUNCH)
        asked = (await session.facts("send_sms", SEND))["action_id"]
        await session.facts("get_points_statement", {})
        said = _said(await _card(parts, asked))
    assert said["outside"].startswith("Text from outside was read")
    assert said["outside"].endswith("it can have come by query_launch")
    assert said["looks"].index("query_launch") < said["looks"].index("query_credit")
    assert "get_points_statement" not in said["looks"]


async def test_what_was_read_after_the_decision_is_not_told_as_what_led_to_it(house: House) -> None:
    clock = Clock()
    async with started(house, clock=clock) as parts, visited(parts, house.era) as session:
        early = (await session.facts("send_sms", SEND))["action_id"]
        clock.advance(minutes=1)
        await session.facts("query_launch", LAUNCH)
        late = (await session.facts("send_sms", {**SEND, "text": "另一則"}))["action_id"]
        for asked in (early, late):
            await parts.book.deny(asked, Decision(by="me", channel="console"))
        clock.advance(minutes=60 * 24 * 2)
        said = [_said(await _card(parts, asked)) for asked in (early, late)]
    assert "outside" not in said[0]
    assert said[1]["outside"] == "Text from outside can have come by query_launch before it"


async def test_a_report_that_was_read_as_a_resource_is_named_as_what_brought_outside_text(
    house: House,
) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        report = {"report_id": "9001", "report_type": "sms_failed"}
        await session.client.read_resource((await session.facts("download_report", report))["uri"])
        said = _said(await _card(parts, (await session.facts("send_sms", SEND))["action_id"]))
    assert "report" in said["outside"].split("it can have come by ")[1].split(", ")
    assert said["looks"].startswith("Looked at before: report ")


async def test_what_holds_no_longer_is_said_before_the_click(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("terminate_launch", LAUNCH))["action_id"]
        before = await _card(parts, asked)
        await house.vendor.tasks(LaunchID="1182", LaunchAction="3")
        after = await _card(parts, asked)
    assert (before.stale, before.decidable) == ((), True)
    assert not after.decidable
    assert "was running and is now paused" in str(after.stale[0])
    assert in_language(after.stale[0], "zh-TW").startswith("未終止")


async def test_a_question_whose_time_is_over_is_not_to_be_decided_on(house: House) -> None:
    clock = Clock()
    async with started(house, clock=clock) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", SEND))["action_id"]
        clock.advance(minutes=11)
        assert not (await _card(parts, asked)).decidable


async def test_markup_in_a_text_stays_text(house: House) -> None:
    async with started(house) as parts, visited(parts, house.era) as session:
        asked = (await session.facts("send_sms", {**SEND, "text": MARKED_UP}))["action_id"]
        entry = await parts.book.get(asked)
        assert entry is not None
        known = await known_of(parts, entry)
    ((_, text),) = texts_page(known.recalled, Preview.model_validate_json(entry.preview), 1).rows
    assert text == "<script>alert(1)</script> 親愛的您好"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("週年慶 Sale α牛奶 ＳＡＬＥ 10%", ()),
        ("請到 bаnk.com.tw 登入", ("bаnk.com.tw",)),
        ("PАYPAL 與 Ｌine", ("PАYPAL", "Ｌine")),
        ("Lіne、Lіne", ("Lіne",)),
        ("Gοogle", ("Gοogle",)),
        ("Ｌine", ("Ｌine",)),
    ],
)
def test_words_that_pretend_to_be_others_are_named(text: str, found: tuple[str, ...]) -> None:
    assert lookalikes([text]) == found
