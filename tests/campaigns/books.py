"""Workbooks written part by part, so that a test can have what no library would write."""

import io
import zipfile
from collections.abc import Mapping, Sequence
from xml.sax.saxutils import escape, quoteattr

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_ROOT = (
    f'<Relationships><Relationship Id="r" Type="{_RELATED}/officeDocument" Target="xl/workbook.xml"/>'
    "</Relationships>"
)


def text(cell: str, written: str) -> str:
    """A cell with a text of its own."""
    return f'<c r="{cell}" t="inlineStr"><is><t xml:space="preserve">{escape(written)}</t></is></c>'


def number(cell: str, written: float | str, style: int = 0) -> str:
    """A cell with a number."""
    return f'<c r="{cell}" s="{style}"><v>{written}</v></c>'


def row(at: int, *cells: str, more: str = "") -> str:
    """A row of such cells; plain words become texts from column A on."""
    made = [
        each if each.startswith("<") else text(f"{chr(65 + n)}{at}", each) for n, each in enumerate(cells)
    ]
    return f'<row r="{at}"{more}>{"".join(made)}</row>'


def sheet(*rows: str, before: str = "", after: str = "") -> str:
    """A sheet's part."""
    return f'<worksheet xmlns="{_MAIN}">{before}<sheetData>{"".join(rows)}</sheetData>{after}</worksheet>'


def book(
    *sheets: str,
    names: Sequence[str] = (),
    states: Sequence[str] = (),
    properties: str = "",
    formats: Sequence[str] = (),
    strings: str = "",
    parts: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook of these sheets; `formats` are the number formats of the styles from 1 on."""
    listed = "".join(
        f"<sheet name={quoteattr(names[n] if names else f'S{n + 1}')} sheetId='{n + 1}' r:id='s{n}' "
        f"state='{states[n] if states else 'visible'}'/>"
        for n in range(len(sheets))
    )
    workbook = (
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATED}">{properties}<sheets>{listed}</sheets></workbook>'
    )
    targets = [("worksheet", f"s{n}", f"worksheets/sheet{n}.xml") for n in range(len(sheets))]
    targets += [("styles", "st", "styles.xml"), ("sharedStrings", "ss", "sharedStrings.xml")]
    related = "".join(
        f'<Relationship Id="{key}" Type="{_RELATED}/{kind}" Target="{target}"/>'
        for kind, key, target in targets
    )
    codes = "".join(
        f"<numFmt numFmtId='{164 + n}' formatCode={quoteattr(code)}/>" for n, code in enumerate(formats)
    )
    styles = "".join(f"<xf numFmtId='{number}'/>" for number in (0, *range(164, 164 + len(formats))))
    written = {
        "_rels/.rels": _ROOT,
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": f"<Relationships>{related}</Relationships>",
        "xl/styles.xml": f"<styleSheet><numFmts>{codes}</numFmts><cellXfs>{styles}</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{_MAIN}">{strings}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": part for n, part in enumerate(sheets)},
    }
    return zipped({name: part.encode() for name, part in written.items()} | dict(parts or {}))


def zipped(parts: Mapping[str, bytes]) -> bytes:
    """A zip of these parts."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as made:
        for name, part in parts.items():
            made.writestr(name, part)
    return content.getvalue()
