import csv
import io
from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.sandbox.probe import Probe, parse_xml

EVER = {"StartTime": "2000-01-01 00:00:00", "EndTime": "2999-12-31 23:59:59"}


async def tree(probe: Probe, **fields: str) -> ET.Element:
    return parse_xml(await probe.reports(**fields))


async def code(probe: Probe, **fields: str) -> str | None:
    return (await tree(probe, **fields)).findtext("ERRORCODE")


async def updating(probe: Probe) -> set[tuple[str | None, str | None]]:
    found = (await tree(probe, Option="4")).findall("REPORT")
    return {(report.findtext("REPORTJOBID"), report.findtext("REPORTTYPEID")) for report in found}


async def test_the_list_names_each_report_with_a_link(probe: Probe) -> None:
    answer = await tree(probe, Option="0", ResponseMode="1", **EVER)
    first = answer.find("REPORT")
    assert first is not None
    assert [leaf.tag for leaf in first] == [
        "REPORTJOBID",
        "REPORTTYPEID",
        "REPORTNAME",
        "LASTUPDATED",
        "DOWNLOADLINK",
    ]
    assert {report.findtext("REPORTJOBID") for report in answer.findall("REPORT")} == {
        "9001",
        "9002",
        "9003",
        "9004",
    }


async def test_the_list_keeps_to_its_period(probe: Probe) -> None:
    now = datetime.fromisoformat((await probe.state())["clock"]["now"])
    start = (now - timedelta(days=1, hours=12)).strftime("%Y-%m-%d %H:%M:%S")
    answer = await tree(probe, Option="0", StartTime=start, EndTime=EVER["EndTime"])
    assert {report.findtext("REPORTJOBID") for report in answer.findall("REPORT")} == {"9001"}


async def test_the_default_link_is_a_unc_path_and_mode_1_a_download(probe: Probe) -> None:
    unc = (await tree(probe, Option="0", **EVER)).findtext("REPORT/DOWNLOADLINK")
    link = (await tree(probe, Option="0", ResponseMode="1", **EVER)).findtext("REPORT/DOWNLOADLINK")
    assert unc is not None
    assert unc.startswith("\\\\")
    assert link is not None
    response = await probe.http.get(link)
    assert response.headers["content-disposition"] == 'attachment; filename="9001_11001.csv"'
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][0] == "ReportJobID"
    assert any(cell.startswith("=") for row in rows for cell in row)


async def test_modes_2_and_3_give_the_content_of_one_report(probe: Probe) -> None:
    fields = {"Option": "0", "ReportJobID": "9001", "ReportTypeID": "11003"}
    shown = await probe.omis("ManageReport", ResponseMode="2", **fields)
    saved = await probe.omis("ManageReport", ResponseMode="3", **fields)
    assert shown.content == saved.content
    assert shown.text.startswith("ReportJobID,ReportTypeID,")
    assert "content-disposition" not in shown.headers
    assert saved.headers["content-disposition"].startswith("attachment;")


async def test_modes_2_and_3_answer_xml_on_failure(probe: Probe) -> None:
    for mode in ("2", "3"):
        assert await code(probe, Option="0", ReportJobID="1", ResponseMode=mode) == "112"


async def test_a_list_in_mode_2_is_csv(probe: Probe) -> None:
    text = await probe.reports(Option="0", ResponseMode="2", **EVER)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows[0]["ERRORCODE"] == "0"
    assert rows[1]["REPORTJOBID"] == "9001"


async def test_an_update_runs_for_a_minute_and_then_changes_the_report(probe: Probe) -> None:
    wanted = {"Option": "0", "ReportJobID": "9001", "ReportTypeID": "11001", "ResponseMode": "2"}
    before = await probe.reports(**wanted)
    answer = await tree(
        probe, Option="3", ReportJobID="9001", ReportTypeID="11001, 11002", ReportCheckType="0"
    )
    assert (answer.findtext("ERRORCODE"), answer.findtext("REPORTJOBID")) == ("0", "9001")
    assert await updating(probe) == {("9001", "11001"), ("9001", "11002")}
    await probe.advance(50)
    assert await probe.reports(**wanted) == before
    await probe.advance(10)
    assert await updating(probe) == set()
    assert len((await probe.reports(**wanted)).splitlines()) == len(before.splitlines()) + 1


async def test_an_update_that_runs_already_is_not_queued_again(probe: Probe) -> None:
    for _ in range(2):
        await probe.reports(Option="3", ReportJobID="9001", ReportTypeID="11001", ReportCheckType="0")
    await probe.advance(120)
    parts = (await probe.state())["reports"][0]["parts"]
    assert [part["revision"] for part in parts] == [2, 1, 1, 1]


async def test_an_update_of_all_takes_every_kind_unless_some_are_named(probe: Probe) -> None:
    assert await code(probe, Option="1000", ReportCheckType="0", ReportTypeID="20001", **EVER) == "0"
    assert await updating(probe) == {("9002", "20001"), ("9003", "20001")}
    assert await code(probe, Option="1000", ReportCheckType="0", **EVER) == "0"
    assert len(await updating(probe)) == 4 + 10 + 3 + 4


async def test_a_late_report_takes_as_long_as_it_is_told_to(probe: Probe) -> None:
    await probe.control("omis", update_seconds=7200)
    await probe.reports(Option="3", ReportJobID="9001", ReportTypeID="11001", ReportCheckType="0")
    await probe.advance(7000)
    assert await updating(probe) == {("9001", "11001")}


async def test_past_the_tracking_deadline_only_statistics_are_updated(probe: Probe) -> None:
    fields = {"Option": "3", "ReportJobID": "9003", "ReportCheckType": "0"}
    assert await code(probe, ReportTypeID="21001", **fields) == "111"
    assert await code(probe, ReportTypeID="20001,20003", **fields) == "0"
    kinds = (await tree(probe, Option="1001", ReportJobID="9003")).findall("REPORT")
    assert [kind.findtext("REPORTTYPEID") for kind in kinds] == ["20001", "20003", "20005"]


async def test_a_deleted_report_is_gone(probe: Probe) -> None:
    assert await code(probe, Option="2", ReportJobID="9002") == "0"
    assert await code(probe, Option="2", ReportJobID="9002") == "112"
    assert await code(probe, Option="1001", ReportJobID="9002") == "112"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"Option": "5"}, "110"),
        ({"Option": ""}, "110"),
        ({"Option": "0"}, "102"),
        ({"Option": "0", "StartTime": "x", "EndTime": "y"}, "102"),
        ({"Option": "3", "ReportJobID": "9001", "ReportTypeID": "11001"}, "102"),
        ({"Option": "3", "ReportJobID": "9001", "ReportCheckType": "0"}, "102"),
        ({"Option": "3", "ReportJobID": "9001", "ReportTypeID": "20001", "ReportCheckType": "0"}, "102"),
        ({"Option": "3", "ReportJobID": "1", "ReportTypeID": "11001", "ReportCheckType": "0"}, "112"),
        ({"Option": "4", "ManagerLoginName": "nobody"}, "102"),
        ({"Option": "4", "ManagerLoginName": "nolicence", "ManagerPassword": "nolicence"}, "1000"),
        ({"Option": "4", "XmlRequest": "<REQUEST>"}, "100"),
    ],
)
async def test_errors_have_their_codes(probe: Probe, fields: dict[str, str], expected: str) -> None:
    assert await code(probe, **fields) == expected


async def test_a_file_that_is_not_there_is_404(probe: Probe) -> None:
    assert (await probe.http.get("/WebAPI/Download/9001_1.csv")).status_code == 404
