"""Nothing that stands beside an allowed link or number hides another one, and ordinary texts pass."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.gate.rules.policy import Violation
from server.gate.rules.text_scan import find_unreadable
from tests.gate.intents import check, intent, refused

LINKS = ["shop.tw", "http://shop.tw", "https://shop.tw:443", "https://shop.tw/a", "https://shop.tw/?a=b#c"]
FOREIGN_LINKS = [
    "evil.com",
    "http://evil.com",
    "https://evil.com/x",
    "www.evil.com",
    "http://1.2.3.4",
    "http://[::1]/",
    "http://3232235777",
    "http://evil.newtld",
    "http://shop.tw@evil.com",
    "https://shop.tw.evil.com",
    "http://王品.tw",
    "ｅｖｉｌ．ｃｏｍ",
    "http://e\u200bvil.com",
    "http%3A%2F%2Fevil.com",
    "http://shоp.tw",
]
NUMBERS = ["0912345678", "02-2345-6789", "+886912345678", "0800-123-456"]
FOREIGN_NUMBERS = ["0922333444", "02-2333-4444", "+886922333444", "0800-999-888", "+14155552671"]
ANY_CHARACTER = st.characters(exclude_categories=["Cs"])
GAPS = st.text(st.sampled_from(" \t-.()·_*‐–\u00a0\u3000"), min_size=1, max_size=60)
ISSUE_SEPARATORS = [
    *",;|:!$*(=&'~、",
    "/",
    "\\",
    "@",
    "?",
    "#",
    "%",
    "\u200b",
    "\u0301",
    "⒈",
    "а",
    "中",
    "a",
    "1",
]


def links_only(text: str) -> Violation | None:
    return check(intent(texts=(text,)), allowed_url_hosts=("shop.tw",))


def numbers_only(text: str) -> Violation | None:
    return check(intent(texts=(text,)), allowed_phone_numbers=NUMBERS)


@pytest.mark.parametrize("separator", ISSUE_SEPARATORS)
def test_no_sign_that_was_tried_hides_a_foreign_link(separator: str) -> None:
    for allowed in LINKS:
        for foreign in FOREIGN_LINKS:
            assert links_only(allowed + separator + foreign), (allowed, foreign)


@given(st.sampled_from(LINKS), ANY_CHARACTER, st.sampled_from(FOREIGN_LINKS))
def test_no_separator_hides_a_foreign_link_behind_an_allowed_one(
    allowed: str, separator: str, foreign: str
) -> None:
    assert links_only(allowed + separator + foreign)


@given(st.sampled_from(LINKS), st.text(ANY_CHARACTER, max_size=5), st.sampled_from(FOREIGN_LINKS[:4]))
def test_no_separators_hide_a_foreign_link_before_or_behind(allowed: str, between: str, foreign: str) -> None:
    assert links_only(f"{allowed}{between} {foreign}")
    assert links_only(f"{foreign} {between}{allowed}")


@given(
    st.sampled_from(NUMBERS),
    ANY_CHARACTER.filter(lambda char: char not in "0123456789"),
    st.sampled_from(FOREIGN_NUMBERS),
)
@example("0912345678", "\u0301", "0922333444")
@example("0912345678", "½", "0922333444")
@example("0912345678", "٣", "0922333444")
def test_no_separator_but_a_digit_hides_a_foreign_number(allowed: str, separator: str, foreign: str) -> None:
    """With a digit between them they are one run of digits, as an order number is."""
    assert numbers_only(allowed + separator + foreign)


@given(GAPS, GAPS)
@example("    ", "    ")
def test_no_gap_within_a_number_is_too_long(first: str, second: str) -> None:
    assert numbers_only(f"洽0922{first}333{second}444")
    assert numbers_only(f"洽0800{first}999{second}888")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("https://shop.tw,localhost", "U+002C COMMA"),
        ("https://shop.tw$evil", "U+0024 DOLLAR SIGN"),
        ("https://shop.tw;evil", "U+003B SEMICOLON"),
        ("https://shop.tw:evil", "U+003A COLON"),
        ("https://shop.tw|evil", "U+007C VERTICAL LINE"),
        ("https://shop.tw%ABevil", "U+FFFD REPLACEMENT CHARACTER"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_characters_named(text: str, named: str) -> None:
    violation = refused(intent(texts=(text,)), allowed_url_hosts=("shop.tw",))
    assert named in violation.asked
    assert named in find_unreadable(text)


ORDINARY = [
    "【王品】11/18前滿1000送100,詳見https://shop.tw,謝謝!",
    "【王品】訂單20261118103000已出貨，查詢 https://shop.tw/o?id=1182&k=a1b2。",
    "周年慶9折起(11/20~11/30)，詳情：https://shop.tw/sale！退訂請回覆N",
    "優惠只到今天23:59，立即前往「https://shop.tw/a」搶購",
    "https://shop.tw、https://www.shop.tw/b",
    "https://shop.tw,https://shop.tw/b",
    "https://shop.tw；https://shop.tw/b",
    "(https://shop.tw)立即看",
    "https://shop.tw!快來",
    "https://shop.tw:443/a 請看",
    "https://shop.tw/優惠?來源=簡訊",
    "https://shop.tw/%E5%84%AA%E6%83%A0",
    "請到shop.tw購買，會員編號 A123456789",
    "Your order #20261118-001 of NT$12,800.00 ships on 2026-11-18 (Wed.). Track: https://shop.tw/t/A1.",
    "Sale! 50% off till Nov. 30, 10:00-22:00. See https://shop.tw/sale?v=1.2 & more.",
    "Thanks for your visit... See you at https://shop.tw: 3 for 2!",
    "Visit https://shop.tw; today only.",
    "紅利1,234點將於2026/12/31到期，每點1.5元",
    "訂位 11/18(三) 18:30 4位，訂位代號 0918，請準時",
    "驗證碼 345678，5分鐘內有效",
    "滿 $3,000 折 $300，滿 $5,000 折 $600",
    "樂透 02 13 24 35 46 特別號 08",
    "統編 12345675 發票 AB-12345678",
    "尺寸 0912 x 345 x 678",
]


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_texts_pass(text: str) -> None:
    assert links_only(text) is None
    assert numbers_only(text) is None


def test_every_sign_of_latin_greek_chinese_and_general_punctuation_was_a_separator_once() -> None:
    blocks = [range(0x250), range(0x2000, 0x2070), range(0x3000, 0x3030), range(0xFF00, 0xFF70)]
    tried = [chr(code) for block in blocks for code in block]
    assert [char for char in tried if not links_only(f"http://shop.tw{char}http://evil.com")] == []
