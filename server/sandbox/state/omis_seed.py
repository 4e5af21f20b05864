"""Magic ids: launches, jobs and reports that are there after every reset, one for each documented state."""

from datetime import datetime, timedelta
from decimal import Decimal

from server.sandbox.state.omis_records import (
    FAILED,
    OUT_OF_POINTS,
    PAUSED,
    TERMINATED,
    Job,
    JobType,
    Launch,
    Report,
    ReportPart,
)

_TRACKED_FOR = timedelta(days=30)

_LAUNCHES = (
    # id, STATUS, ERRORCODE, LAUNCHCOUNT, name
    ("1180", 0, 0, 1, "九月電子報"),
    ("1181", 1, 0, 0, "週年慶簡訊"),
    ("1182", 2, 0, 1, "繳費提醒"),
    ("1183", 3, 0, 1, "會員通知"),
    ("1184", 1, 0, 3, "每週循環電子報"),
    ("1185", 2, TERMINATED, 1, "已終結的活動"),
    ("1186", 2, PAUSED, 1, "暫停中的活動"),
    ("1187", 1, FAILED, 0, "名單有誤的活動"),
    ("1199", 99, 0, 0, "等待批准的活動"),
)
_JOBS: tuple[tuple[str, str, int, int, JobType], ...] = (
    # id, launch, STATUS, ERRORCODE, type
    ("5500", "1180", 0, 0, "EMAIL"),
    ("5501", "1183", 1, 0, "EMAIL"),
    ("5502", "1183", 2, 0, "EMAIL"),
    ("5503", "1183", 3, 0, "EMAIL"),
    ("5504", "1183", 4, 0, "EMAIL"),
    ("5505", "1183", 5, 0, "EMAIL"),
    ("5506", "1182", 6, 0, "SMS"),
    ("5507", "1182", 7, 0, "SMS"),
    ("5508", "1180", 8, 0, "EMAIL"),
    ("5511", "1185", 6, TERMINATED, "SMS"),
    ("5512", "1186", 6, PAUSED, "SMS"),
    ("5513", "1187", 4, FAILED, "EMAIL"),
    ("5514", "1182", 6, OUT_OF_POINTS, "SMS"),
)
_ERROR_TEXTS = {FAILED: "List error", OUT_OF_POINTS: "Insufficient points"}
_RESTART_POINTS = Decimal(12000)
_SMS_NUMBERS = ("0912345678", "0922333444")
_EMAIL_ADDRESSES = ("ming@example.com", "hua@example.com")

SMS_PARTS = ("11001", "11002", "11003", "11004")
EMAIL_PARTS = ("20001", "20003", "20005", "21001", "2100199", "21002", "21003", "21032", "30023", "31003")
_REPORTS = (
    # id, name, days since it was made, still tracked, kinds
    ("9001", "繳費提醒", 1, True, SMS_PARTS),
    ("9002", "九月電子報", 2, True, EMAIL_PARTS),
    ("9003", "去年的電子報", 120, False, EMAIL_PARTS),
    ("9004", "會員通知", 3, True, SMS_PARTS),
)


def seed_launches(now: datetime) -> tuple[dict[str, Launch], dict[str, Job]]:
    """Launches and jobs, one for each row of both status tables of 001_."""
    launches = {row[0]: _launch(row, now) for row in _LAUNCHES}
    return launches, {row[0]: _job(row) for row in _JOBS}


def _launch(row: tuple[str, int, int, int, str], now: datetime) -> Launch:
    launch_id, status, error_code, count, name = row
    return Launch(
        launch_id=launch_id,
        status=status,
        error_code=error_code,
        error_text=_ERROR_TEXTS.get(error_code, ""),
        launch_count=count,
        name=name,
        expires=now + _TRACKED_FOR,
    )


def _job(row: tuple[str, str, int, int, JobType]) -> Job:
    job_id, launch_id, status, error_code, kind = row
    return Job(
        job_id=job_id,
        launch_id=launch_id,
        status=status,
        error_code=error_code,
        error_text=_ERROR_TEXTS.get(error_code, ""),
        type=kind,
        reference=f"REF-{job_id}",
        sms_numbers=_SMS_NUMBERS if kind == "SMS" else (),
        email_addresses=_EMAIL_ADDRESSES if kind == "EMAIL" else (),
        points=_RESTART_POINTS if error_code == OUT_OF_POINTS else Decimal(0),
    )


def seed_reports(now: datetime) -> dict[str, Report]:
    """Reports made some days before `now`."""
    return {row[0]: _report(row, now) for row in _REPORTS}


def _report(row: tuple[str, str, int, bool, tuple[str, ...]], now: datetime) -> Report:
    report_id, name, days, tracked, kinds = row
    created = now - timedelta(days=days)
    parts = {kind: ReportPart(type_id=kind, updated=created) for kind in kinds}
    return Report(report_id=report_id, name=name, created=created, tracked=tracked, parts=parts)
