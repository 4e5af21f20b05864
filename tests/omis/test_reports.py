"""Reports: exact fields, previews, arguments."""

from typing import Literal

import pytest

from tests.omis.driving import AROUND, NOW, build, element, parse, preview, query, xml
from tools.omis.report_types import REPORT_TYPES
from tools.operation import OmisOptions, Surroundings
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply

PERIOD = {"start": "2018-03-01T00:00:00", "end": "2018-03-31T23:59:59"}
SENT_PERIOD = {"StartTime": "2018-03-01 00:00:00", "EndTime": "2018-03-31 23:59:59"}
ACCEPTED = xml("<ERRORCODE>0</ERRORCODE>")
REPORTS = xml(
    "".join(element("R", {"REPORTJOBID": number, "DOWNLOADLINK": "http://x/"}) for number in range(3))
)


def test_queries_send_exactly_these_fields() -> None:
    asked = [
        query("list_reports", PERIOD, REPORTS)[1],
        query("list_updating_reports", {}, REPORTS)[1],
        query("list_report_types", {"report_id": "5"}, xml("<REPORTTYPEID>20001</REPORTTYPEID>"))[1],
    ]
    assert [dict(request.fields) for requests in asked for request in requests] == [
        {"Option": "0", "ResponseMode": "1"} | SENT_PERIOD,
        {"Option": "4", "ResponseMode": "1"},
        {"Option": "1001", "ResponseMode": "1", "ReportJobID": "5"},
    ]
    assert {request.path for requests in asked for request in requests} == {"WebAPI/ManageReport.aspx"}


@pytest.mark.parametrize(
    ("name", "arguments", "fields"),
    [
        ("delete_report", {"report_id": "5"}, {"Option": "2", "ReportJobID": "5"}),
        (
            "update_report",
            {"report_id": "5", "report_types": ["20001", "email_opened", "Email Opened"], "refresh": "pdf"},
            {"Option": "3", "ReportJobID": "5", "ReportTypeID": "20001,20003", "ReportCheckType": "2"},
        ),
        ("update_all_reports", PERIOD, {"Option": "1000", "ReportCheckType": "0"} | SENT_PERIOD),
        (
            "update_all_reports",
            PERIOD | {"report_types": ["20001"], "refresh": "html"},
            {"Option": "1000", "ReportTypeID": "20001", "ReportCheckType": "1"} | SENT_PERIOD,
        ),
    ],
)
def test_actions_send_exactly_these_fields(
    name: str, arguments: dict[str, object], fields: dict[str, str]
) -> None:
    request = build(name, arguments)
    assert dict(request.fields) == fields | {"ResponseMode": "1"}
    assert request.path == "WebAPI/ManageReport.aspx"


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_the_response_mode_of_the_settings_is_sent(mode: Literal[0, 1, 2, 3]) -> None:
    around = Surroundings(now=NOW, omis=OmisOptions(response_mode=mode))
    assert build("delete_report", {"report_id": "5"}, around).fields["ResponseMode"] == str(mode)


def test_a_queued_refresh_says_that_nobody_knows_when_it_ends() -> None:
    one = parse("update_report", {"report_id": "5", "report_types": ["20001"]}, ACCEPTED)
    every = parse("update_all_reports", PERIOD, ACCEPTED)
    assert (one.report_id, one.action, one.accepted) == ("5", "refresh", True)
    assert (every.report_id, every.action, every.accepted) == (None, "refresh all", True)
    assert one.note == every.note
    assert "list_updating_reports" in one.note


def test_a_deleted_report_is_accepted_on_errorcode_0_only() -> None:
    result = parse("delete_report", {"report_id": "5"}, ACCEPTED)
    assert (result.report_id, result.action, result.accepted) == ("5", "delete", True)
    with pytest.raises(RefusedError, match="Nothing was deleted"):
        parse("delete_report", {"report_id": "5"}, xml("<ERRORCODE>112</ERRORCODE>"))
    for inner in ("<REPORTJOBID>6</REPORTJOBID><ERRORCODE>0</ERRORCODE>", "<REPORTJOBID>5</REPORTJOBID>"):
        with pytest.raises(UnreadableReply):
            parse("delete_report", {"report_id": "5"}, xml(inner))


def test_a_refresh_of_several_types_may_answer_by_type() -> None:
    types = "".join(element("T", {"REPORTTYPEID": number, "ERRORCODE": 0}) for number in (20001, 20003))
    assert parse("update_report", {"report_id": "5", "report_types": ["20001", "20003"]}, xml(types)).accepted
    every = "".join(element("T", {"REPORTJOBID": number, "ERRORCODE": 0}) for number in (5, 6))
    assert parse("update_all_reports", PERIOD, xml(every)).accepted


def test_report_types_are_those_of_note_1() -> None:
    assert len(REPORT_TYPES) == len(set(REPORT_TYPES.values())) == 14
    for number, name in REPORT_TYPES.items():
        for written in (number, name, name.upper().replace("_", "-"), f" {number} "):
            request = build("update_report", {"report_id": "5", "report_types": [written]})
            assert request.fields["ReportTypeID"] == number


@pytest.mark.parametrize("types", [[], ["20002"], ["20001,20003"], ["everything"], ["20001"] * 15])
def test_other_report_types_are_refused(types: list[str]) -> None:
    with pytest.raises(ValueError, match="report_types"):
        build("update_report", {"report_id": "5", "report_types": types})


@pytest.mark.parametrize("end", ["2018-03-01T00:00:00", "2018-02-28T00:00:00"])
@pytest.mark.parametrize("name", ["list_reports", "update_all_reports"])
def test_a_period_without_order_is_refused(name: str, end: str) -> None:
    with pytest.raises(ValueError, match="start must be before end"):
        (query if name == "list_reports" else build)(name, PERIOD | {"end": end})


def test_a_period_is_sent_in_taipei_time() -> None:
    _, requests = query(
        "list_reports", {"start": "2018-02-28T16:00:00Z", "end": "2018-03-31T23:59:59"}, REPORTS
    )
    assert requests[0].fields["StartTime"] == "2018-03-01 00:00:00"


def test_the_preview_of_a_deletion_looks_the_types_up() -> None:
    types = xml("<REPORTTYPEID>20003,20001</REPORTTYPEID><ERRORCODE>0</ERRORCODE>")
    shown, requests = preview("delete_report", {"report_id": "5"}, types)
    assert [request.fields["Option"] for request in requests] == ["1001"]
    assert (shown.target, dict(shown.state)) == ("5", {"types": "20001,20003"})
    assert shown.nothing == "Nothing was deleted."


def test_a_report_whose_tracking_has_ended_can_still_be_deleted() -> None:
    shown, _ = preview("delete_report", {"report_id": "5"}, xml("<ERRORCODE>111</ERRORCODE>"))
    assert dict(shown.state) == {"tracking": "ended"}
    with pytest.raises(RefusedError):
        preview("delete_report", {"report_id": "5"}, xml("<ERRORCODE>112</ERRORCODE>"))


def test_the_preview_of_a_refresh_of_all_counts_the_reports() -> None:
    shown, requests = preview("update_all_reports", PERIOD, REPORTS)
    assert [request.fields["Option"] for request in requests] == ["0"]
    assert dict(shown.state) == {"reports": "3"}
    assert any(warning.startswith("Use rarely") for warning in shown.warnings)
    assert "Every type" in shown.warnings[0]


def test_a_pdf_instead_of_a_list_is_told_and_not_shown() -> None:
    reply = type(ACCEPTED)(status=200, body=b"%PDF-1.7\n\xff\xfe")
    result, _ = query("list_reports", PERIOD, reply, around=AROUND)
    assert result.records == []
    assert "download_report" in result.note
    with pytest.raises(UnreadableReply):
        query("list_report_types", {"report_id": "5"}, reply)
    shown, _ = preview("update_all_reports", PERIOD, reply)
    assert dict(shown.state) == {"reports": "unknown"}
