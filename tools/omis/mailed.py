"""Who opened an e-mail or removed themselves, from the reports of its job (types of note 1, document 000)."""

from collections.abc import Callable, Iterator

from tools.lists.mailed import Addresses, Mailed, address_of
from tools.omis.report_events import told_by
from tools.omis.report_look import Found, look_for
from tools.omis.report_sums import read_events
from tools.omis.report_tables import WorkbookRows, table_rows
from tools.omis.report_ties import Tie
from tools.operation import Steps, Surroundings
from tools.problems import Problem, RefusedError

_OPENS = ("21001", "20003", "2100199")
"""The whole one first."""
_REMOVALS = "31003"
_NOT_FOUND = "not_found"


def mailed_steps(target: str, around: Surroundings) -> Steps[Callable[[WorkbookRows], Mailed]]:
    """Fetch the reports; what reads them takes long, so call it in a thread.

    Raises:
        RefusedError: there is no report of opens, or several could be meant.
    """
    opens: Found | None = None
    for kind in _OPENS:
        opens = yield from _if_there(target, kind, around)
        if opens is not None:
            break
    if opens is None:
        raise RefusedError(_NO_OPENS)
    removals = yield from _if_there(target, _REMOVALS, around)
    return lambda workbook_rows: _read(opens, removals, workbook_rows)


def _if_there(target: str, kind: str, around: Surroundings) -> Steps[Found | None]:
    try:
        found = yield from look_for(target, kind, around)
    except RefusedError as error:
        if error.problem.code == _NOT_FOUND:
            return None
        raise
    if isinstance(found, Tie):
        raise RefusedError(_SEVERAL)
    return found


def _read(opens: Found, removals: Found | None, workbook_rows: WorkbookRows) -> Mailed:
    mailed = Mailed(opened=Addresses(), machines=Addresses(), removed=Addresses())
    for address, machine in _addresses(opens, workbook_rows):
        (mailed.machines if machine else mailed.opened).add(address)
    if removals is not None:
        for address, _ in _addresses(removals, workbook_rows):
            mailed.removed.add(address)
    return mailed


def _addresses(found: Found, workbook_rows: WorkbookRows) -> Iterator[tuple[str, bool]]:
    """Each row's address, and whether a machine did what the row tells."""
    told = told_by(found.record.get("reporttypeid", ""))
    columns, rows = read_events(table_rows(found.content(), workbook_rows), told)
    if "recipient" not in columns.places:
        raise RefusedError(_NOBODY_NAMED)
    return ((address_of(row.event.email), row.machine) for row in rows if row.event.email)


_NO_OPENS = Problem(
    code="not_found",
    message="Nothing was planned and nothing was sent. OMIS lists no report of who opened this e-mail.",
    next="Find one with list_reports (21001 or 20003); update_report has one made.",
)
_SEVERAL = Problem(
    code="ambiguous",
    message="Nothing was planned and nothing was sent. Several reports could be meant.",
    next="read_report shows them; give the id of one.",
)
_NOBODY_NAMED = Problem(
    code="no_table",
    message="Nothing was planned and nothing was sent. A report of the e-mail names no recipients.",
    next="Look at it with read_report.",
)
