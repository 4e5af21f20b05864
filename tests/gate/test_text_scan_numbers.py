"""Every number is found that a handset or a person could dial in a text, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.gate.rules.text_scan import find_phone_numbers, international
from tests.gate.zero_width import ZERO_WIDTH

MOBILE = "0912345678"
WAYS_TO_WRITE_A_MOBILE = [
    "0912345678",
    "0912-345-678",
    "0912-345678",
    "0912 345 678",
    "09 12 34 56 78",
    "09-12-34-56-78",
    "0912.345.678",
    "0-9-1-2-3-4-5-6-7-8",
    "0 9 1 2 3 4 5 6 7 8",
    "0.9.1.2.3.4.5.6.7.8",
    "(0912)345678",
    "(0912) 345-678",
    "（０９１２）３４５－６７８",
    "０９１２３４５６７８",
    "０９１２－３４５－６７８",
    "0912‑345‑678",
    "0912–345–678",
    "0912—345—678",
    "0912−345−678",
    "0912·345·678",
    "0912・345・678",
    "0912_345_678",
    "0912*345*678",
    "0912\u00a0345\u00a0678",
    "0912\u3000345\u3000678",
    "0912 - 345 - 678",
    "⓪⑨①②③④⑤⑥⑦⑧",
    "⓿❾❶❷❸❹❺❻❼❽",
    "𝟎𝟗𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖",
    "𝟬𝟵𝟭𝟮𝟯𝟰𝟱𝟲𝟳𝟴",
    "٠٩١٢٣٤٥٦٧٨",
    "०९१२३४५६७८",
    "⁰⁹¹²³⁴⁵⁶⁷⁸",
    "₀₉₁₂₃₄₅₆₇₈",
    "0️⃣9️⃣1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣8️⃣",
    "0\u03369\u03361\u03362\u03363\u03364\u03365\u03366\u03367\u03368\u0336",
    *(f"0912{char}345{char}678" for char in ZERO_WIDTH),
    *(char.join(MOBILE) for char in ZERO_WIDTH),
    *(f"0912345678{char}9" for char in ("\u200b", "\u2060")),
    "TEL:0912345678",
    "Tel0912345678",
    "A0912345678",
    "洽0912345678王小姐",
    "手機：0912345678。",
    "2024/11/18 0912345678",
    "共100 0912345678",
    "https://wa.me/0912345678",
    "[0912]345678",
    "0912345678#12",
    "0912/345/678",
    "0912/345678",
    "0912,345,678",
    "0912，345，678",
    "0912：345：678",
    "0912~345~678",
    "0912\n345\n678",
    "0912→345→678",
    "0912🔥345🔥678",
    "0912 | 345 | 678",
]
WITH_COUNTRY_CODE = [
    "+886912345678",
    "+886 912 345 678",
    "+886-912-345-678",
    "+886 (0)912-345-678",
    "+8860912345678",
    "＋８８６９１２３４５６７８",
    "➕886912345678",
    "886912345678",
    "886-912-345-678",
    "00886912345678",
    "002886912345678",
    "(+886)912345678",
    "+\u200b886\u200b912345678",
    "https://wa.me/886912345678",
]
OTHER_NUMBERS = {
    "(02) 2345-6789": ["0223456789"],
    "（02）2345-6789": ["0223456789"],
    "02-23456789": ["0223456789"],
    "02-23-45-67-89": ["0223456789"],
    "0 2 2 3 4 5 6 7 8 9": ["0223456789"],
    "02 2345 6789": ["0223456789"],
    "(03)123-4567": ["031234567"],
    "037-123-456": ["037123456"],
    "(049)2345678": ["0492345678"],
    "04-7234567 1樓": ["047234567"],
    "082-123456": ["082123456"],
    "0800-123-456": ["0800123456"],
    "0800 123 456": ["0800123456"],
    "0809000123": ["0809000123"],
    "0204-123456": ["0204123456"],
    "070-1234-5678": ["07012345678"],
    "+886-2-2345-6789": ["+886223456789"],
    "+886 (0)2 2345 6789": ["+886223456789"],
    "+1 415 555 2671": ["+14155552671"],
    "+1 415 555 2671 100": ["+14155552671"],
    "+852 2345 6789": ["+85223456789"],
    "+81-90-1234-5678": ["+819012345678"],
    "0044 20 7946 0958": ["+442079460958"],
    "客服 412-8888": ["4128888"],
    "4128-185": ["4128185"],
    "電話 2345-6789": ["23456789"],
    "專線：23456789": ["23456789"],
    "0912345678、02-23456789": ["0912345678", "0223456789"],
    "0912345678 0987654321": ["0912345678", "0987654321"],
}
NO_NUMBERS = [
    "",
    "2024-11-18 10:30",
    "2024/11/18",
    "2024.11.18 10.30",
    "02/03/2024 10:30",
    "02-15-2024 10:30",
    "15.02.2024 10:30",
    "10:30~18:00",
    "09:00-18:00",
    "20241118103000",
    "2024-09-12 345678",
    "NT$12,000",
    "NT$1,234,567.00",
    "12345678",
    "訂單20240912345678",
    "訂單 000123456789",
    "09123456789",
    "091234567",
    "1091234567",
    "統編12345675",
    "02 13 24 35 46",
    "02,13,24,35,46",
    "滿1000送100",
    "+10%",
    "+1,000,000",
    "+12000000",
    "+100200300",
    "驗證碼 123456",
    "2345-6789",
    "09/12 14:30-15:00",
    "09:12:34.567,890",
    "0912/3456/78",
    "165",
    "撥打1999",
    "1-2-3-4-5-6-7-8-9-10",
    "9折 8折",
    "4000-0912-3456-7810",
    "c9f1-3456-4781-8abc",
    "0012345678",
]


@pytest.mark.parametrize("text", WAYS_TO_WRITE_A_MOBILE)
def test_a_mobile_number_is_found_however_it_is_written(text: str) -> None:
    assert find_phone_numbers(text) == (MOBILE,)


@pytest.mark.parametrize("text", WITH_COUNTRY_CODE)
def test_a_country_code_is_kept_with_its_plus(text: str) -> None:
    assert find_phone_numbers(text) == ("+886912345678",)


@pytest.mark.parametrize(("text", "numbers"), OTHER_NUMBERS.items())
def test_the_numbers_of_a_text_are_these(text: str, numbers: list[str]) -> None:
    assert list(find_phone_numbers(text)) == numbers


@pytest.mark.parametrize("text", NO_NUMBERS)
def test_dates_amounts_and_order_numbers_are_no_phone_numbers(text: str) -> None:
    assert find_phone_numbers(text) == ()


def test_there_are_enough_tricks() -> None:
    tricks = len(set(WAYS_TO_WRITE_A_MOBILE + WITH_COUNTRY_CODE)) + len(OTHER_NUMBERS) + len(NO_NUMBERS)
    assert tricks >= 120


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_number_that_stands_alone_is_found_in_any_text(before: str, after: str) -> None:
    assert MOBILE in find_phone_numbers(f"{before}\n,{MOBILE},\n{after}")


@given(st.text(max_size=200))
def test_numbers_are_digits(text: str) -> None:
    assert all(number.removeprefix("+").isdecimal() for number in find_phone_numbers(text))


def test_numbers_have_one_form_to_compare() -> None:
    assert international("0912345678") == international("+886912345678") == "+886912345678"
