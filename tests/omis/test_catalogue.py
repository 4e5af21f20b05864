"""Names, risks and sections are fixed: approval, ledger and annotations derive from them."""

from tools.desk_operation import DeskOperation
from tools.omis import OPERATIONS
from tools.omis.records import CELLS, Record, Records
from tools.omis.report_download import DownloadReportResult
from tools.operation import Action, Query, RiskyParams

EXPECTED = {
    "reports": {
        "list_reports": "read",
        "download_report": "read",
        "read_report": "read",
        "watch_reports": "read",
        "delete_report": "destroy",
        "update_report": "change",
        "list_updating_reports": "read",
        "update_all_reports": "destroy",
        "list_report_types": "read",
    },
    "launches": {
        "query_launch": "read",
        "pause_launch": "change",
        "resume_launch": "spend",
        "terminate_launch": "destroy",
        "delete_launch": "destroy",
        "extend_launch": "change",
    },
    "jobs": {
        "query_job": "read",
        "find_jobs": "read",
        "pause_job": "change",
        "resume_job": "spend",
        "terminate_job": "destroy",
        "delete_job": "destroy",
        "restart_job": "spend",
    },
}


def test_the_operations_have_their_fixed_names_and_risks() -> None:
    found: dict[str, dict[str, str]] = {}
    for operation in OPERATIONS:
        found.setdefault(operation.toolset, {})[operation.name] = operation.risk
    assert found == EXPECTED


def test_what_only_reads_is_no_action_and_what_is_risky_takes_a_dry_run() -> None:
    for operation in OPERATIONS:
        assert isinstance(operation, Query | DeskOperation) == (operation.risk == "read")
        assert isinstance(operation, Action) == (operation.risk != "read")
        assert issubclass(operation.params, RiskyParams) == (operation.risk in ("spend", "destroy"))


def test_no_tool_takes_an_account_or_a_url() -> None:
    for operation in OPERATIONS:
        names = " ".join(operation.params.model_fields).lower()
        assert not any(word in names for word in ("login", "password", "url", "mode", "action", "option"))


def test_every_text_of_unknown_content_is_marked_for_masking() -> None:
    for model, name in ((Record, "other"), (Records, "other"), (DownloadReportResult, "rows_preview")):
        assert CELLS in model.model_fields[name].metadata
