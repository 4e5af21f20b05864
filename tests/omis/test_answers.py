"""Whose ERRORCODE is it, and what is no answer at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.omis.driving import AROUND, csv, element, parse, preview, query, thorough, xml
from tools.omis.answers import read_answer
from tools.operation import OmisOptions, Reply
from tools.problems import RefusedError
from tools.wire.errors import UnreadableReply

LAUNCH = {"launch_id": "7"}


def test_a_positive_errorcode_in_a_record_with_status_is_the_records_error() -> None:
    reply = xml(
        "<LAUNCHID>7</LAUNCHID><STATUS>2</STATUS><ERRORCODE>5</ERRORCODE><ERRORMSG>no points</ERRORMSG>"
    )
    result, _ = query("query_launch", LAUNCH, reply)
    record = result.records[0]
    assert (record.status, record.error_code, record.error_message) == ("error", 5, "no points")


@pytest.mark.parametrize("echo", ["", "<LAUNCHID>7</LAUNCHID>", "<LAUNCHID>7</LAUNCHID><USERID>1</USERID>"])
def test_a_positive_errorcode_with_at_most_the_id_is_the_calls_error(echo: str) -> None:
    with pytest.raises(RefusedError) as refused:
        query("query_launch", LAUNCH, xml(f"{echo}<ERRORCODE>111</ERRORCODE><ERRORMSG>x</ERRORMSG>"))
    assert refused.value.problem.vendor_code == "111"


def test_a_positive_errorcode_with_an_id_beside_records_is_that_records_error() -> None:
    jobs = element("JOB", {"JOBID": 1, "STATUS": 6, "ERRORCODE": 0}) + element(
        "JOB", {"JOBID": 2, "ERRORCODE": 5}
    )
    result, _ = query("query_job", {"job_id": "1"}, xml(jobs))
    assert [(record.job_id, record.error_code) for record in result.records] == [("1", 0), ("2", 5)]


def test_a_positive_errorcode_without_id_beside_records_fails_the_call() -> None:
    jobs = "".join(element("JOB", {"JOBID": number, "STATUS": 6, "ERRORCODE": 0}) for number in (1, 2))
    with pytest.raises(RefusedError):
        query("query_job", {"job_id": "1"}, xml(f"<ERRORCODE>1000</ERRORCODE>{jobs}"))


@pytest.mark.parametrize("code", ["-1", "-2"])
def test_a_negative_errorcode_of_a_record_is_a_state(code: str) -> None:
    result, _ = query("query_launch", LAUNCH, xml(f"<LAUNCHID>7</LAUNCHID><ERRORCODE>{code}</ERRORCODE>"))
    assert result.records[0].status == {"-1": "terminated", "-2": "paused"}[code]


@pytest.mark.parametrize(
    "reply",
    [
        xml(""),
        xml("<HELLO>1</HELLO>"),
        xml("<ERRORCODE>-2</ERRORCODE>"),
        xml("<ERRORCODE>zero</ERRORCODE>"),
        xml("<LAUNCHID/><STATUS> </STATUS>"),
        Reply(status=200, body=b""),
        Reply(status=200, body=b"OK"),
        Reply(status=200, body=b"<html><body>ERRORCODE 0</body></html>"),
        Reply(status=200, body=b"%PDF-1.7"),
        Reply(status=500, body=xml("<ERRORCODE>0</ERRORCODE>").body),
        csv("a,b\r\n1,2\r\n"),
    ],
    ids=range(11),
)
def test_an_answer_with_nothing_recognisable_is_unreadable(reply: Reply) -> None:
    with pytest.raises(UnreadableReply):
        query("query_launch", LAUNCH, reply)
    with pytest.raises(UnreadableReply):
        parse("pause_launch", LAUNCH, reply)
    with pytest.raises(UnreadableReply):
        query("find_jobs", {"email": "a@example.com"}, reply)


def test_a_web_page_is_unreadable_even_if_its_lines_look_like_a_table() -> None:
    page = Reply(status=200, body=b"<html>one,two\r\n<p>three,four\r\n")
    with pytest.raises(UnreadableReply):
        query("list_updating_reports", {}, page)


def test_errorcode_0_alone_is_an_empty_list_and_no_invented_record() -> None:
    result, _ = query("list_updating_reports", {}, xml("<ERRORCODE>0</ERRORCODE>"))
    assert (result.records, result.total, result.pages) == ([], 0, 0)


def test_errorcode_0_alone_does_not_show_the_launch_that_was_asked_for() -> None:
    with pytest.raises(UnreadableReply):
        query("query_launch", LAUNCH, xml("<ERRORCODE>0</ERRORCODE>"))


def test_utf_16_is_unicode_too() -> None:
    body = '<?xml version="1.0" encoding="utf-16"?><R><LAUNCHID>7</LAUNCHID></R>'.encode("utf-16")
    result, _ = query("query_launch", LAUNCH, Reply(status=200, body=body))
    assert result.records[0].launch_id == "7"


def test_what_is_not_a_number_is_kept_as_it_came() -> None:
    result, _ = query("query_launch", LAUNCH, xml("<LAUNCHID>7</LAUNCHID><STATUS>paused</STATUS>"))
    record = result.records[0]
    assert (record.status_code, record.status, record.other) == (None, "unknown", {"status": "paused"})


def test_pages_are_cut_by_us() -> None:
    jobs = "".join(element("JOB", {"JOBID": number, "STATUS": 8, "ERRORCODE": 0}) for number in range(5))
    result, _ = query("query_job", {"job_id": "1", "page": 2, "page_size": 2}, xml(jobs))
    assert [record.job_id for record in result.records] == ["2", "3"]
    assert (result.total, result.page, result.pages) == (5, 2, 3)


def test_hidden_characters_do_not_come_through() -> None:
    reply = xml("<LAUNCHID>7</LAUNCHID><ERRORMSG>a\u202eb</ERRORMSG><X\u0e31>c\u200bd</X\u0e31>")
    result, _ = query("query_launch", LAUNCH, reply)
    assert "\u202e" not in result.model_dump_json()
    assert list(result.records[0].other.values()) == ["cd"]


NAMED = "<LAUNCHID>7</LAUNCHID><STATUS>0</STATUS><ERRORCODE>0</ERRORCODE><NAME>新\x0b年&#x1;</NAME>"
LEFT_OUT = "Control characters that XML forbids were left out of this answer: 2."


@pytest.mark.parametrize("encoding", ["utf-8", "big5", "utf-16"])
def test_a_look_leaves_out_what_xml_forbids_and_says_so(encoding: str) -> None:
    body = f'<?xml version="1.0" encoding="{encoding}"?><R>{NAMED}</R>'.encode(encoding)
    result, _ = query("query_launch", LAUNCH, Reply(status=200, body=body))
    assert result.records[0].other == {"name": "新年"}
    assert result.note == LEFT_OUT


def test_a_preview_leaves_it_out_and_says_so() -> None:
    shown, _ = preview("terminate_launch", LAUNCH, xml(NAMED.replace("<STATUS>0", "<STATUS>3")))
    assert shown.details["name"] == "新年"
    assert LEFT_OUT in shown.warnings


@pytest.mark.parametrize("odd", ["\x0b", "&#11;"])
def test_an_answer_to_an_action_with_what_xml_forbids_proves_nothing(odd: str) -> None:
    with pytest.raises(UnreadableReply):
        parse("pause_launch", LAUNCH, xml(f"<ERRORCODE>0</ERRORCODE><ERRORMSG>{odd}</ERRORMSG>"))


@thorough
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_an_arbitrary_body_gives_a_result_or_one_of_two_errors(body: bytes) -> None:
    for page in ("ManageReport", "TaskManager"):
        try:
            read_answer(Reply(status=200, body=body), OmisOptions(), page)
        except (UnreadableReply, RefusedError):
            continue


_NAMES = st.sampled_from(["ERRORCODE", "ErrorMsg", "LAUNCHID", "JOBID", "STATUS", "REPORTJOBID", "WHAT"])
_VALUES = st.sampled_from(["0", "7", "-2", "-1", "111", "00", "0.0", "", "zero"])


@st.composite
def _trees(draw: st.DrawFn) -> tuple[list[tuple[str, str]], str]:
    pairs = draw(st.lists(st.tuples(_NAMES, _VALUES), max_size=5))
    inner = ""
    for name, value in pairs:
        inner = draw(st.sampled_from(["{0}{1}", "{1}{0}", "<G>{0}</G>{1}", "<G>{0}{1}</G>"])).format(
            inner, f"<{name}>{value}</{name}>"
        )
    return pairs, inner


@thorough
@given(_trees())
def test_nothing_is_accepted_without_errorcode_0_or_the_state_itself(
    tree: tuple[list[tuple[str, str]], str],
) -> None:
    pairs, inner = tree
    codes = {value for name, value in pairs if name == "ERRORCODE"}
    for tool, arguments in (
        ("pause_launch", LAUNCH),
        ("delete_launch", LAUNCH),
        ("resume_job", {"job_id": "7"}),
    ):
        try:
            result = parse(tool, arguments, xml(inner), AROUND)
        except (UnreadableReply, RefusedError):
            continue
        assert result.accepted
        paused = tool == "pause_launch" and "-2" in codes and any(name == "STATUS" for name, _ in pairs)
        assert codes & {"0", "00"} or paused


@thorough
@given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
def test_an_arbitrary_body_is_never_accepted(body: bytes) -> None:
    for tool, arguments in (("delete_report", {"report_id": "7"}), ("terminate_job", {"job_id": "7"})):
        with pytest.raises((UnreadableReply, RefusedError)):
            parse(tool, arguments, Reply(status=200, body=body))
