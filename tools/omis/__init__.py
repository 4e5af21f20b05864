"""OMIS: reports (document 000, ManageReport), launches and jobs (document 001, TaskManager)."""

from tools.desk_operation import AnyOperation
from tools.omis.jobs import JOB_OPERATIONS
from tools.omis.launches import LAUNCH_OPERATIONS
from tools.omis.read_report import read_report
from tools.omis.report_download import download_report
from tools.omis.report_queries import list_report_types, list_reports, list_updating_reports
from tools.omis.reports import delete_report, update_all_reports, update_report
from tools.omis.watch_reports import watch_reports

OPERATIONS: tuple[AnyOperation, ...] = (
    list_reports,
    download_report,
    read_report,
    delete_report,
    update_report,
    list_updating_reports,
    watch_reports,
    update_all_reports,
    list_report_types,
    *LAUNCH_OPERATIONS,
    *JOB_OPERATIONS,
)
"""Every operation of OMIS."""
