from datetime import datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.sandbox.probe import Probe, parse_xml

LAUNCHES = [
    ("1180", "0", "0", "1"),
    ("1181", "1", "0", "0"),
    ("1182", "2", "0", "1"),
    ("1183", "3", "0", "1"),
    ("1184", "1", "0", "3"),
    ("1185", "2", "-1", "1"),
    ("1186", "2", "-2", "1"),
    ("1187", "1", "602", "0"),
    ("1199", "99", "0", "0"),
]
JOBS = [
    ("5500", "0", "0"),
    *((f"550{status}", str(status), "0") for status in range(1, 9)),
    ("5511", "6", "-1"),
    ("5512", "6", "-2"),
    ("5513", "4", "602"),
    ("5514", "6", "601"),
]
LAUNCH_ACTIONS = {
    # Which of delete, terminate, pause, resume a launch allows.
    "1180": "1",
    "1181": "123",
    "1182": "23",
    "1183": "23",
    "1184": "123",
    "1185": "1",
    "1186": "124",
    "1187": "12",
    "1199": "12",
}
JOB_ACTIONS = {
    "5500": "1",
    "5501": "123",
    **{f"550{status}": "23" for status in range(2, 8)},
    "5508": "12",
    "5511": "1",
    "5512": "124",
    "5513": "12",
    "5514": "12",
}


async def tree(probe: Probe, **fields: str) -> ET.Element:
    return parse_xml(await probe.tasks(**fields))


async def code(probe: Probe, **fields: str) -> str | None:
    return (await tree(probe, **fields)).findtext("ERRORCODE")


@pytest.mark.parametrize(("launch_id", "status", "error", "count"), LAUNCHES)
async def test_each_magic_launch_has_its_state(
    probe: Probe, launch_id: str, status: str, error: str, count: str
) -> None:
    answer = await tree(probe, LaunchID=launch_id)
    launch = answer.find("LAUNCH")
    assert launch is not None
    assert answer.findtext("ERRORCODE") == "0"
    found = [launch.findtext(name) for name in ("LAUNCHID", "STATUS", "ERRORCODE", "LAUNCHCOUNT")]
    assert found == [launch_id, status, error, count]


@pytest.mark.parametrize(("job_id", "status", "error"), JOBS)
async def test_each_magic_job_has_its_state_and_its_launch(
    probe: Probe, job_id: str, status: str, error: str
) -> None:
    job = (await tree(probe, JobID=job_id)).find("JOB")
    assert job is not None
    assert [job.findtext(name) for name in ("JOBID", "STATUS", "ERRORCODE")] == [job_id, status, error]
    assert job.findtext("LAUNCH/LAUNCHID") == job.findtext("LAUNCHID")


async def test_a_launch_lists_its_jobs(probe: Probe) -> None:
    answer = await tree(probe, LaunchID="1182")
    assert [job.findtext("JOBID") for job in answer.findall("LAUNCH/JOB")] == ["5506", "5507", "5514"]


@pytest.mark.parametrize("launch_id", LAUNCH_ACTIONS)
@pytest.mark.parametrize("action", list("1234"))
async def test_a_launch_action_must_fit_the_state(probe: Probe, launch_id: str, action: str) -> None:
    before = (await probe.state())["launches"]
    expected = "0" if action in LAUNCH_ACTIONS[launch_id] else "112"
    assert await code(probe, LaunchID=launch_id, LaunchAction=action) == expected
    assert ((await probe.state())["launches"] == before) is (expected != "0")


@pytest.mark.parametrize("job_id", JOB_ACTIONS)
@pytest.mark.parametrize("action", list("1234"))
async def test_a_job_action_must_fit_the_state(probe: Probe, job_id: str, action: str) -> None:
    before = (await probe.state())["jobs"]
    expected = "0" if action in JOB_ACTIONS[job_id] else "113"
    assert await code(probe, JobID=job_id, JobAction=action) == expected
    assert ((await probe.state())["jobs"] == before) is (expected != "0")


async def test_a_paused_launch_pauses_its_jobs_and_both_resume(probe: Probe) -> None:
    await probe.tasks(LaunchID="1182", LaunchAction="3")
    paused = await tree(probe, LaunchID="1182")
    await probe.tasks(LaunchID="1182", LaunchAction="4")
    resumed = await tree(probe, LaunchID="1182")
    assert [job.findtext("ERRORCODE") for job in paused.findall("LAUNCH/JOB")] == ["-2", "-2", "601"]
    assert [job.findtext("ERRORCODE") for job in resumed.findall("LAUNCH/JOB")] == ["0", "0", "601"]
    assert [found.findtext("LAUNCH/ERRORCODE") for found in (paused, resumed)] == ["-2", "0"]


async def test_a_deleted_launch_is_gone_with_its_jobs(probe: Probe) -> None:
    await probe.tasks(LaunchID="1180", LaunchAction="1")
    assert await code(probe, LaunchID="1180") == "111"
    assert await code(probe, JobID="5500") == "110"


@pytest.mark.parametrize("form", ["%Y/%m/%d %H:%M:%S", "%Y-%m-%d %H:%M:%S"])
async def test_a_deadline_is_extended(probe: Probe, form: str) -> None:
    deadline = datetime.fromisoformat((await probe.state())["clock"]["now"]) + timedelta(days=60)
    answer = await tree(probe, LaunchID="1182", LaunchAction="5", ExpireTime=deadline.strftime(form))
    assert answer.findtext("LAUNCH/EXPIRETIME") == deadline.strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize("given", ["", "2010/12/31 21:13:20", "tomorrow", "2999/13/01 00:00:00"])
async def test_a_bad_or_past_deadline_is_114(probe: Probe, given: str) -> None:
    assert await code(probe, LaunchID="1182", LaunchAction="5", ExpireTime=given) == "114"


async def test_a_terminated_launch_is_not_extended(probe: Probe) -> None:
    answered = await code(probe, LaunchID="1185", LaunchAction="5", ExpireTime="2999/12/31 00:00:00")
    assert answered == "112"


async def test_a_job_without_points_restarts_only_after_a_top_up(probe: Probe) -> None:
    assert await code(probe, JobID="5514", JobAction="5") == "113"
    await probe.control("credit", login="sandbox", points=2000)
    assert await code(probe, JobID="5514", JobAction="5") == "0"
    job = (await tree(probe, JobID="5514")).find("JOB")
    assert job is not None
    assert (job.findtext("STATUS"), job.findtext("ERRORCODE")) == ("1", "0")
    await probe.advance(60)
    assert (await tree(probe, JobID="5514")).findtext("JOB/STATUS") == "8"
    assert (await probe.state())["managers"][0]["points"] == 0


async def test_a_restarted_job_that_is_paused_stays_where_it_is(probe: Probe) -> None:
    await probe.control("credit", login="sandbox", points=2000)
    await probe.tasks(JobID="5514", JobAction="5")
    await probe.tasks(JobID="5514", JobAction="3")
    await probe.advance(3600)
    answer = await tree(probe, JobID="5514")
    assert (answer.findtext("JOB/STATUS"), answer.findtext("JOB/ERRORCODE")) == ("1", "-2")


@pytest.mark.parametrize("job_id", ["5500", "5506", "5511", "5512", "5513"])
async def test_no_other_job_restarts(probe: Probe, job_id: str) -> None:
    await probe.control("credit", login="sandbox", points=100_000)
    assert await code(probe, JobID=job_id, JobAction="5") == "113"


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"JobID": "1"}, "110"),
        ({"LaunchID": "1"}, "111"),
        ({}, "111"),
        ({"LaunchID": "1182", "LaunchAction": "9"}, "112"),
        ({"JobID": "5506", "JobAction": "0"}, "113"),
        ({"LaunchID": "1182", "ManagerPassword": "wrong"}, "102"),
        ({"LaunchID": "1182", "ManagerLoginName": "nolicence", "ManagerPassword": "nolicence"}, "1000"),
    ],
)
async def test_errors_have_their_codes(probe: Probe, fields: dict[str, str], expected: str) -> None:
    assert await code(probe, **fields) == expected


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        ({"SMSNumber": "0912345678"}, ["5506", "5507", "5511", "5512", "5514"]),
        (
            {"EmailAddress": "MING@example.com"},
            ["5500", "5501", "5502", "5503", "5504", "5505", "5508", "5513"],
        ),
        ({"ExternRefNum": "REF-5506", "JobType": "SMS"}, ["5506"]),
        ({"ExternRefNum": "REF-5506", "JobType": "EMAIL"}, []),
        ({"SMSNumber": "0900000000"}, []),
    ],
)
async def test_jobs_are_found_by_recipient_and_reference(
    probe: Probe, fields: dict[str, str], found: list[str]
) -> None:
    answer = await tree(probe, **fields)
    assert [job.findtext("JOBID") for job in answer.findall("JOB")] == found
