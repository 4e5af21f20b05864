"""Whatever a handset, a browser or a person could follow or dial in a text is found."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.gate.rules.text_scan import find_hosts, find_phone_numbers, international, normalise_host

ZERO_WIDTH = [
    "\u200b",
    "\u200c",
    "\u200d",
    "\u2060",
    "\ufeff",
    "\u00ad",
    "\u034f",
    "\u3164",
    "\U000e0041",
    "\ufe0f",
]
WAYS_TO_WRITE_EVIL = [
    "evil.com",
    "EVIL.com",
    "eViL.CoM",
    "ｅｖｉｌ．ｃｏｍ",
    "ＥＶＩＬ.ＣＯＭ",
    "evil。com",
    "evil｡com",
    "evil．com",
    "evil﹒com",
    "evil․com",
    "ⓔⓥⓘⓛ.com",
    "ⓔⓥⓘⓛ。ⓒⓞⓜ",
    "𝐞𝐯𝐢𝐥.𝐜𝐨𝐦",
    "𝓮𝓿𝓲𝓵.𝓬𝓸𝓶",
    "ℯvil.com",
    *(f"ev{char}il.com" for char in ZERO_WIDTH),
    *(f"evil{char}.com" for char in ZERO_WIDTH),
    *(f"evil.{char}com" for char in ZERO_WIDTH),
    *(f"evil.c{char}om" for char in ZERO_WIDTH),
    "http://evil.com",
    "https://evil.com/",
    "HTTPS://EVIL.COM/a?b#c",
    "ｈｔｔｐ：／／ｅｖｉｌ．ｃｏｍ／ａ",
    "https://evil.com:8443/x",
    "https://evil.com.",
    "https://user@evil.com",
    "https://user:pass@evil.com/",
    "https://shop.tw@evil.com/",
    "https://shop.tw:443@evil.com/",
    "https://shop.tw%2F@evil.com/",
    "https://shop.tw&x=@evil.com/",
    "https://a@b@evil.com/",
    "https://%65vil.com",
    "https://evil%2Ecom",
    "https://evil%E3%80%82com/",
    "https:evil.com",
    "https:/evil.com",
    "https:///evil.com",
    "https:\\\\evil.com\\a",
    "//evil.com/a",
    "ftp://evil.com",
    "intent://evil.com#Intent;end",
    "mailto:a@evil.com",
    "service@evil.com",
    "evil.com/abc",
    "evil.com:8080/abc",
    "evil.com?x=1",
    "evil.com#x",
    "evil.com.",
    "(evil.com)",
    "「evil.com」",
    "<evil.com>",
    "evil.com，",
    "evil.com！",
    "_evil.com_",
    "*evil.com*",
    "請到evil.com購買",
    "請到https://evil.com購買",
    "詳見：evil.com。謝謝您",
    "謝謝。evil.com",
    "👉evil.com👈",
    "evil.com\nshop",
    "x evil.com\ty",
    "https://evil.com/購買",
    "https://evil.com👈",
    "https://evil.com，請看",
    "https://evil.com（限時）",
    "evil.com-優惠",
    "evil.com_x",
    "evil.com\u0338",
    "https://evil.com\u3000好",
]
HOSTS = {
    "看 🍕.ws": ["xn--vi8h.ws"],
    "好🍕.WS購買": ["xn--vi8h.ws"],
    "i❤️.ws/a": ["xn--i-7iq.ws"],
    "優惠🎉shop.tw": ["shop.tw"],
    "line.me": ["line.me"],
    "shop.example.tw/abc": ["shop.example.tw"],
    "reurl.cc/x": ["reurl.cc"],
    "https://bit.ly/3xYz": ["bit.ly"],
    "ｗｗｗ．ａ．ｃｏｍ": ["www.a.com"],
    "104.com.tw": ["104.com.tw"],
    "a-b.com": ["a-b.com"],
    "shop.tw-vip.com": ["shop.tw-vip.com"],
    "shop.tw.evil.com": ["shop.tw.evil.com"],
    "shop.tw及line.me": ["shop.tw", "line.me"],
    "shop.tw請洽line.me謝謝": ["shop.tw", "line.me"],
    "https://shop.tw/a，evil.com": ["shop.tw", "evil.com"],
    "shop.tw／evil.com": ["shop.tw", "evil.com"],
    "https://shop.tw/r?u=https://evil.com": ["shop.tw", "evil.com"],
    "https://shop.tw/r?u=https%3A%2F%2Fevil.com": ["shop.tw", "evil.com"],
    "https://shop.tw\\@evil.com": ["shop.tw", "evil.com"],
    "https://shop.tw/@evil": ["shop.tw"],
    "https://shop.tw/index.com": ["shop.tw", "index.com"],
    "https://shop.tw/index.html?a=b.c": ["shop.tw"],
    "https://shop.tw,http://evil.newtld": ["shop.tw", "evil.newtld"],
    "https://shop.tw,http://1.2.3.4": ["shop.tw", "1.2.3.4"],
    "https://shop.tw,王品.台灣": ["shop.tw", "xn--jvr792e.xn--kpry57d"],
    "https://böller.de/a": ["xn--bller-jua.de"],
    "https://shop.tw，請洽service@evil.com": ["shop.tw", "evil.com"],
    "https://evil.tw請洽line.me": ["evil.xn--twline-qc3np50q.me", "evil.tw", "line.me"],
    "https://shop.tw,請洽service@evil.com": ["shop.tw", "evil.com"],
    "john.li@shop.tw": ["shop.tw"],
    "exam\u200bple.com": ["example.com", "ple.com"],
    "example.com\u200b.tw": ["example.com.tw", "example.com"],
    "shop.tw。vip": ["shop.tw.vip", "shop.tw"],
    "王品.台灣": ["xn--jvr792e.xn--kpry57d"],
    "https://王品。台灣/a": ["xn--jvr792e.xn--kpry57d"],
    "https://王品.tw": ["xn--jvr792e.tw"],
    "購物.tw": ["xn--g2xv08c.tw"],
    "shop.xn--kpry57d": ["shop.xn--kpry57d"],
    "XN--80AK6AA92E.com": ["xn--80ak6aa92e.com"],
    "аpple.com": ["xn--pple-43d.com"],
    "faß.de": ["xn--fa-hia.de"],
    "FASS.de": ["fass.de"],
    "https://i❤.ws/x": ["xn--i-7iq.ws"],
    "http://localhost/x": ["localhost"],
    "http://intranet": ["intranet"],
    "evil.newtld/abc": ["evil.newtld"],
    "https://evil.newtld": ["evil.newtld"],
    "1https://evil.newtld": ["evil.newtld"],
    "1.2.3.4": ["1.2.3.4"],
    "請到1.2.3.4購買": ["1.2.3.4"],
    "http://1.2.3.4:80/x": ["1.2.3.4"],
    "http://3232235777/": ["192.168.1.1"],
    "http://0xC0A80101": ["192.168.1.1"],
    "http://0300.0250.1.1": ["192.168.1.1"],
    "http://192.168.257": ["192.168.1.1"],
    "http://①⑨②.168.1.1": ["192.168.1.1"],
    "http://1_0.0.0.1": ["1_0.0.0.1"],
    "http://[::1]:80/": ["::1"],
    "http://[2001:DB8:0:0:0:0:0:1]/": ["2001:db8::1"],
    "line://ti/p/@abc": ["ti"],
}
NO_HOSTS = [
    "好😀.再見",
    "1👍.2",
    "",
    "您好，優惠只到今天。",
    "README.pdf",
    "3.5元",
    "2024.11.18",
    "v1.2.3",
    "e.g. a",
    "a.m./p.m.",
    "NT$1,000.00",
    "No.1",
    "Dr.Wu",
    "https://",
    "https:///",
    "http://...",
    "感謝您。VIP會員",
    "支持。公司敬上",
    "謝謝...再見",
    "Thanks. Me too",
    "999.1.1.1",
    "1.2.3.4.5",
    "@shop",
    "10:30~11:30",
    "50%.off",
]
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


@pytest.mark.parametrize("text", WAYS_TO_WRITE_EVIL)
def test_a_host_is_found_however_it_is_dressed_up(text: str) -> None:
    assert "evil.com" in find_hosts(text)
    assert "shop.tw" not in find_hosts(text) or "shop.tw" in text


@pytest.mark.parametrize(("text", "hosts"), HOSTS.items())
def test_the_hosts_of_a_text_are_these(text: str, hosts: list[str]) -> None:
    assert list(find_hosts(text)) == hosts


@pytest.mark.parametrize("text", NO_HOSTS)
def test_ordinary_writing_holds_no_host(text: str) -> None:
    assert find_hosts(text) == ()


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
    hosts = len(set(WAYS_TO_WRITE_EVIL)) + len(HOSTS) + len(NO_HOSTS)
    numbers = len(set(WAYS_TO_WRITE_A_MOBILE + WITH_COUNTRY_CODE)) + len(OTHER_NUMBERS) + len(NO_NUMBERS)
    assert min(hosts, numbers) >= 120


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_host_that_stands_alone_is_found_in_any_text(before: str, after: str) -> None:
    assert "evil.com" in find_hosts(f"{before}\n evil.com \n{after}")


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_number_that_stands_alone_is_found_in_any_text(before: str, after: str) -> None:
    assert MOBILE in find_phone_numbers(f"{before}\n,{MOBILE},\n{after}")


@given(st.text(max_size=200))
def test_hosts_are_lower_case_ascii_and_numbers_are_digits(text: str) -> None:
    assert all(host.isascii() and host == host.lower() and host for host in find_hosts(text))
    assert all(number.removeprefix("+").isdecimal() for number in find_phone_numbers(text))


@pytest.mark.parametrize(
    "text",
    ["a", "a.", "字", "a://", "%25", "0 ", "+1 ", "a字", "1.", "a@", "a.tw字", "0-", "."],
)
def test_a_long_text_is_scanned_quickly(text: str) -> None:
    text *= 5000 // len(text)
    started = time.process_time()
    find_hosts(text)
    find_phone_numbers(text)
    assert time.process_time() - started < 1.5


def test_hosts_and_numbers_have_one_form_to_compare() -> None:
    assert normalise_host("ＳＨＯＰ。tw.") == "shop.tw"
    assert normalise_host("王品.台灣") == "xn--jvr792e.xn--kpry57d"
    assert international("0912345678") == international("+886912345678") == "+886912345678"
