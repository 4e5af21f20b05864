"""ManageReport.aspx (000_): Options 0, 2, 3, 4, 1000 and 1001."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from server.sandbox.omis.answers import Answer, Node, OmisError, record
from server.sandbox.omis.report_files import TYPE_NAMES, file_name
from server.sandbox.omis.request import INCORRECT
from server.sandbox.omis.times import parse_time, shown
from server.sandbox.state.omis_records import Report, ReportPart
from server.sandbox.vendor_call import VendorCall
from server.sandbox.world import World

_STATISTICS = frozenset({"20001", "20003", "20005"})
_CHECK_TYPES = frozenset({"0", "1", "2"})
_UNC = "\\\\omis-sandbox\\report\\"
_HTTP_LINK = "1"


def manage_report(world: World, call: VendorCall) -> Answer:
    """The answer of one call. Raises OmisError 102, 110, 111 or 112."""
    option = _OPTIONS.get(call.get("Option").strip())
    if option is None:
        raise OmisError(110, "Error Option")
    return option(world, call)


def _list(world: World, call: VendorCall) -> Answer:
    return Answer(nodes=tuple(_part_node(report, part, call) for report, part in listed_parts(world, call)))


def listed_parts(world: World, call: VendorCall) -> list[tuple[Report, ReportPart]]:
    """What Option 0 finds: by time, or by ReportJobID and ReportTypeID where they are given (our reading)."""
    reports = [_find(world, call)] if call.get("ReportJobID") else _in_period(world, call)
    kinds = _kinds(call)
    return [
        (report, part)
        for report in reports
        for part in report.parts.values()
        if not kinds or part.type_id in kinds
    ]


def _in_period(world: World, call: VendorCall) -> list[Report]:
    start, end = parse_time(call.get("StartTime")), parse_time(call.get("EndTime"))
    if start is None or end is None or end < start:
        raise OmisError(*INCORRECT)
    return [report for report in world.reports.values() if start <= report.created <= end]


def _find(world: World, call: VendorCall) -> Report:
    report = world.reports.get(call.get("ReportJobID").strip())
    if report is None:
        raise OmisError(112, "ReportJodID is not exist")
    return report


def _kinds(call: VendorCall) -> list[str]:
    return [kind.strip() for kind in call.get("ReportTypeID").split(",") if kind.strip()]


def _part_node(report: Report, part: ReportPart, call: VendorCall) -> Node:
    return record(
        "REPORT",
        REPORTJOBID=report.report_id,
        REPORTTYPEID=part.type_id,
        REPORTNAME=f"{report.name} {TYPE_NAMES[part.type_id]}",
        LASTUPDATED=shown(part.updated),
        DOWNLOADLINK=_link(report, part, call),
    )


def _link(report: Report, part: ReportPart, call: VendorCall) -> str:
    name = file_name(report, part)
    return (
        f"{call.base_url}/WebAPI/Download/{name}"
        if call.get("ResponseMode") == _HTTP_LINK
        else f"{_UNC}{name}"
    )


def _delete(world: World, call: VendorCall) -> Answer:
    report = _find(world, call)
    del world.reports[report.report_id]
    return Answer(nodes=(Node(name="REPORTJOBID", text=report.report_id),))


def _update(world: World, call: VendorCall) -> Answer:
    """Option 3: an update is queued, and the answer says nothing of its end."""
    _require_check_type(call)
    report, kinds = _find(world, call), _kinds(call)
    if not kinds or not set(kinds) <= report.parts.keys():
        raise OmisError(*INCORRECT)
    if not report.tracked and not set(kinds) <= _STATISTICS:
        raise OmisError(111, "The report task tracking deadline has passed, the only available statistics")
    _queue(world, (report.parts[kind] for kind in kinds))
    path = Node(name="REPORTPATH", text=_UNC + report.report_id)
    return Answer(nodes=(Node(name="REPORTJOBID", text=report.report_id), path))


def _update_all(world: World, call: VendorCall) -> Answer:
    """Option 1000: every report of the period, in every kind unless some are named."""
    _require_check_type(call)
    reports, kinds = _in_period(world, call), _kinds(call)
    for report in reports:
        wanted = [kind for kind in _available(report) if not kinds or kind in kinds]
        _queue(world, (report.parts[kind] for kind in wanted))
    return Answer(nodes=tuple(record("REPORT", REPORTJOBID=report.report_id) for report in reports))


def _require_check_type(call: VendorCall) -> None:
    if call.get("ReportCheckType").strip() not in _CHECK_TYPES:
        raise OmisError(*INCORRECT)


def _available(report: Report) -> Sequence[str]:
    return [kind for kind in report.parts if report.tracked or kind in _STATISTICS]


def _queue(world: World, parts: Iterable[ReportPart]) -> None:
    now = world.clock.now()
    for part in parts:
        if part.updating_since is None:
            part.updating_since = now
            world.clock.at(now + timedelta(seconds=world.omis.update_seconds), _finisher(part))


def _finisher(part: ReportPart) -> Callable[[datetime], None]:
    def finish(due: datetime) -> None:
        part.updated = due
        part.revision += 1
        part.updating_since = None

    return finish


def _updating(world: World, _: VendorCall) -> Answer:
    return Answer(
        nodes=tuple(
            record(
                "REPORT",
                REPORTJOBID=report.report_id,
                REPORTTYPEID=part.type_id,
                STARTTIME=shown(part.updating_since),
            )
            for report in world.reports.values()
            for part in report.parts.values()
            if part.updating_since is not None
        )
    )


def _types(world: World, call: VendorCall) -> Answer:
    """Option 1001: past the tracking deadline, the statistics only."""
    kinds = _available(_find(world, call))
    return Answer(
        nodes=tuple(record("REPORT", REPORTTYPEID=kind, REPORTNAME=TYPE_NAMES[kind]) for kind in kinds)
    )


_OPTIONS: dict[str, Callable[[World, VendorCall], Answer]] = {
    "0": _list,
    "2": _delete,
    "3": _update,
    "4": _updating,
    "1000": _update_all,
    "1001": _types,
}
