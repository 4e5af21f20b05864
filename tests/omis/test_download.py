"""download_report: from the list to the link to a file."""

import io
import zipfile
from collections.abc import Mapping

import pytest

from tests.omis.driving import FakeDesk, csv, download, element, xml
from tools.operation import OmisOptions, Reply
from tools.problems import InvalidArgumentError, RefusedError
from tools.wire.errors import UnreadableReply

LINK = "https://api.itpison.com/files/501.csv"
CONTENT = csv("手機,狀態\r\n" + "0912345678,成功\r\n" * 12)


def _listing(*reports: Mapping[str, object]) -> Reply:
    return xml("<ERRORCODE>0</ERRORCODE>" + "".join(element("REPORT", report) for report in reports))


def _report(link: str = LINK, number: int = 501, kind: int = 20001) -> dict[str, object]:
    return {"REPORTJOBID": number, "REPORTTYPEID": kind, "DOWNLOADLINK": link}


async def test_a_csv_report_is_saved_and_its_first_rows_are_shown() -> None:
    desk = FakeDesk(_listing(_report(), _report(number=502)), CONTENT)
    result = await download(desk, report_id="501")
    listed, linked = desk.requests
    assert dict(listed.fields) == {
        "Option": "0",
        "ResponseMode": "1",
        "StartTime": "2026-01-29 12:00:00",
        "EndTime": "2026-03-01 12:00:00",
    }
    assert (linked.vendor, linked.link, dict(linked.fields)) == ("omis", LINK, {})
    assert desk.saved == [("report-501-20001", ".csv", CONTENT.body)]
    assert (result.name, result.size, result.content_type) == (
        "report-501-20001.csv",
        len(CONTENT.body),
        "text/csv",
    )
    assert result.rows == 13
    assert len(result.rows_preview) == 10
    assert result.rows_preview[:2] == [["手機", "狀態"], ["0912345678", "成功"]]
    assert result.note == ""


@pytest.mark.parametrize(("mode", "asked"), [(0, "1"), (1, "1"), (2, "2"), (3, "3")])
async def test_a_link_is_asked_for_unless_the_content_comes_at_once(mode: int, asked: str) -> None:
    options = {
        0: OmisOptions(response_mode=0),
        2: OmisOptions(response_mode=2),
        3: OmisOptions(response_mode=3),
    }
    desk = FakeDesk(_listing(_report()), CONTENT, omis=options.get(mode))
    await download(desk, report_id="501")
    assert desk.requests[0].fields["ResponseMode"] == asked


async def test_content_that_comes_at_once_is_saved_with_a_note() -> None:
    desk = FakeDesk(CONTENT, omis=OmisOptions(response_mode=2))
    result = await download(desk, report_id="501")
    assert desk.saved == [("report-501-all", ".csv", CONTENT.body)]
    assert "without naming a report" in result.note


async def test_the_period_can_be_given() -> None:
    desk = FakeDesk(_listing(_report()), CONTENT)
    await download(desk, report_id="501", since="2025-01-01T00:00:00", until="2025-02-01T00:00:00")
    assert desk.requests[0].fields["StartTime"] == "2025-01-01 00:00:00"
    with pytest.raises(ValueError, match="since must be before until"):
        await download(desk, report_id="501", since="2025-02-01T00:00:00", until="2025-02-01T00:00:00")
    with pytest.raises(InvalidArgumentError):
        await download(desk, report_id="501", since="2027-01-01T00:00:00")


async def test_the_type_chooses_between_files_of_a_report() -> None:
    other = "https://api.itpison.com/files/501-opened.csv"
    listing = _listing(_report(), _report(link=other, kind=20003))
    desk = FakeDesk(listing, CONTENT)
    result = await download(desk, report_id="501", report_type="email_opened")
    assert (desk.requests[1].link, result.report_type_id) == (other, "20003")
    with pytest.raises(RefusedError) as refused:
        await download(FakeDesk(listing), report_id="501")
    assert refused.value.problem.code == "ambiguous"
    assert "20001, 20003" in refused.value.problem.next


async def test_a_report_that_is_not_listed_is_not_found() -> None:
    for arguments in ({"report_id": "999"}, {"report_id": "501", "report_type": "20005"}):
        with pytest.raises(RefusedError) as refused:
            await download(FakeDesk(_listing(_report())), **arguments)
        assert refused.value.problem.code == "not_found"


@pytest.mark.parametrize(
    "link",
    [
        r"\\filer\reports\501.csv",
        "file:///etc/passwd",
        "ftp://x/501.csv",
        "http:///501.csv",
        "501",
        "http://[x",
    ],
)
async def test_a_link_that_is_not_http_is_refused_with_the_way_out(link: str) -> None:
    desk = FakeDesk(_listing(_report(link=link)))
    with pytest.raises(RefusedError) as refused:
        await download(desk, report_id="501")
    assert refused.value.problem.code == "not_a_link"
    assert "response_mode=1" in refused.value.problem.next
    assert desk.saved == []


@pytest.mark.parametrize(
    ("link", "body", "suffix"),
    [
        (LINK, b"%PDF-1.7 \xff", ".pdf"),
        (LINK, b"PK\x03\x04\x00\xff", ".zip"),
        (LINK, b"\x00\x01\xff\xfe", ".bin"),
        (LINK, "a\tb\n1\t2\n".encode("utf-16"), ".csv"),
        (LINK, "手機\n0912345678\n".encode(), ".csv"),
        (LINK, b'"unfinished', ".bin"),
        ("https://api.itpison.com/files/501.HTML?x=1", b"<html><body>report</body></html>", ".html"),
    ],
)
async def test_the_content_decides_what_the_file_is(link: str, body: bytes, suffix: str) -> None:
    desk = FakeDesk(_listing(_report(link=link)), Reply(status=200, body=body))
    result = await download(desk, report_id="501")
    assert desk.saved == [("report-501-20001", suffix, body)]
    assert (result.rows is not None) == (suffix == ".csv")


def _workbook(*names: str) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in names:
            archive.writestr(name, "x")
    return written.getvalue()


@pytest.mark.parametrize(
    ("names", "suffix"),
    [
        (("[Content_Types].xml", "xl/workbook.xml"), ".xlsx"),
        (("[Content_Types].xml", "word/document.xml"), ".zip"),
        (("report.csv",), ".zip"),
    ],
)
async def test_a_workbook_is_recognised_by_its_content(names: tuple[str, ...], suffix: str) -> None:
    body = _workbook(*names)
    desk = FakeDesk(_listing(_report()), Reply(status=200, body=body, content_type="text/csv"))
    await download(desk, report_id="501")
    assert desk.saved == [("report-501-20001", suffix, body)]


async def test_an_html_table_under_a_spreadsheets_type_is_saved_as_what_it_is_and_its_rows_are_read() -> None:
    table = "<table><tr><th>手機<th>狀態<tr><td>0912345678</td><td>成功</td></tr></table>"
    for body in (table.encode(), f"<html><body>{table}</body></html>".encode("cp950")):
        reply = Reply(status=200, body=body, content_type="application/vnd.ms-excel; charset=utf-8")
        desk = FakeDesk(_listing(_report()), reply)
        result = await download(desk, report_id="501")
        assert desk.saved == [("report-501-20001", ".html", body)]
        assert (result.rows, result.rows_preview) == (2, [["手機", "狀態"], ["0912345678", "成功"]])
        assert "a web page with a table" in result.note


async def test_a_report_larger_than_any_answer_is_a_table_too() -> None:
    row = ("0912345678,成功," + "x" * 480 + "\r\n").encode()
    body = "手機,狀態,備註\r\n".encode() + row * 80_000
    assert len(body) > 38 * 1024 * 1024
    desk = FakeDesk(_listing(_report()), Reply(status=200, body=body, content_type="text/csv"))
    result = await download(desk, report_id="501")
    assert (result.name, result.rows) == ("report-501-20001.csv", 80_001)


@pytest.mark.parametrize("charset", ["utf-8", "big5", "windows-950", ""])
@pytest.mark.parametrize("encoding", ["utf-8", "cp950"])
async def test_the_bytes_tell_the_encoding_whatever_the_header_says(charset: str, encoding: str) -> None:
    body = "手機,狀態\r\n0912345678,成功\r\n".encode(encoding)
    desk = FakeDesk(
        _listing(_report()), Reply(status=200, body=body, content_type=f"text/csv; charset={charset}")
    )
    result = await download(desk, report_id="501")
    assert result.rows_preview == [["手機", "狀態"], ["0912345678", "成功"]]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(status=200, body=b'{"Message": "session expired"}', content_type="text/csv"),
        Reply(status=200, body=b"session expired", content_type="text/csv"),
        Reply(
            status=200,
            body=b"<html><table><tr><td>PWD<input type=Password></table></html>",
            content_type="application/vnd.ms-excel",
        ),
        Reply(status=200, body=b"<!DOCTYPE html><html><body>Error</body></html>"),
        Reply(status=200, body=b"<Error><Message>gone</Message></Error>"),
        Reply(status=200, body=b"<Error>"),
        Reply(status=200, body=b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', content_type="text/csv"),
        Reply(status=200, body=b" \r\n"),
        Reply(status=404, body=CONTENT.body),
        Reply(status=302, body=b"", location="https://api.itpison.com/login"),
        xml("<ERRORCODE>111</ERRORCODE>"),
    ],
    ids=range(11),
)
async def test_an_error_instead_of_the_content_is_a_failure(reply: Reply) -> None:
    desk = FakeDesk(_listing(_report()), reply)
    with pytest.raises(RefusedError) as refused:
        await download(desk, report_id="501")
    assert "Nothing was" in refused.value.problem.message
    assert desk.saved == []


async def test_the_vendors_error_code_behind_a_link_is_told() -> None:
    desk = FakeDesk(_listing(_report()), xml("<ERRORCODE>111</ERRORCODE><ERRORMSG>late</ERRORMSG>"))
    with pytest.raises(RefusedError) as refused:
        await download(desk, report_id="501")
    assert (refused.value.problem.vendor_code, refused.value.problem.vendor_text) == ("111", "late")


async def test_an_error_in_csv_behind_a_link_is_none_either() -> None:
    told = csv("ERRORCODE,ERRORMSG\r\n112,Report is not exist\r\n")
    with pytest.raises(RefusedError) as caught:
        await download(FakeDesk(_listing(_report()), told), report_id="501")
    assert caught.value.problem.vendor_code == "112"
    assert "Nothing was downloaded." in caught.value.problem.message


async def test_a_report_about_errors_is_a_report() -> None:
    desk = FakeDesk(_listing(_report()), csv("Email,ErrorCode\r\na@example.com,550\r\n"))
    assert (await download(desk, report_id="501")).rows == 2


async def test_a_web_page_instead_of_the_list_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        await download(FakeDesk(Reply(status=200, body=b"<html></html>")), report_id="501")


async def test_cells_are_cleaned_and_rows_with_line_breaks_count_once() -> None:
    body = 'a,b\r\n"one\r\ntwo","say ""hi"""\r\n\r\nx\u200b\u202e,y\r\n'
    result = await download(FakeDesk(_listing(_report()), csv(body)), report_id="501")
    assert result.rows == 3
    assert result.rows_preview[1:] == [["one two", 'say "hi"'], ["x", "y"]]


async def test_a_type_that_we_do_not_know_stays_out_of_the_files_name() -> None:
    listing = _listing({"REPORTJOBID": 501, "REPORTTYPEID": "../x", "DOWNLOADLINK": LINK})
    desk = FakeDesk(listing, CONTENT)
    await download(desk, report_id="501")
    assert desk.saved[0][0] == "report-501-all"
