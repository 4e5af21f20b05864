"""The two pages share numbers and not meanings."""

import pytest

from tests.omis.driving import parse, query, xml
from tools.omis.codes import MANAGE_REPORT, TASK_MANAGER, Page, failed_action, refusal
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply


def test_both_tables_have_the_codes_of_their_documents() -> None:
    assert set(MANAGE_REPORT) == {100, 102, 110, 111, 112, 1000}
    assert set(TASK_MANAGER) == {110, 111, 112, 113, 114, 1000}


@pytest.mark.parametrize("code", [110, 111, 112])
def test_the_same_code_means_different_things_on_the_two_pages(code: int) -> None:
    assert MANAGE_REPORT[code].message != TASK_MANAGER[code].message
    with pytest.raises(RefusedError) as on_reports:
        query("list_report_types", {"report_id": "5"}, xml(f"<ERRORCODE>{code}</ERRORCODE>"))
    with pytest.raises(RefusedError) as on_launches:
        query("query_launch", {"launch_id": "5"}, xml(f"<ERRORCODE>{code}</ERRORCODE>"))
    assert on_reports.value.problem.message == MANAGE_REPORT[code].message + "."
    assert on_launches.value.problem.message == TASK_MANAGER[code].message + "."


def test_a_refusal_keeps_the_vendors_text_as_cleaned_data() -> None:
    problem = refusal("TaskManager", 110, "JobID doesn\u200bt\nexist", nothing="Nothing was paused.").problem
    assert problem.code == "vendor_refused"
    assert (problem.vendor_code, problem.vendor_text) == ("110", "JobID doesnt exist")
    assert "JobID" not in problem.message
    assert problem.message.endswith("Nothing was paused.")
    assert not problem.retryable


def test_an_undocumented_code_passes_through() -> None:
    problem = refusal("TaskManager", 777, "whatever").problem
    assert problem.vendor_code == "777"
    assert "does not explain" in problem.message
    assert "wrong login" in problem.next


@pytest.mark.parametrize("page", ["ManageReport", "TaskManager"])
def test_only_an_exception_of_omis_itself_may_be_tried_again(page: Page) -> None:
    codes = MANAGE_REPORT if page == "ManageReport" else TASK_MANAGER
    assert [code for code in codes if refusal(page, code, "").problem.retryable] == (
        [100] if page == "ManageReport" else []
    )


def test_an_exception_of_omis_during_an_action_is_an_unknown_outcome() -> None:
    with pytest.raises(UnreadableReply):
        parse("delete_report", {"report_id": "5"}, xml("<ERRORCODE>100</ERRORCODE>"))
    assert failed_action("TaskManager", 100, "", nothing="").problem.vendor_code == "100"
