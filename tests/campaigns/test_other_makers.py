"""Workbooks as other programs than Excel write them give the same rows."""

import pytest

from tests.campaigns.books import book, row, sheet
from tests.campaigns.read import read

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
PLAIN = sheet(row(1, "姓名", "手機"), row(2, "王", "0912345678"))
PREFIXED = (
    f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>'
    '<x:row r="1"><x:c r="A1" t="inlineStr"><x:is><x:t>手機</x:t></x:is></x:c></x:row>'
    '<x:row r="2"><x:c r="A2"><x:v>912345678</x:v></x:c></x:row></x:sheetData></x:worksheet>'
)
WITHOUT_PLACES = (
    f'<worksheet xmlns="{MAIN}"><sheetData><row><c t="inlineStr"><is><t>姓名</t></is></c>'
    '<c t="inlineStr"><is><t>手機</t></is></c></row><row><c/><c><v>912345678</v></c></row>'
    "</sheetData></worksheet>"
)
CELLS_TURNED = sheet(
    row(1, "姓名", "手機"), '<row r="2"><c r="B2"><v>912345678</v></c><c r="A2"><v>1</v></c></row>'
)
ESCAPED = sheet(row(1, "姓名", "手機"), row(2, "王_x000D_", "0912345678_x000D_"))


def _linked(kind: str, target: str) -> bytes:
    link = f'<Relationship Id="s0" Type="{kind}/worksheet" Target="{target}"/>'
    return f"<Relationships>{link}</Relationships>".encode()


_STRICT_BOOK = (
    f'<workbook xmlns="{STRICT}" xmlns:r="{STRICT_LINKS}" conformance="strict">'
    '<sheets><sheet name="S" sheetId="1" r:id="s0"/></sheets></workbook>'
).encode()
LINKS = "xl/_rels/workbook.xml.rels"


@pytest.mark.parametrize(
    "content",
    [
        book(PREFIXED),
        book(WITHOUT_PLACES),
        book(CELLS_TURNED),
        book(ESCAPED),
        book(sheet(), PLAIN),
        book(
            PLAIN,
            parts={
                LINKS: _linked(
                    "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                    "/xl/worksheets/sheet0.xml",
                )
            },
        ),
        book(
            PLAIN.replace(MAIN, STRICT),
            parts={
                "xl/workbook.xml": _STRICT_BOOK,
                LINKS: _linked(STRICT_LINKS, "worksheets/sheet0.xml"),
            },
        ),
    ],
    ids=["prefixed", "no places", "cells turned", "escaped", "empty sheet first", "absolute path", "strict"],
)
def test_the_one_number_is_read_at_its_row(content: bytes) -> None:
    assert read(content).accepted == [[2, "+886912345678"]]
