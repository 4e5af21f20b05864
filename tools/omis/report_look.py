"""Looks for a report and fetches its content: the requests behind reading and exporting one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

from tools.omis.answers import read_answer
from tools.omis.groups import Group
from tools.omis.report_content import Content, linked_content
from tools.omis.report_finding import chosen, link_of, of_report, period
from tools.omis.report_requests import manage
from tools.omis.report_target import read_target
from tools.omis.report_ties import Task, Tie, no_report, task_steps, tied
from tools.operation import Request, Steps, Surroundings, one
from tools.wire.errors import UnreadableReply

_LONG_AGO = timedelta(days=366)
_HTTP_LINK = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A report: its id, its record, and what reads its content. `how` it was tied to what was asked for."""

    report_id: str
    record: Group
    content: Callable[[], Content]
    how: str = ""


def look_for(target: str, report_type: str | None, around: Surroundings) -> Steps[Found | Tie]:
    """The report that is meant; several where nobody can tell.

    Listed are the reports of the last month, and of the last year where that has none.

    Raises:
        RefusedError: there is no such report, launch or job; or none of this type.
        UnreadableReply: OMIS sent a report's content in place of the list.
    """
    thing, value = read_target(target)
    task = (yield from task_steps(thing, value, around)) if thing is not None else None
    tie = yield from _tied(value, task, around)
    if len(tie.reports) > 1:
        return tie
    ((report_id, records),) = tie.reports.items() if tie.reports else ((value, ()),)
    if task is not None and not records:
        raise no_report(task)
    record = chosen(records, report_type)
    link = link_of(record)
    reply = yield from one(Request(vendor="omis", link=link))
    return Found(
        report_id=report_id, record=record, content=partial(linked_content, reply, link), how=tie.how
    )


def _tied(value: str, task: Task | None, around: Surroundings) -> Steps[Tie]:
    for since in (None, around.now - _LONG_AGO):
        fields = period(around.now, since).fields()
        # With ResponseMode 2 and 3 the content of everything in the period could come.
        reply = yield from one(manage(0, around, fields, mode=_HTTP_LINK))
        answer = read_answer(reply, around.omis, "ManageReport")
        if answer.content:
            raise UnreadableReply("A list of reports was expected, and a report's content came.")
        tie = tied(answer.records, task) if task else _by_id(answer.records, value)
        if tie.reports:
            return tie
    return Tie({}, "")


def _by_id(records: tuple[Group, ...], report_id: str) -> Tie:
    found = tuple(of_report(records, report_id))
    return Tie({report_id: found} if found else {}, "")
