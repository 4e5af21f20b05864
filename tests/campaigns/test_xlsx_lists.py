"""Workbooks: what a spreadsheet hides is told and left out, and no file can do harm."""

import re
from typing import Any

import pytest

from server.campaigns import xlsx_sheet
from tests.campaigns.books import book, number, row, sheet, text, zipped
from tests.campaigns.read import read
from tools.lists.tally import Tally
from tools.problems import InvalidArgumentError, RefusedError

HEADING = row(1, "姓名", "手機")
WANG = row(2, "王小明", "0912345678")
LI = row(3, "李大華", "0987654321")
BOTH = [[2, "+886912345678"], [3, "+886987654321"]]
_BOMB = "<!DOCTYPE w [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;'>]>"
_SHEET = sheet(HEADING).encode()
_OUTSIDE = "<!DOCTYPE w [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"


def test_hidden_rows_are_left_out_unless_a_person_wants_them() -> None:
    hidden = [row(4, "甲", "0911111111", more=' hidden="1"'), row(5, "乙", "0922222222", more=' ht="0"')]
    content = book(
        sheet(HEADING, WANG, LI, *hidden, after="<autoFilter ref='A1:B5'><filterColumn/></autoFilter>")
    )
    found = read(content)
    assert (found.accepted, found.rejected) == (BOTH, {4: "hidden_row", 5: "hidden_row"})
    assert found.reading.filtered
    assert len(read(content, include_hidden=True).recipients) == 4


def test_rows_that_are_hidden_by_default_are_hidden() -> None:
    content = book(
        sheet(
            HEADING,
            WANG,
            row(3, "李", "0987654321", more=' ht="15"'),
            before='<sheetFormatPr zeroHeight="1"/>',
        )
    )
    assert read(content).rejected == {2: "hidden_row"}


def test_a_hidden_column_of_numbers_is_told() -> None:
    content = book(sheet(HEADING, WANG, before='<cols><col min="2" max="2" hidden="1"/></cols>'))
    assert read(content).reading.found(Tally()).hidden_columns == ["手機"]


def test_a_list_that_stands_in_a_hidden_sheet_alone_is_asked_about() -> None:
    content = book(
        sheet(row(1, "請看名單")),
        sheet(HEADING, WANG),
        names=("封面", "名單"),
        states=("visible", "veryHidden"),
    )
    with pytest.raises(InvalidArgumentError, match="hidden: 「名單」") as caught:
        read(content)
    assert caught.value.field == "sheet"
    assert read(content, sheet="名單", include_hidden=True).accepted == BOTH[:1]


def test_hidden_sheets_are_named_and_not_read_unless_a_person_wants_them() -> None:
    content = book(
        sheet(HEADING, LI),
        sheet(HEADING, WANG, LI),
        sheet(),
        names=("舊", "新", "備"),
        states=("veryHidden", "visible", "visible"),
    )
    found = read(content)
    assert found.accepted == BOTH
    assert (found.reading.read_as.sheet, found.reading.read_as.other_sheets) == ("新", ("備",))
    assert found.reading.read_as.hidden_sheets == ("舊",)
    with pytest.raises(InvalidArgumentError, match="hidden in the workbook"):
        read(content, sheet="舊")
    assert read(content, sheet="舊", include_hidden=True).accepted == BOTH[1:]
    with pytest.raises(InvalidArgumentError, match="no sheet of this name"):
        read(content, sheet="沒有")


def test_the_sheet_on_top_is_read() -> None:
    content = book(
        sheet(HEADING),
        sheet(HEADING, WANG),
        properties='<bookViews><workbookView activeTab="1"/></bookViews>',
    )
    assert read(content).accepted == BOTH[:1]


def test_a_merged_title_a_wrong_dimension_and_formatted_rows_change_nothing() -> None:
    rows = [row(1, text("A1", "2026 到期客戶")), row(3, "姓名", "手機"), row(4, "王", "0912345678")]
    empty = [f'<row r="{n}" s="1"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(5, 400)]
    merged = "<mergeCells><mergeCell ref='A1:B2'/></mergeCells>"
    found = read(book(sheet(*rows, *empty, before="<dimension ref='A1'/>", after=merged)))
    assert found.reading.heading.row == 3
    assert (found.accepted, found.rejected) == ([[4, "+886912345678"]], {})


def test_rows_and_cells_without_a_number_of_their_own_follow_the_one_before() -> None:
    part = re.sub(r' r="\w+"', "", sheet(HEADING, WANG, LI))
    assert read(book(part)).accepted == BOTH


def test_names_with_a_prefix_are_the_same_names() -> None:
    part = re.sub(r"<(/?)(\w)", r"<\1x:\2", sheet(HEADING, WANG, LI)).replace("xmlns=", "xmlns:x=")
    assert read(book(part)).accepted == BOTH


def test_shared_texts_are_joined_of_their_runs_without_what_is_read_aloud() -> None:
    strings = (
        "<si><t>手機</t></si><si><r><t>0912</t></r><r><t>345678</t></r><rPh><t>ㄨㄤ</t></rPh></si>"
        "<si><t>a_x000D_b</t></si>"
    )
    rows = [row(n + 1, f'<c r="A{n + 1}" t="s"><v>{n}</v></c>') for n in range(3)]
    found = read(book(sheet(*rows), strings=strings))
    assert found.accepted == [[2, "+886912345678"]]


@pytest.mark.parametrize(("properties", "serial"), [("", 46388), ('<workbookPr date1904="1"/>', 44926)])
def test_dates_are_texted_as_people_read_them(properties: str, serial: int) -> None:
    cells = row(2, number("A2", 912345678), number("B2", serial, 1), number("C2", 1500.5))
    content = book(
        sheet(row(1, "手機", "到期日", "金額"), cells), properties=properties, formats=["yyyy/m/d"]
    )
    (recipient,) = read(content, fields=("到期日", "金額")).recipients
    assert recipient.fields == ("2027/1/1", "1500.5")
    assert recipient.restored


def test_a_value_of_another_file_is_pointed_out_as_maybe_old() -> None:
    old = '<c r="A2" t="str"><f t="shared" si="0">[1]a.xlsx!B2</f><v>0912345678</v></c>'
    same = '<c r="A3" t="str"><f t="shared" si="0"/><v>0987654321</v></c>'
    own = '<c r="A4" t="str"><f>B4</f><v>0911222333</v></c>'
    found = read(book(sheet(row(1, "手機"), row(2, old), row(3, same), row(4, own))))
    assert [each.old for each in found.recipients] == [True, True, False]


def test_an_empty_text_of_a_formula_is_a_value_and_none_at_all_is_not() -> None:
    empty = '<c r="A2" t="str"><f>B2</f><v></v></c>'
    absent, unsaved = '<c r="A3" t="str"><f>B3</f></c>', '<c r="A4"><f>B4</f><v/></c>'
    found = read(
        book(
            sheet(
                row(1, "手機", "x"),
                *(
                    row(n + 2, each, text(f"B{n + 2}", "y"))
                    for n, each in enumerate((empty, absent, unsaved))
                ),
            )
        )
    )
    assert found.rejected == {2: "missing", 3: "formula_without_value", 4: "formula_without_value"}


def test_a_sheet_on_top_that_is_named_by_no_number_is_the_first_one() -> None:
    content = book(sheet(HEADING, WANG), properties='<bookViews><workbookView activeTab="²"/></bookViews>')
    assert read(content).accepted == [[2, "+886912345678"]]


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"xl/worksheets/sheet0.xml": _BOMB.encode() + sheet(HEADING).encode()}, "damaged"),
        ({"xl/worksheets/sheet0.xml": _OUTSIDE.encode() + sheet(HEADING).encode()}, "damaged"),
        ({"xl/workbook.xml": _BOMB.encode() + b"<workbook/>"}, "damaged"),
        ({"xl/worksheets/sheet0.xml": b"<worksheet><sheetData><row"}, "damaged"),
        ({"xl/worksheets/sheet0.xml": sheet(row(1, '<c r="A1" t="s"><v>99</v></c>')).encode()}, "damaged"),
        ({"xl/worksheets/sheet0.xml": sheet(row(1_048_577, "手機")).encode()}, "more rows than a sheet"),
        ({"xl/worksheets/sheet0.xml": sheet(f"<row r='1'>{'<c/>' * 16_385}</row>").encode()}, "damaged"),
        ({"xl/worksheets/sheet0.xml": sheet(row(1, text("A1", "x" * 2_000_000))).encode()}, "damaged"),
        (
            {"xl/worksheets/sheet0.xml": sheet(HEADING, before=f"<x a='{'x' * 6_000_000}'/>").encode()},
            "damaged",
        ),
        ({"xl/worksheets/sheet0.xml": b"<?xml version='1.0' encoding='none'?>" + _SHEET}, "damaged"),
        ({"xl/worksheets/sheet0.xml": b"<?xml version='1.0' encoding='big5'?>" + _SHEET}, "damaged"),
        ({"xl/worksheets/sheet0.xml": sheet(row(1, "手機").replace('r="1"', 'r="²"')).encode()}, "damaged"),
        ({"xl/styles.xml": b"<styleSheet>" + b" " * (17 * 1024 * 1024)}, "far too large"),
        ({f"junk/{n}": b"" for n in range(5_000)}, "too many parts"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_hostile_workbook_is_refused(parts: dict[str, bytes], said: str) -> None:
    with pytest.raises(RefusedError, match=said):
        read(book(sheet(HEADING, WANG), parts=parts))


def test_empty_rows_without_numbers_are_counted_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsx_sheet, "MOST_ROWS", 1_000)
    with pytest.raises(RefusedError, match="more rows than a sheet"):
        read(book(sheet(HEADING, *["<row/>"] * 1_000)))


def test_two_cells_at_the_ends_of_a_sheet_take_no_memory() -> None:
    """They make a library that holds a sheet as one block ask for 512 GB, and its process ends."""
    part = sheet(row(1, "手機"), row(2, "0912345678"), row(1_048_576, text("XFD1048576", "x")))
    found = read(book(part))
    assert (found.accepted, found.rejected) == ([[2, "+886912345678"]], {})


def test_another_zip_than_a_workbook_is_refused() -> None:
    with pytest.raises(RefusedError, match=r"no \.xlsx workbook"):
        read(zipped({"content.xml": b"<x/>"}))


def test_whatever_is_cut_off_is_refused_or_read_as_nothing_else() -> None:
    """A whole workbook reads; a cut one never gives other rows."""
    content: Any = book(sheet(HEADING, WANG, LI))
    for end in range(0, len(content), 97):
        with pytest.raises((RefusedError, InvalidArgumentError)):
            read(content[:end])
