from urllib.parse import parse_qs, urlsplit

import pytest

from tests.sandbox.probe import MANAGER, Probe, parse_xml
from tests.sandbox.receiver import receiving

TASKS = "/WebAPI/TaskManager.aspx"
REQUEST = (
    '<?xml version="1.0" encoding="utf-8"?><REQUEST><ManagerLoginName>sandbox</ManagerLoginName>'
    "<ManagerPassword>sandbox</ManagerPassword></REQUEST>"
)


def code(text: str) -> str | None:
    return parse_xml(text).findtext("ERRORCODE")


async def test_get_and_multipart_are_taken_and_names_have_no_case(probe: Probe) -> None:
    fields = {"managerloginname": "SANDBOX", "MANAGERPASSWORD": "sandbox", "launchid": "1182"}
    by_get = await probe.http.get("/webapi/TASKMANAGER.aspx", params=fields)
    parts = [(name, (None, value)) for name, value in fields.items()]
    by_multipart = await probe.http.post(f"/prefix{TASKS}", files=parts)
    assert code(by_get.text) == code(by_multipart.text) == "0"


async def test_the_login_can_come_as_xml(probe: Probe) -> None:
    answer = await probe.http.post(TASKS, data={"XmlRequest": REQUEST, "LaunchID": "1182"})
    assert code(answer.text) == "0"


async def test_the_login_can_come_as_an_xml_file(probe: Probe) -> None:
    files = {"XmlReqFilePath": ("login.xml", REQUEST.encode(), "text/xml")}
    answer = await probe.http.post(TASKS, data={"LaunchID": "1182"}, files=files)
    assert code(answer.text) == "0"
    misnamed = {"XmlReqFilePath": ("login.txt", REQUEST.encode(), "text/xml")}
    assert code((await probe.http.post(TASKS, data={"LaunchID": "1182"}, files=misnamed)).text) == "102"


async def test_the_login_can_come_from_a_url_on_this_machine(probe: Probe) -> None:
    async with receiving(200, 200, 404) as server:
        server.content = REQUEST.encode()
        fields = {"XmlReqUrl": f"{server.url}.xml", "LaunchID": "1182"}
        assert code((await probe.http.post(TASKS, data=fields)).text) == "0"
        server.content = b"no xml"
        assert code((await probe.http.post(TASKS, data=fields)).text) == "100"
        assert code((await probe.http.post(TASKS, data=fields)).text) == "100"
        assert code((await probe.http.post(TASKS, data={**fields, "XmlReqUrl": server.url})).text) == "102"
        assert len(server.raw) == 3


async def test_a_url_elsewhere_is_never_fetched(probe: Probe) -> None:
    async with receiving() as server:
        server.content = REQUEST.encode()
        # Leads here as well, without being a loopback address.
        elsewhere = f"{server.url}.xml".replace("127.0.0.1", "0.0.0.0")  # noqa: S104
        answer = await probe.http.post(TASKS, data={"XmlReqUrl": elsewhere, "LaunchID": "1182"})
        assert (code(answer.text), server.raw) == ("100", [])


async def test_a_dtd_is_refused(probe: Probe) -> None:
    bomb = '<!DOCTYPE R [<!ENTITY a "sandbox">]><REQUEST><ManagerLoginName>&a;</ManagerLoginName></REQUEST>'
    assert code((await probe.http.post(TASKS, data={"XmlRequest": bomb})).text) == "100"


async def test_answers_can_be_utf_16_and_have_another_root(probe: Probe) -> None:
    await probe.control("omis", encoding="utf-16", root="OMIS")
    response = await probe.omis("TaskManager", LaunchID="1182")
    assert response.content.startswith(b"\xff\xfe")
    root = parse_xml(response.content)
    assert (root.tag, root.findtext("LAUNCH/LAUNCHNAME")) == ("OMIS", "繳費提醒")


async def test_answers_can_be_csv(probe: Probe) -> None:
    await probe.control("omis", format="csv")
    lines = (await probe.tasks(JobID="5506")).splitlines()
    assert lines[0].startswith("RECORD,ERRORCODE,ERRORMSG,JOBID,")
    assert [line.split(",")[0] for line in lines[1:]] == ["RESPONSE", "JOB", "LAUNCH"]


@pytest.mark.parametrize(
    ("urls", "launch_id", "leads_to"),
    [
        ({"ReferUrl": "http://a.test/"}, "1182", "a.test"),
        ({"SuccessfulUrl": "http://b.test/", "FailedUrl": "http://c.test/"}, "1182", "b.test"),
        ({"SuccessfulUr": "http://b.test/", "FailedUrl": "http://c.test/"}, "1182", "b.test"),
        ({"SuccessfulUrl": "http://b.test/", "FailedUrl": "http://c.test/"}, "1", "c.test"),
        ({"SuccessfulUrl": "http://b.test/", "ReferUrl": "http://a.test/"}, "1", "a.test"),
    ],
)
async def test_redirects_follow_the_outcome(
    probe: Probe, urls: dict[str, str], launch_id: str, leads_to: str
) -> None:
    response = await probe.omis("TaskManager", LaunchID=launch_id, **urls)
    assert response.status_code == 302
    assert urlsplit(response.headers["location"]).hostname == leads_to


async def test_redirects_are_filled_and_percent_encoded(probe: Probe) -> None:
    url = "http://a.test/?c=%ErrorCode%&m=%errormsg%&l=%launchid%&j=%jobid%&all=1&%omisquerystring%"
    failed = await probe.omis("TaskManager", LaunchID="1", ReferUrl=url)
    query = parse_qs(urlsplit(failed.headers["location"]).query, keep_blank_values=True)
    assert (query["c"], query["m"]) == (["111"], ["LaunchID doesn’t exist"])
    assert query["errormsg"] == ["LaunchID doesn’t exist"]
    found = await probe.omis("TaskManager", LaunchID="1182", ReferUrl=url)
    assert parse_qs(urlsplit(found.headers["location"]).query)["l"] == ["1182"]


async def test_without_urls_there_is_no_redirect(probe: Probe) -> None:
    assert (await probe.http.post(TASKS, data={**MANAGER, "LaunchID": "1182"})).status_code == 200
