"""Lists of our own for what people's files can be: the rows that each must give, or why it gives none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.campaigns.books import book, number, row, sheet, text
from tests.campaigns.read import read
from tests.campaigns.test_index import told
from tools.problems import InvalidArgumentError, RefusedError

HEADING, WANG, LI = row(1, "姓名", "手機"), row(2, "王", "0912345678"), row(3, "李", "0987654321")
PLAIN = "姓名,手機\n王,0912345678\n李,0987654321\n"
TWO = {2: "+886912345678", 3: "+886987654321"}
DATES = ["yyyy/m/d", 'yyyy"年"m"月"d"日" h:mm', "[$-404]e/m/d;@"]
NAMES, DUE = {"fields": ("姓名",)}, {"fields": ("日期",)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A list, and what it must give: numbers and reasons by their rows, and the values that are texted."""

    content: bytes
    accepted: Mapping[int, str] = field(default_factory=dict[int, str])
    rejected: Mapping[int, str] = field(default_factory=dict[int, str])
    fields: Sequence[tuple[str, ...]] | None = None
    asked: Mapping[str, Any] = field(default_factory=dict[str, Any])


def lines(*written: str) -> bytes:
    return "\n".join(written).encode()


def with_dates(*serials: float, properties: str = "") -> bytes:
    rows = [
        f'<row r="{at}">{text(f"A{at}", f"09123456{at:02d}")}{number(f"B{at}", serial, at - 1)}</row>'
        for at, serial in enumerate(serials, 2)
    ]
    return book(sheet(row(1, "手機", "日期"), *rows), formats=DATES, properties=properties)


GIVEN: dict[str, Given] = {
    "UTF-16, little end first, with its mark and TABs": Given(
        content=b"\xff\xfe" + PLAIN.replace(",", "\t").encode("utf-16-le"), accepted=TWO
    ),
    "UTF-16, big end first, with its mark": Given(
        content=b"\xfe\xff" + PLAIN.encode("utf-16-be"), accepted=TWO
    ),
    "cp950 with a character that somebody made": Given(
        content="姓名,手機\n".encode("cp950") + b"\xfa\x40,0912345678\n" + "李,0987654321\n".encode("cp950"),
        accepted={3: "+886987654321"},
        rejected={2: "unreadable_field"},
        asked=NAMES,
    ),
    "the same where its name is not texted": Given(
        content="姓名,手機\n".encode("cp950") + b"\xfa\x40,0912345678\n" + "李,0987654321\n".encode("cp950"),
        accepted=TWO,
    ),
    "sep= with a mark, CRLF and rows of separators": Given(
        content="\ufeffsep=;\r\n姓名;手機\r\n王;0912345678\r\n;\r\n;;\r\n李;912345679\r\n".encode(),
        accepted={3: "+886912345678", 6: "+886912345679"},
    ),
    "TABs by sep=": Given(
        content=lines("sep=\t", "姓名\t手機", "王\t0912345678"), accepted={3: "+886912345678"}
    ),
    "quotation marks around line breaks, commas and themselves": Given(
        content=lines('姓名,手機\n"王\n小""明",0912345678', '"a,b",0987654321'),
        accepted=TWO,
        fields=[('王 小"明',), ("a,b",)],
        asked=NAMES,
    ),
    "lines that end as on an old Mac": Given(content=PLAIN.replace("\n", "\r").encode(), accepted=TWO),
    "spellings of a mobile": Given(
        content=lines(
            "電話",
            *("912345602", '="0912345603"', "'0912345604", "+886(0)912345605", "00886912345606"),
            *("886912345607.0", "912345608.0", "tel:0912345609", "9E+08", "9.12345611E+08", "0912-345-612"),
            *("０９１２３４５６１３", "(09)12345614", "+886 0912 345 615", "0912.345.616", "812345617"),
        ),
        accepted={at: f"+8869123456{at:02d}" for at in (*range(2, 10), *range(12, 17))},
        rejected={10: "scientific_notation", 11: "scientific_notation", 17: "no_such_number"},
    ),
    "what address books and word processors put between the digits": Given(
        content=lines(
            "姓名,手機",
            "a,\u200b0912345678\u200b",
            "b,\ufeff0987\u2011654\u2011321",
            "c,０９１２　３４５　６０１",
            "d,\u202d0912.345.602\u202c",
            "e,(0912)345\u00a0603",
            "f,0912345604.0",
        ),
        accepted={
            **TWO,
            4: "+886912345601",
            5: "+886912345602",
            6: "+886912345603",
            7: "+886912345604",
        },
    ),
    "two numbers, an extension, and other text in a cell": Given(
        content=lines(
            "電話",
            *("0912345678/0912345679", "0912345678 0912345679", "09123456780912345679"),
            *("0912345678、0912345678", "0912345678 0223456789", "02-2345-6789#123", "0912345678#5"),
            *("0912345678轉12", "0223456789分機5", "(02)2345-6789", "+886223456789", "0800123456"),
            "0987654321(王)",
        ),
        accepted={5: "+886912345678"},
        rejected={
            2: "several_numbers",
            3: "several_numbers",
            4: "no_such_number",
            6: "several_numbers",
            **dict.fromkeys(range(7, 11), "extension"),
            11: "landline",
            12: "landline",
            13: "not_a_mobile",
            14: "extra_text",
        },
    ),
    "a mobile's column before an office's": Given(
        content=lines("商務電話,行動電話", "0912345679,0912345678", "0912345600,"),
        accepted={2: "+886912345678"},
        rejected={3: "missing"},
    ),
    "consent in Chinese": Given(
        content=lines(
            "手機,是否同意接收行銷簡訊",
            *("0912345602,是", "0912345603,否", "0912345604,", "0912345605,同意", "0912345606,Ｙ"),
            "0912345607,不同意",
        ),
        accepted={at: f"+8869123456{at:02d}" for at in (2, 5, 6)},
        rejected={3: "opted_out", 4: "consent_unclear", 7: "opted_out"},
        asked={"consent": "是否同意接收行銷簡訊"},
    ),
    "a column that asks who wants nothing": Given(
        content=lines("手機,拒收", "0912345602,是", "0912345603,", "0912345604,V"),
        accepted={3: "+886912345603"},
        rejected={2: "opted_out", 4: "opted_out"},
        asked={"consent": "拒收"},
    ),
    "titles above and totals below, in a CSV": Given(
        content=lines(
            "三月到期名單,,", "製表:王,2026/3/1,", ",,", "編號,姓名,手機", "1,王,0912345678", "合計,1,"
        ),
        accepted={5: "+886912345678"},
        rejected={6: "missing"},
    ),
    "titles above and totals below, in a workbook": Given(
        content=book(
            sheet(
                row(1, "三月名單"),
                row(3, "編號", "姓名", "手機"),
                row(4, "1", "王", "0912345678"),
                '<row r="5"><c r="C5"><f>COUNTA(C4:C4)</f><v>1</v></c></row>',
                after='<mergeCells><mergeCell ref="A1:C1"/></mergeCells>',
            )
        ),
        accepted={4: "+886912345678"},
        rejected={5: "not_a_number"},
    ),
    "shared texts of several runs, with how they are read aloud": Given(
        content=book(
            sheet(
                '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>',
                '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>',
            ),
            strings="<si><t>姓名</t></si><si><t>手機</t></si><si><r><t>王</t></r><r><rPr/><t>小明</t></r>"
            '<rPh sb="0" eb="1"><t>オウ</t></rPh></si><si><t>0912345678</t></si>',
        ),
        accepted={2: "+886912345678"},
        fields=[("王小明",)],
        asked=NAMES,
    ),
    "texts in the cells, of several runs": Given(
        content=book(
            sheet(
                HEADING,
                '<row r="2"><c r="A2" t="inlineStr"><is><r><t>王</t></r><r><t>明</t></r>'
                f'<rPh sb="0" eb="1"><t>オウ</t></rPh></is></c>{text("B2", "0912345678")}</row>',
            )
        ),
        accepted={2: "+886912345678"},
        fields=[("王明",)],
        asked=NAMES,
    ),
    "a dimension that is too small": Given(
        content=book(sheet(HEADING, WANG, LI, before='<dimension ref="A1:A1"/>')), accepted=TWO
    ),
    "a dimension that is far too large": Given(
        content=book(sheet(HEADING, WANG, LI, before='<dimension ref="A1:XFD1048576"/>')), accepted=TWO
    ),
    "dates as people read them": Given(
        content=with_dates(46000, 46000.75, 46000),
        accepted={at: f"+8869123456{at:02d}" for at in (2, 3, 4)},
        fields=[("2025/12/9",), ("2025年12月9日 18:00",), ("114/12/9",)],
        asked=DUE,
    ),
    "dates that are counted from 1904": Given(
        content=with_dates(44000, properties='<workbookPr date1904="1"/>'),
        accepted={2: "+886912345602"},
        fields=[("2024/6/19",)],
        asked=DUE,
    ),
    "dates that are written out": Given(
        content=book(
            sheet(
                row(1, "手機", "日期"),
                f'<row r="2">{text("A2", "0912345678")}<c r="B2" t="d"><v>2026-03-01T00:00:00</v></c></row>',
                f'<row r="3">{text("A3", "0987654321")}<c r="B3" t="d"><v>2026-03-01T18:05:00Z</v></c></row>',
            )
        ),
        accepted=TWO,
        fields=[("2026/3/1",), ("2026/3/1 18:05",)],
        asked=DUE,
    ),
    "formulas with and without a value": Given(
        content=book(
            sheet(
                HEADING,
                f'<row r="2"><c r="A2" t="str"><f>A1</f><v>王</v></c>{number("B2", 912345678)}</row>',
                f'<row r="3"><c r="A3"><f>A1</f></c>{text("B3", "0987654321")}</row>',
                f'<row r="4">{text("A4", "張")}<c r="B4"><f>C4</f></c></row>',
                f'<row r="5"><c r="A5" t="e"><v>#REF!</v></c>{text("B5", "0911111111")}</row>',
            )
        ),
        accepted={2: "+886912345678"},
        rejected={3: "formula_without_value", 4: "formula_without_value", 5: "error_value"},
        fields=[("王",)],
        asked=NAMES,
    ),
    "rows that are hidden, folded away, without height, or filtered by a table": Given(
        content=book(
            sheet(
                HEADING,
                WANG,
                row(3, "李", "0987654321", more=' outlineLevel="1" hidden="1"'),
                row(4, "張", "0911111111", more=' ht="0" customHeight="1"'),
                row(5, "陳", "0922222222", more=' outlineLevel="1"'),
            ),
            parts={"xl/tables/table1.xml": b'<table ref="A1:B5"><autoFilter ref="A1:B5"/></table>'},
        ),
        accepted={2: "+886912345678", 5: "+886922222222"},
        rejected={3: "hidden_row", 4: "hidden_row"},
    ),
    "formatted rows without anything in them": Given(
        content=book(
            sheet(
                HEADING,
                WANG,
                *(f'<row r="{at}"><c r="A{at}" s="1"/><c r="B{at}" s="1"/></row>' for at in range(3, 60)),
                '<row r="1048576" ht="15"/>',
            ),
            formats=["@"],
        ),
        accepted={2: "+886912345678"},
    ),
    "rows that are left out": Given(
        content=book(sheet(HEADING, WANG, row(7, "李", "0987654321"))),
        accepted={2: "+886912345678", 7: "+886987654321"},
    ),
    "numbers as numbers": Given(
        content=book(
            sheet(
                HEADING,
                f'<row r="2">{number("B2", "912345678")}</row>',
                f'<row r="3">{number("B3", "9.87654321E8")}</row>',
                f'<row r="4">{number("B4", "886911111111")}</row>',
                f'<row r="5">{number("B5", "912345678.5")}</row>',
            )
        ),
        accepted={**TWO, 4: "+886911111111"},
        rejected={5: "not_a_number"},
    ),
}


@pytest.mark.parametrize("given", GIVEN.values(), ids=GIVEN)
def test_each_list_gives_exactly_its_rows(given: Given) -> None:
    found = read(given.content, **given.asked)
    accepted, rejected = told(found)
    assert accepted == [[at, mobile] for at, mobile in given.accepted.items()]
    assert sorted(rejected) == [[at, why] for at, why in sorted(given.rejected.items())]
    if given.fields is not None:
        assert [each.fields for each in found.recipients] == given.fields


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (lines('姓名,手機\n"王,0912345678', "李,0987654321"), "in row 2 a quotation mark is never closed"),
        (PLAIN.encode("utf-16-le"), "not text in UTF-8, UTF-16 or Big5"),
        (PLAIN.encode("utf-16-be"), "not text in UTF-8, UTF-16 or Big5"),
        (book(sheet(HEADING, WANG), states=("veryHidden",)), "no sheet that is shown"),
    ],
    ids=["a quotation mark", "UTF-16 without a mark", "the other one", "very hidden sheets alone"],
)
def test_what_could_be_read_in_two_ways_is_refused_with_the_way_out(content: bytes, said: str) -> None:
    with pytest.raises((RefusedError, InvalidArgumentError)) as refused:
        read(content)
    assert said in str(refused.value)
