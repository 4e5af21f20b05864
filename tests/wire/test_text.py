"""Bytes to text: encodings, and what is no text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tools.wire.errors import UnreadableReply
from tools.wire.text import decode_text, looks_like_html
from tools.wire.xml_body import read_xml

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufeff"))


@thorough
@given(TEXTS, st.sampled_from(["utf-8-sig", "utf-16", "utf-8"]))
def test_a_text_comes_back_from_utf_8_and_from_utf_16_with_a_mark(text: str, encoding: str) -> None:
    assert decode_text(text.encode(encoding)) == text


@thorough
@given(
    st.binary(max_size=200),
    st.sampled_from(["", "text/plain; charset=big5", "a;charset=utf-16", "charset=x"]),
)
def test_any_bytes_are_text_or_unreadable(body: bytes, content_type: str) -> None:
    try:
        text = decode_text(body, content_type)
    except UnreadableReply:
        return
    assert "\0" not in text


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_read_where_it_is_declared(order: str) -> None:
    xml = '<?xml version="1.0" encoding="utf-16"?><A>暫停</A>'
    assert decode_text(xml.encode(order)) == xml
    assert decode_text("-27,空".encode(order), "text/plain; charset=UTF-16") == "-27,空"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf_16_that_nothing_declares_is_unreadable(order: str) -> None:
    with pytest.raises(UnreadableReply, match="NUL"):
        decode_text("-27".encode(order))


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_nul_is_kept_for_who_drops_it_and_never_takes_utf_16_for_single_bytes(order: str) -> None:
    assert decode_text(b"<A>\0</A>", keep_nul=True) == "<A>\0</A>"
    with pytest.raises(UnreadableReply, match="NUL"):
        decode_text("<A>1</A>".encode(order), keep_nul=True)


def test_utf_16_whose_byte_order_cannot_be_told_is_unreadable() -> None:
    with pytest.raises(UnreadableReply, match="byte order"):
        decode_text("空".encode("utf-16-le"), "text/plain; charset=utf-16")


def test_big5_is_read_where_the_content_type_says_so_with_the_characters_of_code_page_950() -> None:
    assert decode_text("-27,電話碁".encode("cp950"), 'text/plain; charset="Big5"') == "-27,電話碁"


@pytest.mark.parametrize("name", ["big5", "windows-950", "cp950", "MS950"])
def test_xml_that_declares_big5_is_read_under_a_header_of_utf_8(name: str) -> None:
    xml = f'<?xml version="1.0" encoding="{name}"?><A>電話碁</A>'
    assert decode_text(xml.encode("cp950"), "text/xml; charset=utf-8") == xml
    assert decode_text(xml.encode(), "text/xml; charset=utf-8") == xml
    assert read_xml(xml.encode("cp950"), "text/xml; charset=utf-8").text == "電話碁"


def test_xml_that_declares_utf_8_is_read_under_a_header_of_big5() -> None:
    xml = '<?xml version="1.0" encoding="utf-8"?><A>電話</A>'
    assert decode_text(xml.encode(), "text/xml; charset=big5") == xml


def test_big5_that_nothing_declares_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        decode_text("電話".encode("big5"))


def test_the_byte_order_mark_wins_over_the_content_type() -> None:
    assert decode_text("空".encode("utf-8-sig"), "text/plain; charset=big5") == "空"


def test_utf_32_is_unreadable() -> None:
    with pytest.raises(UnreadableReply, match="UTF-32"):
        decode_text("123".encode("utf-32"))


def test_a_body_above_the_limit_is_unreadable_and_one_at_the_limit_is_not() -> None:
    assert decode_text(b"12345", limit=5) == "12345"
    with pytest.raises(UnreadableReply, match="larger than 5 bytes"):
        decode_text(b"123456", limit=5)


def test_the_error_neither_quotes_nor_carries_the_body() -> None:
    with pytest.raises(UnreadableReply) as caught:
        decode_text(b"0912345678\xff")
    assert "0912345678" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    "page",
    [
        "<!DOCTYPE html><html></html>",
        "\ufeff\r\n <HTML><body>",
        "<!-- one --> <!-- two --><head>",
        '<?xml version="1.0"?><!DOCTYPE HTML PUBLIC "x">',
        "<h1>Service Unavailable</h1>",
    ],
)
def test_a_web_page_is_told_from_an_answer(page: str) -> None:
    assert looks_like_html(page)


@pytest.mark.parametrize(
    "answer", ["", "1230.00,4", "-99,<html>", '<?xml version="1.0"?><HEADER/>', "<REQUEST/>"]
)
def test_an_answer_is_no_web_page(answer: str) -> None:
    assert not looks_like_html(answer)


def test_many_comments_do_not_make_the_search_for_a_web_page_slow() -> None:
    assert not looks_like_html("<!---->" * 500 + "<x")
