"""What OMIS keeps: launches, their jobs, reports; and the manner in which it answers."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Literal

TERMINATED = -1
PAUSED = -2
OUT_OF_POINTS = 601
FAILED = 602

JobType = Literal["SMS", "EMAIL"]


@dataclass(slots=True, kw_only=True)
class OmisManner:
    """How answers look. The real root, nesting and encoding are not public, so they can be set."""

    encoding: Literal["utf-8", "utf-16"] = "utf-8"
    format: Literal["xml", "csv"] = "xml"
    root: str = "RESPONSE"
    update_seconds: float = 60.0


@dataclass(slots=True, kw_only=True)
class Task:
    """What launches and jobs share (001_, 任務狀態說明 and 寄送狀態說明)."""

    status: int
    error_code: int = 0
    error_text: str = ""

    @property
    def finished(self) -> bool:
        """啟動完畢 or 寄送完畢."""
        return self.status == 0 and self.error_code == 0


@dataclass(slots=True, kw_only=True)
class Launch(Task):
    """A 任務. Mutable: actions and the clock change it."""

    launch_id: str
    name: str
    launch_count: int = 1
    expires: datetime


@dataclass(slots=True, kw_only=True)
class Job(Task):
    """A 寄送, which belongs to a launch; `points` is what a restart still needs."""

    job_id: str
    launch_id: str
    type: JobType
    reference: str
    sms_numbers: tuple[str, ...] = ()
    email_addresses: tuple[str, ...] = ()
    points: Decimal = Decimal(0)


@dataclass(slots=True, kw_only=True)
class ReportPart:
    """One kind (ReportTypeID) of a report; `revision` grows with each refresh."""

    type_id: str
    updated: datetime
    revision: int = 1
    updating_since: datetime | None = None


@dataclass(slots=True, kw_only=True)
class Report:
    """The reports of one job, by kind."""

    report_id: str
    name: str
    created: datetime
    tracked: bool = True
    parts: dict[str, ReportPart] = field(default_factory=dict[str, ReportPart])
