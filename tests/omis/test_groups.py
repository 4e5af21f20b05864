"""Any nesting, case and order of the names yields the same records."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.omis.driving import element, thorough, xml
from tools.omis.answers import classified
from tools.omis.groups import ANCHORS, Group, flat_groups, groups_of
from tools.omis.records import as_record
from tools.wire.errors import UnreadableReply
from tools.wire.xml_body import read_xml

_VALUES = st.text(alphabet="abcXYZ019 -/:.王小明", min_size=1, max_size=8).map(str.strip).filter(bool)
_CODES = st.sampled_from(["-2", "-1", "0", "5", "110"])
_STATUSES = st.sampled_from(["0", "1", "2", "6", "99"])
_OPTIONAL = st.sets(st.sampled_from(["errormsg", "launchcount", "userid", "x_unheard", "reportpath"]))
_WRAPPERS = st.lists(st.sampled_from(["W", "Data", "資料", "ROW"]), max_size=3)


def _groups(inner: str) -> list[Group]:
    return groups_of(read_xml(xml(inner).body))


@st.composite
def _record(draw: st.DrawFn, name: str, number: int) -> Group:
    fields = {name: f"{name[0]}{number}", "status": draw(_STATUSES)}
    fields["errorcode"] = draw(_CODES)
    return fields | {key: draw(_VALUES) for key in sorted(draw(_OPTIONAL))}


@st.composite
def _case(draw: st.DrawFn, name: str) -> str:
    raised = draw(st.integers(0, 2 ** len(name) - 1))
    return "".join(char.upper() if raised >> place & 1 else char.lower() for place, char in enumerate(name))


@st.composite
def _wrapped(draw: st.DrawFn, inner: str) -> str:
    for name in draw(_WRAPPERS):
        inner = f"<{name}>\n {inner}\n</{name}>"
    return inner


@st.composite
def _written(draw: st.DrawFn, group: Group, inside: Sequence[str] = ()) -> str:
    """A record as an element: fields as attributes or elements, wrapped or not, among what is inside it."""
    attributes, pieces = "", list(inside)
    for name, value in group.items():
        if draw(st.booleans()):
            attributes += f' {draw(_case(name))}="{value}"'
        else:
            cased = draw(_case(name))
            leaf = f"<{cased}> {value} </{cased}>"
            # An id in a wrapper of its own could belong to anything, so it stands with the record.
            pieces.append(leaf if name in ANCHORS else draw(_wrapped(leaf)))
    shuffled = "".join(draw(st.permutations(pieces)))
    return draw(_wrapped(f"<Thing{attributes}>{shuffled}</Thing>"))


@st.composite
def _answers(draw: st.DrawFn) -> tuple[list[Group], str]:
    launch = draw(_record("launchid", 1))
    jobs = [draw(_record("jobid", number)) for number in range(draw(st.integers(0, 3)))]
    written = [draw(_written(job)) for job in jobs]
    if draw(st.booleans()):
        return [launch, *jobs], draw(_written(launch, written))
    beside = draw(st.permutations([draw(_written(launch)), *written]))
    return [launch, *jobs], "".join(beside)


def _key(group: Group) -> list[tuple[str, str]]:
    return sorted(group.items())


@thorough
@given(_answers())
def test_nesting_case_and_order_do_not_change_the_records(answer: tuple[list[Group], str]) -> None:
    expected, inner = answer
    found = classified(_groups(inner)).records
    assert sorted(map(_key, found)) == sorted(map(_key, expected))


@thorough
@given(_answers(), st.sampled_from(["0", "110"]))
def test_the_calls_own_errorcode_stays_apart_from_the_records(
    answer: tuple[list[Group], str], code: str
) -> None:
    expected, inner = answer
    found = classified(_groups(f"<ERRORCODE>{code}</ERRORCODE>{inner}"))
    assert [group["errorcode"] for group in found.calls] == [code]
    assert sorted(map(_key, found.records)) == sorted(map(_key, expected))


@given(st.dictionaries(st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,20}", fullmatch=True), _VALUES, max_size=5))
def test_unknown_names_end_in_other(unknown: dict[str, str]) -> None:
    unknown = {f"q{name.lower()}": value for name, value in unknown.items()}
    group = _groups(element("LAUNCH", {"LAUNCHID": "7", "STATUS": "2"} | unknown))[0]
    record = as_record(group, "launch")
    assert record.other == unknown
    assert record.launch_id == "7"


def test_a_flat_list_of_repeating_names_is_a_list_of_records() -> None:
    inner = "<JOBID>1</JOBID><STATUS>6</STATUS><JOBID>2</JOBID><STATUS>8</STATUS>"
    assert _groups(inner) == [{"jobid": "1", "status": "6"}, {"jobid": "2", "status": "8"}]


def test_one_repeating_name_lists_values_of_the_rest() -> None:
    inner = "<REPORTJOBID>5</REPORTJOBID><REPORTTYPEID>20001</REPORTTYPEID><REPORTTYPEID>20003</REPORTTYPEID>"
    assert _groups(inner) == [{"reportjobid": "5"}, {"reporttypeid": "20001"}, {"reporttypeid": "20003"}]


def test_a_flat_list_that_fits_two_readings_is_unreadable() -> None:
    inner = "<LAUNCHID>1</LAUNCHID><STATUS>3</STATUS><JOBID>2</JOBID><STATUS>6</STATUS><JOBID>3</JOBID>"
    with pytest.raises(UnreadableReply):
        _groups(inner)


def test_a_type_inside_its_report_belongs_to_that_report() -> None:
    types = "".join(
        element("TYPE", {"REPORTTYPEID": number, "DOWNLOADLINK": "x"}) for number in (20001, 20003)
    )
    groups = _groups(f"<REPORT><REPORTJOBID>5</REPORTJOBID>{types}</REPORT>")
    assert [group.get("reportjobid") for group in groups] == ["5", "5", "5"]


def test_the_documents_own_other_spellings_are_known() -> None:
    assert flat_groups([("ReportJodID", "5"), ("ReportPartID", "20001")]) == [
        {"reportjobid": "5", "reporttypeid": "20001"}
    ]


def test_a_value_that_is_empty_is_absent() -> None:
    assert _groups("<LAUNCHID>5</LAUNCHID><STATUS> </STATUS><ERRORMSG/>") == [{"launchid": "5"}]
