"""What the answers of OMIS become: records with names of ours, and the rest as it came."""

import math
from collections.abc import Callable, Sequence
from typing import Annotated, Literal

from pydantic import Field

from tools.cleaning import clean
from tools.omis.answers import Answer, dropped_note, error_code, integer
from tools.omis.groups import KNOWN, Group
from tools.omis.report_types import REPORT_TYPES
from tools.omis.states import job_status, launch_status
from tools.operation import PagedParams, Result
from tools.values import CELLS, OutsideText, Table

Kind = Literal["launch", "job", "report"]

_MAX_NAME = 64

Other = Annotated[
    dict[str, OutsideText], CELLS, Field(description="What OMIS sent under names that are not documented.")
]


class Record(Result):
    """One launch, job or report. None means that OMIS did not say."""

    launch_id: OutsideText | None = None
    job_id: OutsideText | None = None
    report_job_id: OutsideText | None = None
    report_type_id: OutsideText | None = None
    report_type: str | None = None
    status_code: int | None = None
    status: str | None = None
    error_code: int | None = None
    error_message: OutsideText | None = None
    launch_count: int | None = None
    report_path: OutsideText | None = None
    download_link: OutsideText | None = None
    user_id: OutsideText | None = None
    customer_id: OutsideText | None = None
    other: Other = Field(default_factory=dict[str, str])


class Records(Result):
    """Records, a page at a time."""

    records: Annotated[list[Record], Table()]
    total: int
    page: int
    pages: int
    note: str = ""
    other: Other = Field(default_factory=dict[str, str])


def as_record(group: Group, kind: Kind) -> Record:
    """The record of a group. `kind` is what was asked for, and decides only when no id tells.

    The state in words is that of a job when there is a JOBID, else that of a launch when there is a
    LAUNCHID. Reports have no documented states.
    """
    status, code, count = integer(group.get("status")), error_code(group), integer(group.get("launchcount"))
    type_id = group.get("reporttypeid")
    return Record(
        launch_id=group.get("launchid"),
        job_id=group.get("jobid"),
        report_job_id=group.get("reportjobid"),
        report_type_id=type_id,
        report_type=REPORT_TYPES.get(type_id) if type_id else None,
        status_code=status,
        status=_words(_kind(group, kind), status, code, count),
        error_code=code,
        error_message=group.get("errormsg"),
        launch_count=count,
        report_path=group.get("reportpath"),
        download_link=group.get("downloadlink"),
        user_id=group.get("userid"),
        customer_id=group.get("customerid"),
        other=_other(group),
    )


def as_records(
    answer: Answer, kind: Kind, params: PagedParams, *, note: Callable[[Sequence[Record]], str] | str = ""
) -> Records:
    """The page of the answer's records that the caller asked for."""
    records = [as_record(group, kind) for group in answer.records]
    start = (params.page - 1) * params.page_size
    return Records(
        records=records[start : start + params.page_size],
        total=len(records),
        page=params.page,
        pages=math.ceil(len(records) / params.page_size),
        note=" ".join(filter(None, (note if isinstance(note, str) else note(records), dropped_note(answer)))),
        other=_other(answer.other),
    )


def _kind(group: Group, asked: Kind) -> Kind:
    if asked == "report":
        return asked
    if "jobid" in group:
        return "job"
    return "launch" if "launchid" in group else asked


def _words(kind: Kind, status: int | None, code: int | None, count: int | None) -> str | None:
    if kind == "report":
        return None
    return job_status(status, code) if kind == "job" else launch_status(status, code, count)


_NUMBERS = {"status", "errorcode", "launchcount"}


def _other(group: Group) -> dict[str, str]:
    """Names that are not documented, and numbers that are none: nothing that OMIS says is dropped."""
    return {
        clean(name, limit=_MAX_NAME): value
        for name, value in group.items()
        if name not in KNOWN or (name in _NUMBERS and integer(value) is None)
    }
