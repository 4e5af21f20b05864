"""Finds a report in the list of a period (Option 0 of document 000): the record, its file's link."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from tools.omis.groups import Group
from tools.omis.report_requests import Period
from tools.omis.report_types import REPORT_TYPES
from tools.problems import InvalidArgumentError, Problem, RefusedError

DAYS = 31
"""The period that is listed, unless another is asked for."""


def period(now: datetime, since: datetime | None = None, until: datetime | None = None) -> Period:
    """The period to list.

    Raises:
        InvalidArgumentError: it would end before it begins.
    """
    end = until or now
    start = since or end - timedelta(days=DAYS)
    if start >= end:
        raise InvalidArgumentError(
            "since", "is not before until.", "Give an earlier since, or a later until."
        )
    return Period(start=start, end=end)


def report_id_of(record: Group) -> str:
    """The id of a listed report."""
    return record.get("reportjobid", record.get("jobid", ""))


def of_report(records: Sequence[Group], report_id: str) -> list[Group]:
    """The records of a report: one for each of its types."""
    wanted = report_id.casefold()
    return [record for record in records if report_id_of(record).casefold() == wanted]


def chosen(records: Sequence[Group], report_type: str | None) -> Group:
    """The one record of a report that has this type.

    Raises:
        RefusedError: there is none, or no type was given and there are several.
    """
    found = [record for record in records if report_type in (None, record.get("reporttypeid"))]
    if not found:
        raise refused(
            "not_found",
            "The listed period has no such report.",
            "Check report_id and report_type with list_reports; download_report takes an earlier since.",
        )
    if len(found) > 1:
        types = sorted({record.get("reporttypeid", "") for record in found} & REPORT_TYPES.keys())
        raise refused(
            "ambiguous",
            "The report has several files.",
            f"Give report_type ({', '.join(types) or 'see list_reports'}).",
        )
    return found[0]


def link_of(record: Group) -> str:
    """Where the report's file is.

    Raises:
        RefusedError: OMIS gave no link, or none of HTTP.
    """
    link = record.get("downloadlink", "")
    if not link:
        raise refused(
            "no_link", "OMIS lists the report without a link.", "Use update_report, then try later."
        )
    try:
        parts = urlsplit(link)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise refused(
            "not_a_link",
            "OMIS gave a path inside its own network, or another link that is not http.",
            "Set response_mode=1 for HTTP links; if it is set, ask Cloudmax, or set response_mode=2.",
        )
    return link


def refused(code: str, message: str, fix: str) -> RefusedError:
    """A report that could not be had."""
    return RefusedError(Problem(code=code, message=f"{message} Nothing was downloaded.", next=fix))
