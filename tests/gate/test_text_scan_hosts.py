"""Every host is found that a handset or a browser could follow in a text, and no other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.gate.rules.text_scan import find_hosts, normalise_host
from tests.gate.zero_width import ZERO_WIDTH

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


def test_there_are_enough_tricks() -> None:
    assert len(set(WAYS_TO_WRITE_EVIL)) + len(HOSTS) + len(NO_HOSTS) >= 120


@given(st.text(max_size=60), st.text(max_size=60))
def test_a_host_that_stands_alone_is_found_in_any_text(before: str, after: str) -> None:
    assert "evil.com" in find_hosts(f"{before}\n evil.com \n{after}")


@given(st.text(max_size=200))
def test_hosts_are_lower_case_ascii(text: str) -> None:
    assert all(host.isascii() and host == host.lower() and host for host in find_hosts(text))


def test_hosts_have_one_form_to_compare() -> None:
    assert normalise_host("ＳＨＯＰ。tw.") == "shop.tw"
    assert normalise_host("王品.台灣") == "xn--jvr792e.xn--kpry57d"
