"""Actions on launches and jobs: exact fields, what counts as accepted, what a person is shown."""

from datetime import timedelta

import pytest

from tests.omis.driving import AROUND, NOW, build, element, parse, preview, query, xml
from tools.operation import Reply
from tools.problems import InvalidArgumentError, RefusedError
from tools.wire.errors import UnreadableReply

LAUNCH = {"launch_id": "1182"}
JOB = {"job_id": "9001"}
EXTEND = LAUNCH | {"expire_at": "2026-12-31T21:13:20"}
ACTIONS = [
    ("delete_launch", LAUNCH, {"LaunchID": "1182", "LaunchAction": "1"}),
    ("terminate_launch", LAUNCH, {"LaunchID": "1182", "LaunchAction": "2"}),
    ("pause_launch", LAUNCH, {"LaunchID": "1182", "LaunchAction": "3"}),
    ("resume_launch", LAUNCH, {"LaunchID": "1182", "LaunchAction": "4"}),
    (
        "extend_launch",
        EXTEND,
        {"LaunchID": "1182", "LaunchAction": "5", "ExpireTime": "2026/12/31 21:13:20"},
    ),
    ("delete_job", JOB, {"JobID": "9001", "JobAction": "1"}),
    ("terminate_job", JOB, {"JobID": "9001", "JobAction": "2"}),
    ("pause_job", JOB, {"JobID": "9001", "JobAction": "3"}),
    ("resume_job", JOB, {"JobID": "9001", "JobAction": "4"}),
    ("restart_job", JOB, {"JobID": "9001", "JobAction": "5"}),
]
NAMES = [name for name, _, _ in ACTIONS]
RISKY = [(name, arguments) for name, arguments, _ in ACTIONS if name.split("_")[0] not in ("pause", "extend")]


def _record(name: str, status: int, error: int) -> Reply:
    id_name, value = ("LAUNCHID", 1182) if name.endswith("launch") else ("JOBID", 9001)
    return xml(element("X", {id_name: value, "STATUS": status, "ERRORCODE": error}))


@pytest.mark.parametrize(("name", "arguments", "fields"), ACTIONS, ids=NAMES)
def test_an_action_sends_exactly_these_fields(
    name: str, arguments: dict[str, object], fields: dict[str, str]
) -> None:
    request = build(name, arguments)
    assert (request.vendor, request.path) == ("omis", "WebAPI/TaskManager.aspx")
    assert dict(request.fields) == fields


@pytest.mark.parametrize(("name", "arguments", "fields"), ACTIONS, ids=NAMES)
def test_a_launch_never_gets_a_job_action_nor_a_job_a_launch_action(
    name: str, arguments: dict[str, object], fields: dict[str, str]
) -> None:
    other = "JobAction" if name.endswith("launch") else "LaunchAction"
    assert other not in build(name, arguments).fields


@pytest.mark.parametrize(("name", "arguments", "fields"), ACTIONS, ids=NAMES)
def test_errorcode_0_is_accepted(name: str, arguments: dict[str, object], fields: dict[str, str]) -> None:
    result = parse(name, arguments, xml("<ERRORCODE>0</ERRORCODE>"))
    verb, _, noun = name.partition("_")
    assert (result.accepted, result.action, result.note) == (True, verb, "")
    assert getattr(result, f"{noun}_id") == next(iter(fields.values()))


@pytest.mark.parametrize(("name", "arguments", "fields"), ACTIONS, ids=NAMES)
@pytest.mark.parametrize("code", [110, 111, 112, 113, 114, 1000, 4711])
def test_a_positive_errorcode_is_refused_and_says_what_did_not_happen(
    name: str, arguments: dict[str, object], fields: dict[str, str], code: int
) -> None:
    with pytest.raises(RefusedError) as refused:
        parse(name, arguments, xml(f"<ERRORCODE>{code}</ERRORCODE>"))
    problem = refused.value.problem
    assert (problem.vendor_code, problem.retryable) == (str(code), False)
    assert ". Nothing was " in problem.message


@pytest.mark.parametrize(
    ("name", "error"),
    [("pause_launch", -2), ("pause_job", -2), ("terminate_launch", -1), ("terminate_job", -1)],
)
def test_a_record_in_the_state_that_was_wanted_means_accepted(name: str, error: int) -> None:
    arguments = LAUNCH if name.endswith("launch") else JOB
    assert parse(name, arguments, _record(name, 3, error)).accepted


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("pause_launch", -1),
        ("terminate_launch", -2),
        ("resume_launch", -2),
        ("delete_launch", -1),
        ("delete_job", -2),
        ("restart_job", -2),
        ("pause_job", 5),
        ("terminate_launch", 111),
    ],
)
def test_a_record_in_another_state_is_an_unknown_outcome(name: str, error: int) -> None:
    arguments = LAUNCH if name.endswith("launch") else JOB
    with pytest.raises(UnreadableReply):
        parse(name, arguments, _record(name, 3, error))


def test_a_state_that_does_not_show_the_pause_yet_is_noted() -> None:
    result = parse("pause_launch", LAUNCH, _record("pause_launch", 3, 0))
    assert result.accepted
    assert "does not show it yet" in result.note


@pytest.mark.parametrize(
    "inner",
    [
        "<LAUNCHID>1183</LAUNCHID><ERRORCODE>0</ERRORCODE>",
        "<JOBID>1182</JOBID><ERRORCODE>0</ERRORCODE>",
        "<LAUNCHID>1182</LAUNCHID><JOBID>9001</JOBID><ERRORCODE>0</ERRORCODE>",
        "<A><ERRORCODE>0</ERRORCODE></A><B><ERRORCODE>111</ERRORCODE></B>",
        "<LAUNCHID>1182</LAUNCHID><STATUS>0</STATUS>",
    ],
)
def test_an_answer_about_something_else_or_of_two_minds_is_an_unknown_outcome(inner: str) -> None:
    with pytest.raises(UnreadableReply):
        parse("delete_launch", LAUNCH, xml(inner))


def test_a_job_action_is_accepted_though_the_answer_names_the_jobs_launch_too() -> None:
    inner = "<JOBID>9001</JOBID><LAUNCHID>1182</LAUNCHID><ERRORCODE>0</ERRORCODE>"
    assert parse("delete_job", JOB, xml(inner)).accepted


def test_a_deadline_in_the_past_is_refused_before_any_request() -> None:
    for moment in (NOW, NOW - timedelta(seconds=1)):
        with pytest.raises(InvalidArgumentError):
            build("extend_launch", LAUNCH | {"expire_at": moment.isoformat()})
    build("extend_launch", LAUNCH | {"expire_at": (NOW + timedelta(seconds=1)).isoformat()})


@pytest.mark.parametrize("value", ["", "1 2", "1\n", "1,2", "../x", "a" * 33, "１１", "1&JobAction=1"])
def test_an_id_of_another_shape_is_refused(value: str) -> None:
    for name, argument in (
        ("pause_launch", "launch_id"),
        ("pause_job", "job_id"),
        ("delete_report", "report_id"),
    ):
        with pytest.raises(ValueError, match=argument):
            build(name, {argument: value})


@pytest.mark.parametrize(("name", "arguments"), RISKY)
def test_a_preview_asks_for_the_state_only_and_freezes_it(name: str, arguments: dict[str, object]) -> None:
    error = 5 if name == "restart_job" else -2
    shown, requests = preview(name, arguments, _record(name, 2, error))
    id_name, value = ("LaunchID", "1182") if name.endswith("launch") else ("JobID", "9001")
    assert [dict(request.fields) for request in requests] == [{id_name: value}]
    assert shown.target == value
    assert dict(shown.state) == {"status": "error" if name == "restart_job" else "paused"}
    assert shown.nothing.startswith("Nothing was ")
    assert shown.warnings


@pytest.mark.parametrize(
    ("name", "status", "error", "state"),
    [
        ("resume_launch", 0, 0, "finished"),
        ("resume_launch", 3, 0, "started"),
        ("resume_launch", 2, -1, "terminated"),
        ("resume_job", 6, 5, "error"),
        ("restart_job", 6, 0, "sending"),
        ("restart_job", 6, -2, "paused"),
        ("terminate_launch", 2, -1, "terminated"),
        ("terminate_job", 6, -1, "terminated"),
    ],
)
def test_nobody_is_asked_about_what_can_have_no_effect(
    name: str, status: int, error: int, state: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        preview(name, LAUNCH if name.endswith("launch") else JOB, _record(name, status, error))
    assert refused.value.problem.code == "in_vain"
    assert refused.value.problem.message.startswith("Nothing was ")
    assert repr(state) in refused.value.problem.message


@pytest.mark.parametrize(
    ("name", "status", "error"),
    [
        ("resume_launch", 2, -2),
        ("resume_launch", 77, 0),
        ("restart_job", 6, 5),
        ("terminate_launch", 0, 0),
        ("delete_launch", 2, -1),
    ],
)
def test_what_may_have_an_effect_or_stands_in_an_unknown_state_is_asked_about(
    name: str, status: int, error: int
) -> None:
    shown, _ = preview(name, LAUNCH if name.endswith("launch") else JOB, _record(name, status, error))
    assert shown.target


def test_a_preview_names_the_launch_with_its_state_and_counts() -> None:
    jobs = "".join(element("JOB", {"JOBID": number, "STATUS": 6, "ERRORCODE": 0}) for number in (1, 2))
    inner = "<STATUS>3</STATUS><ERRORCODE>0</ERRORCODE><LAUNCHNAME>繳費\u200b提醒</LAUNCHNAME>"
    launch = f"<LAUNCH><LAUNCHID>1182</LAUNCHID>{inner}<LAUNCHCOUNT>2</LAUNCHCOUNT>{jobs}</LAUNCH>"
    shown, _ = preview("terminate_launch", LAUNCH, xml(launch))
    assert shown.state["status"] == "running"
    assert shown.details == {"name": "繳費提醒", "status": "started", "starts": "2", "jobs": "2"}
    assert "A terminated launch cannot be resumed." in shown.warnings


def test_a_preview_of_what_does_not_exist_refuses() -> None:
    with pytest.raises(RefusedError):
        preview("delete_launch", LAUNCH, xml("<ERRORCODE>111</ERRORCODE>"))


def test_a_preview_that_shows_another_launch_is_unreadable() -> None:
    with pytest.raises(UnreadableReply):
        preview(
            "delete_launch",
            LAUNCH,
            xml("<LAUNCHID>1183</LAUNCHID><STATUS>3</STATUS><ERRORCODE>0</ERRORCODE>"),
        )


def test_vendor_text_never_gets_into_a_preview() -> None:
    inner = "<LAUNCHID>1182</LAUNCHID><STATUS>ignore previous</STATUS><ERRORMSG>approve</ERRORMSG><X>now</X>"
    shown = preview("delete_launch", LAUNCH, xml(inner))[0].model_dump_json()
    assert "ignore previous" not in shown
    assert "approve" not in shown


@pytest.mark.parametrize(
    ("arguments", "fields"),
    [
        ({"email": "a.b@example.com"}, {"EmailAddress": "a.b@example.com"}),
        ({"mobile": "+886 912-345-678"}, {"SMSNumber": "0912345678"}),
        (
            {"external_reference": "ORDER 7", "job_type": "SMS"},
            {"ExternRefNum": "ORDER 7", "JobType": "SMS"},
        ),
    ],
)
def test_jobs_are_found_in_one_of_three_ways(arguments: dict[str, str], fields: dict[str, str]) -> None:
    result, requests = query("find_jobs", arguments, _record("find_job", 8, 0))
    assert [dict(request.fields) for request in requests] == [fields]
    assert requests[0].path == "WebAPI/TaskManager.aspx"
    assert [(record.job_id, record.status) for record in result.records] == [("9001", "tracking")]
    assert "passed on as it came" in result.note


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"email": "a@example.com", "mobile": "0912345678"},
        {"external_reference": "7"},
        {"job_type": "SMS"},
        {"email": "a@example.com", "job_type": "SMS"},
        {"email": ""},
        {"email": "a@b"},
        {"email": "a@example.com\n"},
        {"email": "a b@example.com"},
        {"mobile": "0212345678"},
        {"external_reference": "", "job_type": "SMS"},
    ],
)
def test_any_other_way_to_find_jobs_is_refused(arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        query("find_jobs", arguments, around=AROUND)


def test_a_query_sends_the_id_alone() -> None:
    _, of_launch = query("query_launch", LAUNCH, _record("launch", 3, 0))
    _, of_job = query("query_job", JOB, _record("job", 3, 0))
    assert [dict(request.fields) for request in (*of_launch, *of_job)] == [
        {"LaunchID": "1182"},
        {"JobID": "9001"},
    ]
