"""XML from outside."""

import string
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.wire.examples import thorough
from tools.wire.errors import UnreadableReply
from tools.wire.page import DELIVERY_NAMES, Page
from tools.wire.xml_body import Node, find_all, is_xml, read_delivery_xml, read_xml, without_illegal

NAMES = st.text(string.ascii_letters, min_size=1, max_size=8).filter(
    lambda name: not name.lower().startswith("xml")
)
TEXTS = st.text(
    st.characters(min_codepoint=32, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), max_size=10
).map(lambda text: text.strip(" \t\r\n"))
LEAVES = st.builds(
    Node, name=NAMES, text=TEXTS, children=st.just(()), attributes=st.dictionaries(NAMES, TEXTS, max_size=2)
)
NODES = st.recursive(
    LEAVES,
    lambda inner: st.builds(
        Node, name=NAMES, text=TEXTS, children=st.lists(inner, max_size=3).map(tuple), attributes=st.just({})
    ),
    max_leaves=8,
)
ROWS = st.lists(
    st.tuples(
        TEXTS, st.just("+886912345678"), TEXTS, TEXTS, st.sampled_from(["0", "-1", "100"]), TEXTS, TEXTS
    ),
    max_size=4,
)
ENCODINGS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16"])


def written(node: Node) -> str:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in node.attributes.items())
    inner = escape(node.text) + "".join(written(child) for child in node.children)
    return f"<{node.name}{attributes}>{inner}</{node.name}>"


@thorough
@given(NODES, ENCODINGS, st.sampled_from(["", "<!-- a --> ", "<?a b?>\n"]))
def test_a_tree_comes_back(node: Node, encoding: str, before: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{encoding.removesuffix("-sig")}"?>\n'
    assert read_xml((declaration + before + written(node)).encode(encoding)) == node


@thorough
@given(NODES, st.data())
def test_a_cut_tree_is_unreadable(node: Node, data: st.DataObject) -> None:
    body = written(node).encode()
    with pytest.raises(UnreadableReply):
        read_xml(body[: data.draw(st.integers(0, len(body) - 1))])


@thorough
@given(ROWS, st.integers(0, 3000), ENCODINGS)
def test_an_xml_page_comes_back(rows: list[tuple[str, ...]], more: int, encoding: str) -> None:
    reports = [
        [f"<{name}>{escape(value)}</{name}>" for name, value in zip(DELIVERY_NAMES, row, strict=True)]
        for row in rows
    ]
    data = "".join(f"<Row>{''.join(report)}</Row>" for report in reports)
    body = f"<A><SMS_COUNT>{len(rows) + more}</SMS_COUNT><DATA>{data}</DATA></A>"
    assert read_delivery_xml(body.encode(encoding)) == Page(total=len(rows) + more, rows=tuple(rows))


@thorough
@given(st.binary(max_size=60) | st.text("<>/a&;=\"' !?-[]xDOCTYPE", max_size=60).map(str.encode))
def test_any_bytes_are_a_tree_or_unreadable(body: bytes) -> None:
    try:
        assert isinstance(read_xml(body), Node)
    except UnreadableReply:
        return


def test_elements_are_found_without_case_anywhere_and_without_their_prefix() -> None:
    root = read_xml(b'<o:Omis xmlns:o="u"><o:JobID o:kind="1">1</o:JobID><b><JOBID>2</JOBID></b></o:Omis>')
    assert [(node.text, dict(node.attributes)) for node in find_all(root, "jobid")] == [
        ("1", {"kind": "1"}),
        ("2", {}),
    ]
    assert find_all(root, "OMIS") == (root,)
    assert find_all(root, "none") == ()


def test_text_is_joined_over_references_cdata_and_comments() -> None:
    assert read_xml(b"<a> x&amp;y<!-- no --><![CDATA[<z>]]>&#x4e2d; </a>").text == "x&y<z>中"


@pytest.mark.parametrize(
    "text", ["<a/>", '\ufeff<?xml version="1.0"?>\n<!-- x --><A>', "  <REQUEST>", "<o:A>"]
)
def test_xml_is_told_by_its_opening(text: str) -> None:
    assert is_xml(text)


@pytest.mark.parametrize("text", ["", "a,b", "<", "< a>", "<html>", "<!DOCTYPE a><a/>", "-1,<a/>", "<?xml"])
def test_what_opens_otherwise_is_no_xml(text: str) -> None:
    assert not is_xml(text)


@pytest.mark.parametrize(
    "body", ["", "x", "<a>", "<a></b>", "<a/><b/>", "<a/>x", "<a>&x;</a>", "<a b=1/>", "<a\x01/>"]
)
def test_what_is_not_well_formed_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableReply):
        read_xml(body.encode())


@pytest.mark.parametrize(
    "body",
    [
        "<A/>",
        "<A><SMS_COUNT>x</SMS_COUNT></A>",
        "<A><SMS_COUNT>1</SMS_COUNT><SMS_COUNT>2</SMS_COUNT></A>",
        "<A><SMS_COUNT>1</SMS_COUNT><R><MOBILE>1</MOBILE></R></A>",
        "<A><SMS_COUNT>1</SMS_COUNT><R><MOBILE/><STATUS>0</STATUS></R></A>",
        "<A><SMS_COUNT>1</SMS_COUNT><R><MOBILE>1</MOBILE><STATUS>0</STATUS><Status>1</Status></R></A>",
        "<A><SMS_COUNT>0</SMS_COUNT><R><MOBILE>1</MOBILE><STATUS>0</STATUS></R></A>",
        "<A><Result>false</Result></A>",
        "1230.00",
    ],
)
def test_an_xml_page_of_another_shape_is_unreadable(body: str) -> None:
    with pytest.raises(UnreadableReply):
        read_delivery_xml(body.encode())


def test_an_xml_declaration_cannot_change_the_encoding_of_the_content_type() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><a>電話</a>'.encode("big5")
    assert read_xml(body, "text/xml; charset=big5").text == "電話"


FORBIDDEN = [chr(code) for code in range(32) if code not in (9, 10, 13)] + ["\ufffe", "\uffff"]


@thorough
@given(
    st.lists(
        st.sampled_from(
            [*FORBIDDEN, "&#0;", "&#11;", "&#x1F;", "&#xD800;", "&#1114112;", "好", "&#9;", "&#x20;", "a"]
        ),
        max_size=12,
    )
)
def test_without_what_xml_forbids_a_text_is_read_and_the_rest_is_kept(parts: list[str]) -> None:
    legal = {"好": "好", "&#9;": "\t", "&#x20;": " ", "a": "a"}
    kept, count = without_illegal(f"<a>|{''.join(parts)}|</a>")
    assert count == sum(part not in legal for part in parts)
    assert read_xml(kept.encode()).text == "|" + "".join(legal.get(part, "") for part in parts) + "|"


def test_a_reference_in_cdata_is_text_and_stays() -> None:
    assert without_illegal("<a><![CDATA[&#1;]]>\x01</a>") == ("<a><![CDATA[&#1;]]></a>", 1)
