"""Rows that are read without a call for each tag are what the parser of XML says of them."""

import io
import os
from collections.abc import Iterator
from unittest.mock import patch

from hypothesis import given, settings
from hypothesis import strategies as st

from server.campaigns import xlsx_package
from server.campaigns.xlsx_package import Package
from server.campaigns.xlsx_plain_rows import Sieve
from server.campaigns.xlsx_sheet import SheetRows
from server.campaigns.xlsx_workbook import Workbook
from tests.campaigns.books import book
from tools.problems import RefusedError

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "50"))
Read = tuple[list[str], bool, bool, set[int]]

COLUMNS = ["A", "B", "C", "D", "AA", "SR", "SS", "XFD", "ABCD", "a", "Ａ", ""]
FURTHER = [
    "",
    "",
    ' s="1"',
    ' s="2"',
    ' t="s"',
    ' t="n"',
    ' t="str"',
    ' t="inlineStr"',
    ' t="b"',
    ' t="e"',
    ' t="d"',
    ' s="1" t="s"',
    ' s="2" t="n"',
    " s='1'",
    ' t="s" t="s"',
    ' r="B9"',
    ' s="&#49;"',
    ' x:y="/"',
    ' s=""',
    ' t="z"',
    ' s="1"  t="n" ',
    ' s="\x01"',
    ' s="1"t="n"',
    ' s="a\tb"',
    ' "',
    " s",
]
VALUES = [
    "0",
    "1",
    "2",
    "3",
    "-1",
    "44927.5",
    "0912345678",
    "王小明",
    "",
    " ",
    "x",
    "_x0041_",
    "1\n2",
    "1\r2",
    "&lt;",
    "&#65;",
    "&none;",
    "]]>",
    ">",
    "9" * 41,
    "2026-01-02",
    "\ufffe",
    "\x0b",
    "1\x00",
    "<!-- -->7",
    "<![CDATA[</row>]]>",
    "😀",
    "1e5",
    "true",
]
BODIES = [
    "<v>{}</v>",
    "<v>{}</v>",
    "<v>{}</v>",
    "<is><t>{}</t></is>",
    '<is><t xml:space="preserve">{}</t></is>',
    "<f>A1</f><v>{}</v>",
    "<f>[1]A1</f><v>{}</v>",
    '<f t="shared" si="0"/><v>{}</v>',
    "<f>A1</f>",
    "",
    '<f t="shared" si="0">[1]A</f><v>{}</v>',
    "<v>{}</v><v>{}</v>",
    "<is><t>{}</t><rPh><t>x</t></rPh></is>",
    "<v>{}</t></is>",
    "<is><t>{}</v>",
    " <v>{}</v>",
    "<!-- </row> --><v>{}</v>",
    "<v>{}",
    "<v/>",
]
OF_ROW = [
    "",
    "",
    ' spans="1:3"',
    ' hidden="1"',
    ' ht="0"',
    ' ht="16.5" customHeight="1"',
    ' hidden="0" hidden="1"',
    ' x="<"',
    " y",
    ' r="3"',
    ' x14ac:dyDescent="0.25"',
]
NUMBERS = [*["{}"] * 8, "", "1048577", "00{}", "x", "９", "99999999"]
BETWEEN = [
    *[""] * 8,
    "\n",
    "<!-- </row> -->",
    "<!-- <row r='9'></row>",
    "<?x </row>?>",
    "<a/>",
    "x",
    "</row>",
    "\x01",
    '<sheetFormatPr zeroHeight="1"/>',
    "</sheetData><sheetData>",
    "&lt;",
    '<c r="A1"><v>1</v></c>',
]
HIDDEN = st.sampled_from(["", ' hidden="1"'])
PREFIXES = st.sampled_from([*[""] * 6, "x:"])
ROOTS = st.sampled_from(
    [
        *[""] * 6,
        '<?xml version="1.0" encoding="UTF-8"?>',
        "<!DOCTYPE w>",
        '<?xml version="1.0" encoding="latin-1"?>',
    ]
)
ENDS = [*["</row>"] * 9, "</row >"]


@st.composite
def cells(draw: st.DrawFn) -> str:
    """A cell of which one thing, at most, is as few spreadsheets write it."""
    odd = draw(st.integers(0, 4))
    column = draw(st.sampled_from(COLUMNS)) if odd == 1 else draw(st.sampled_from("ABCD"))
    further = draw(st.sampled_from(FURTHER)) if odd == 2 else ' t="str"'
    body = draw(st.sampled_from(BODIES)) if odd == 3 else "<v>{}</v>"
    value = draw(st.sampled_from(VALUES)) if odd in (2, 4) else "1"
    where = f' r="{column}{draw(st.sampled_from(["1", "12"]))}"' if column else ""
    return f"<c{where}{further}>{body.replace('{}', value)}</c>"


@st.composite
def rows(draw: st.DrawFn, at: int) -> str:
    """A row of which one thing, or its cells, are so."""
    odd = draw(st.integers(0, 3))
    number = draw(st.sampled_from(NUMBERS)).format(at) if odd == 1 else str(at)
    named = f' r="{number}"' if number else ""
    further = draw(st.sampled_from(OF_ROW)) if odd == 2 else ""
    inside = "".join(draw(st.lists(cells(), min_size=1, max_size=2)))
    return f"<row{named}{further}>{inside}{draw(st.sampled_from(ENDS)) if odd == 3 else '</row>'}"


@st.composite
def plain_rows(draw: st.DrawFn, at: int) -> str:
    """As spreadsheets write them."""
    written = [
        draw(
            st.sampled_from(
                [
                    f'<c r="{column}{at}" t="s"><v>{draw(st.integers(0, 2))}</v></c>',
                    f'<c r="{column}{at}" s="1"><v>{draw(st.integers(0, 50_000))}</v></c>',
                    f'<c r="{column}{at}" t="inlineStr"><is><t>{draw(st.integers(0, 9))}王</t></is></c>',
                    f'<c r="{column}{at}" s="1"/>',
                    "",
                ]
            )
        )
        for column in "ABCD"
    ]
    return f'<row r="{at}"{draw(HIDDEN)}>{"".join(written)}</row>'


@st.composite
def sheets(draw: st.DrawFn) -> bytes:
    some = [draw(plain_rows(at)) for at in range(1, draw(st.integers(2, 7)))]
    some.insert(
        draw(st.integers(0, len(some))),
        draw(st.one_of(rows(len(some)), rows(len(some)), st.sampled_from(BETWEEN))),
    )
    prefix, root = draw(PREFIXES), draw(ROOTS)
    more = draw(st.sampled_from(["", "", "", "<autoFilter><filterColumn/></autoFilter>", "</w"]))
    written = f"{root}<{prefix}worksheet><sheetData>{''.join(some)}</sheetData>{more}</{prefix}worksheet>"
    return draw(
        st.sampled_from([*[written.encode()] * 9, written.encode("utf-16"), written.encode() + b"\xff"])
    )


def read(content: bytes) -> Read:
    """The rows, whether it was refused, whether a filter chose rows, and the hidden columns."""
    workbook = Workbook(Package(io.BytesIO(content)))
    sheet, found, refused = SheetRows(workbook, workbook.sheets[0]), list[str](), False
    try:
        found.extend(map(repr, sheet.rows()))
    except RefusedError:
        refused = True
    return found, refused, sheet.filtered, sheet.hidden_columns


def by_the_parser_alone(content: bytes) -> Read:
    def all_of_it(_self: object, pieces: Iterator[bytes]) -> Iterator[bytes]:
        return pieces

    with patch.object(Sieve, "left", all_of_it):
        return read(content)


def a_book(written: bytes) -> bytes:
    strings = "<si><t>甲</t></si><si><t>乙</t></si><si><t>丙</t></si>"
    return book("", formats=("yyyy/m/d", "0.0"), strings=strings, parts={"xl/worksheets/sheet0.xml": written})


def alike(content: bytes) -> bool:
    rows, refused, *rest = read(content)
    expected, was_refused, *others = by_the_parser_alone(content)
    # Nothing of a list that is refused counts: how far it was read depends on where its pieces end.
    least = min(len(rows), len(expected)) if refused else None
    return (rows[:least], refused, *rest) == (expected[:least], was_refused, *others)


@settings(max_examples=EXAMPLES)
@given(written=sheets(), piece=st.sampled_from([7, 64, 65_536]))
def test_a_sheet_is_read_as_the_parser_alone_reads_it(written: bytes, piece: int) -> None:
    content = a_book(written)
    with patch.object(xlsx_package, "PIECE", piece):
        assert alike(content)


def of_1(body: str) -> str:
    return body.replace("{}", "1")


ONE_ODD_THING = [
    *(f'<row r="3"><c r="{each}3" t="str"><v>1</v></c></row>' for each in COLUMNS),
    *(f'<row r="3"><c r="A3"{each}><v>{value}</v></c></row>' for each in FURTHER for value in ("1", "x")),
    *(f'<row r="3"><c r="A3" t="str"><v>{each}</v></c></row>' for each in VALUES),
    *(f'<row r="3"><c r="A3" t="str">{of_1(each)}</c></row>' for each in BODIES),
    *(f'<row r="3"{each}><c r="A3" t="str"><v>1</v></c></row>' for each in OF_ROW),
    *(f'<row r="{each.format(3)}"><c r="A3" t="str"><v>1</v></c></row>' for each in NUMBERS),
    *BETWEEN,
]


def test_whatever_one_row_is_like_it_is_read_as_the_parser_alone_reads_it() -> None:
    plain = [f'<row r="{at}"><c r="A{at}" t="str"><v>王</v></c></row>' for at in (1, 2, 4)]
    for odd in ONE_ODD_THING:
        some = "".join([*plain[:2], odd, plain[2]])
        written = f"<worksheet><sheetData>{some}</sheetData></worksheet>".encode()
        assert alike(a_book(written)), odd
