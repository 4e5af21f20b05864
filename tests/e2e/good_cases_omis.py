"""The good cases of OMIS's tools, on the launches, jobs and reports that the sandbox begins with."""

from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from server.demo.rows import rows_of
from tests.e2e.good_case import Arguments, Case, contains, with_arguments
from tests.e2e.house import Facts, House, Session

_TAIPEI = timezone(timedelta(hours=8))


def in_days(days: float) -> str:
    """A moment that many days from now, as a caller writes it."""
    return (datetime.now(_TAIPEI) + timedelta(days=days)).isoformat(timespec="seconds")


def last_month() -> Arguments:
    """The period that holds the sandbox's newer reports."""
    return {"start": in_days(-30), "end": in_days(0)}


async def _last_month(_house: House, _session: Session) -> Arguments:
    return last_month()


async def _all_of_last_month(_house: House, _session: Session) -> Arguments:
    return {**last_month(), "page_size": 50}


def _reports(facts: Facts) -> None:
    contains(facts, {"page": 1, "total": len(rows_of(facts))})
    found = {(record["report_job_id"], record["report_type_id"]) for record in rows_of(facts)}
    assert {("9001", "11001"), ("9002", "20001"), ("9004", "11004")} <= found
    first = rows_of(facts)[0]
    assert first["download_link"].startswith("http://127.0.0.1:")
    assert first["report_type"] == "sms_failed"
    assert first["other"]["reportname"]


def _download(facts: Facts) -> None:
    contains(facts, {"content_type": "text/csv", "rows": 4, "report_type_id": "11001"})
    assert facts["name"].startswith("report-9001-11001-")
    assert facts["uri"] == f"campaign-ops://reports/{facts['name']}"
    assert facts["size"] > 0
    assert facts["rows_preview"][0][0] == "ReportJobID"
    assert len(facts["rows_preview"]) == facts["rows"]


def _read(facts: Facts) -> None:
    contains(facts, {"report_id": "9001", "total": 3, "page": 1, "pages": 1})
    contains(facts["sums"], {"unique": 3})
    assert facts["conclusion"] == "Received: 3 recipients, 3 times in all."
    assert [row["mobile"] for row in rows_of(facts)] == ["0912***600", "0912***601", "0912***602"]


def _report_action(report_id: str | None, action: str) -> Callable[[Facts], None]:
    def check(facts: Facts) -> None:
        contains(facts, {"outcome": "done", "report_id": report_id, "action": action, "accepted": True})

    return check


async def _updating(house: House, _session: Session) -> Arguments:
    await house.vendor.reports(Option="3", ReportJobID="9001", ReportTypeID="11001", ReportCheckType="0")
    return {}


def _one_updating(facts: Facts) -> None:
    assert [record["report_job_id"] for record in rows_of(facts)] == ["9001"]


def _nothing_updating(facts: Facts) -> None:
    assert facts["conclusion"].startswith("OMIS lists no such refresh")
    assert facts["updating"] == []


def _types(facts: Facts) -> None:
    assert [record["report_type_id"] for record in rows_of(facts)] == ["11001", "11002", "11003", "11004"]


def _launch(facts: Facts) -> None:
    launch, *jobs = rows_of(facts)
    contains(launch, {"launch_id": "1182", "status_code": 2, "error_code": 0, "launch_count": 1})
    assert launch["status"] == "starting"
    assert {job["job_id"] for job in jobs} == {"5506", "5507", "5514"}


def _job(facts: Facts) -> None:
    job = next(record for record in rows_of(facts) if record.get("job_id") == "5506")
    contains(job, {"status_code": 6, "error_code": 0})
    assert job["status"] == "sending"


def _found_jobs(facts: Facts) -> None:
    found = {record["job_id"] for record in rows_of(facts) if "job_id" in record}
    assert {"5506", "5507", "5514"} <= found
    assert "not explain" in facts["note"]


def _acted(thing: str, value: str, action: str) -> Callable[[Facts], None]:
    def check(facts: Facts) -> None:
        contains(facts, {"outcome": "done", f"{thing}_id": value, "action": action, "accepted": True})

    return check


def _act(thing: str, value: str, action: str) -> Case:
    return Case(prepare=with_arguments(**{f"{thing}_id": value}), check=_acted(thing, value, action))


async def _extended(_house: House, _session: Session) -> Arguments:
    return {"launch_id": "1182", "expire_at": in_days(60)}


async def _topped_up(house: House, _session: Session) -> Arguments:
    await house.vendor.control("credit", login="sandbox", points=2000)
    return {"job_id": "5514"}


OMIS_CASES: dict[str, Case] = {
    "list_reports": Case(prepare=_all_of_last_month, check=_reports),
    "download_report": Case(
        prepare=with_arguments(report_id="9001", report_type="sms_failed"), check=_download
    ),
    "read_report": Case(prepare=with_arguments(report_id="9001", report_type="sms_received"), check=_read),
    "delete_report": Case(prepare=with_arguments(report_id="9004"), check=_report_action("9004", "delete")),
    "update_report": Case(
        prepare=with_arguments(report_id="9001", report_types=["11001", "sms_received"]),
        check=_report_action("9001", "refresh"),
    ),
    "list_updating_reports": Case(prepare=_updating, check=_one_updating),
    "watch_reports": Case(prepare=with_arguments(report_id="9001"), check=_nothing_updating),
    "update_all_reports": Case(prepare=_last_month, check=_report_action(None, "refresh all")),
    "list_report_types": Case(prepare=with_arguments(report_id="9001"), check=_types),
    "query_launch": Case(prepare=with_arguments(launch_id="1182"), check=_launch),
    "pause_launch": _act("launch", "1183", "pause"),
    "resume_launch": _act("launch", "1186", "resume"),
    "terminate_launch": _act("launch", "1182", "terminate"),
    "delete_launch": _act("launch", "1180", "delete"),
    "extend_launch": Case(prepare=_extended, check=_acted("launch", "1182", "extend")),
    "query_job": Case(prepare=with_arguments(job_id="5506"), check=_job),
    "find_jobs": Case(prepare=with_arguments(mobile="0912345678"), check=_found_jobs),
    "pause_job": _act("job", "5506", "pause"),
    "resume_job": _act("job", "5512", "resume"),
    "terminate_job": _act("job", "5507", "terminate"),
    "delete_job": _act("job", "5500", "delete"),
    "restart_job": Case(prepare=_topped_up, check=_acted("job", "5514", "restart")),
}
